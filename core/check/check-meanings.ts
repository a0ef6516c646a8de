/** What a check asks, and what is done about one that fails. */
export interface CheckMeaning {
  /** Ends "It fails where …". */
  readonly failsWhere: string;
  /** Why that matters, one sentence. */
  readonly why: string;
  /** One sentence, something to do. */
  readonly remedy: string;
}

/** By id: the checks of images, and that one could be read as a whole. */
export const CHECK_MEANINGS: ReadonlyMap<string, CheckMeaning> = new Map([
  [
    'root-user',
    {
      failsWhere: 'processes start as root: no user is set, or one whose uid is 0',
      why: 'Who breaks out of the process has all rights in the container, and a short way to the host.',
      remedy:
        'Set a user with a number other than 0 in the final stage (USER 65532), and give it the files that it writes.',
    },
  ],
  [
    'shell',
    {
      failsWhere: 'a shell lies in the usual folders of programs, or in those of PATH',
      why: 'Who gets in finds a tool to go on with.',
      remedy:
        'Build the final stage from a base without one (no -dev, -debug or slim variant), and copy only what runs into it.',
    },
  ],
  [
    'package-manager',
    {
      failsWhere: 'the image brings a program that installs packages of the system or of Python',
      why: 'It brings in code that no digest vouches for.',
      remedy:
        'Install in a builder stage, and copy what was installed into a final stage whose base has no package manager.',
    },
  ],
  [
    'debug-variant',
    {
      failsWhere:
        'the image is distroless’ debug variant (it has /busybox/sh), or a -dev variant of Wolfi or Chainguard (it has apk-tools)',
      why: 'Such variants are for building and for looking into: they bring a shell and a package manager.',
      remedy: 'Take the same tag without -dev or debug in the last FROM.',
    },
  ],
  [
    'setuid',
    {
      failsWhere: 'a program has the setuid or setgid bit',
      why: 'It runs as its owner whoever starts it: a bug in it makes a user root.',
      remedy: 'Take the bit away (chmod a-s) where it is not needed, or take a base that has none.',
    },
  ],
  [
    'file-capabilities',
    {
      failsWhere: 'a file has capabilities (setcap)',
      why: 'Whoever starts it gains them.',
      remedy:
        'Take them away (setcap -r), and give the container the one capability that it needs.',
    },
  ],
  [
    'writable-path',
    {
      failsWhere: 'a folder of PATH, or a file in one, can be written by everybody',
      why: 'Any process can put its program where the next one looks for another.',
      remedy: 'Take the right away (chmod o-w), and folders such as /tmp out of PATH.',
    },
  ],
  [
    'env-secret',
    {
      failsWhere:
        'a variable of the image’s environment is named like a secret and has a value, or is a URL with a password',
      why: 'Whoever can pull the image, or see it in a console, can read it.',
      remedy:
        'Give it at run time, from a secret, and change the secret: the old image still has it.',
    },
  ],
  [
    'private-key',
    {
      failsWhere:
        'a PEM private key lies in the image, or in a layer below the one that deleted it',
      why: 'A layer stays readable to whoever can pull it, whatever later layers delete.',
      remedy:
        'Mount it while building (RUN --mount=type=secret), give it as a secret at run time, and change the key.',
    },
  ],
  [
    'entrypoint',
    {
      failsWhere:
        'what entrypoint and command start is not in the image, may not be executed, or is no program',
      why: 'The container ends at once with status 127 or 126.',
      remedy:
        'Copy it to where the config says, make it executable, and write #! in a script’s first line.',
    },
  ],
  [
    'shell-form',
    {
      failsWhere: 'entrypoint or command are a line for a shell that is not in the image',
      why: 'The runtime starts /bin/sh -c, which is not there.',
      remedy: 'Write the list form: CMD ["app", "--flag"].',
    },
  ],
  [
    'script-interpreter',
    {
      failsWhere:
        'the script that starts asks by its first line for an interpreter that is not there',
      why: 'The container ends with "no such file or directory", though the script is there.',
      remedy:
        'Build a virtual environment where it will run, or start the interpreter itself in the list form.',
    },
  ],
  [
    'elf-interpreter',
    {
      failsWhere: 'the program that starts needs a loader that is not there',
      why: 'The container ends with "no such file or directory", though the program is there.',
      remedy: 'Build for the base that it runs on, or statically (CGO_ENABLED=0).',
    },
  ],
  [
    'libraries',
    {
      failsWhere: 'a library that what starts needs is not there, or only for another processor',
      why: 'The loader gives up: "cannot open shared object file".',
      remedy:
        'Copy it from the builder with its package, or take a base that has it (cc instead of static).',
    },
  ],
  [
    'glibc-version',
    {
      failsWhere: 'what starts was built against a newer glibc than the image has',
      why: 'The loader gives up: "version not found".',
      remedy: 'Build on a base of the same release, or of an older one.',
    },
  ],
  [
    'architecture',
    {
      failsWhere: 'what starts was built for another processor than the image says it is for',
      why: 'It ends with "exec format error", on that platform alone.',
      remedy: 'Build for TARGETARCH, and copy from a stage of the same platform.',
    },
  ],
  [
    'named-user',
    {
      failsWhere: 'the user or group that the config names is not in /etc/passwd or /etc/group',
      why: 'The runtime refuses to start it: "unable to find user".',
      remedy: 'Write a number, or copy the file from the builder.',
    },
  ],
  [
    'python-environment',
    {
      failsWhere:
        'what starts uses a virtual environment, packages or a script that the Python in the image does not run: made by another minor, without its interpreter, or compiled for something else',
      why: 'The container starts and ends at the first import (ModuleNotFoundError), or not even that.',
      remedy:
        'Let the stage that installs and the one that runs be of one image family and one minor of Python, pinned together, and make the environment at the path where it will lie.',
    },
  ],
  [
    'path-programs',
    {
      failsWhere: 'a program in PATH needs a loader, a library or an interpreter that is not there',
      why: 'It fails when somebody calls it.',
      remedy: 'Copy what it needs with it, or leave it out.',
    },
  ],
  [
    'healthcheck',
    {
      failsWhere: 'the image’s health check needs a shell or a program that is not there',
      why: 'Docker calls the container unhealthy; ECS and Kubernetes have health checks of their own.',
      remedy: 'Write the list form, with a program that is in the image.',
    },
  ],
  [
    'busybox',
    {
      failsWhere: 'busybox or toybox is in the image',
      why: 'It is a shell, a downloader and a hundred other tools in one file.',
      remedy: 'Take the variant of the base without it.',
    },
  ],
  [
    'ca-bundle',
    {
      failsWhere: 'SSL_CERT_FILE names a file that is not there',
      why: 'The first connection ends with "certificate signed by unknown authority".',
      remedy:
        'Add the package ca-certificates (ca-certificates-bundle on Wolfi), or copy the file.',
    },
  ],
  [
    'time-zones',
    {
      failsWhere: 'TZ names a zone whose file is not there',
      why: 'The C library takes UTC without a word, Python and Go fail.',
      remedy: 'Add the package tzdata; for Python the package of that name from PyPI.',
    },
  ],
  [
    'user-entry',
    {
      failsWhere: 'the uid that processes run as is not in /etc/passwd',
      why: 'What asks for its name or home (ssh, git) fails.',
      remedy: 'Copy a line for the uid from the builder; a HOME in the environment helps many.',
    },
  ],
  [
    'low-port',
    {
      failsWhere:
        'the image exposes a port below 1024, and runs as another user than root without a capability',
      why: 'Newer hosts let it listen there, others do not.',
      remedy: 'Listen above 1024: services map the port.',
    },
  ],
  [
    'stop-signal',
    {
      failsWhere: 'the stop signal is SIGKILL, or none that there is',
      why: 'A rollout cuts off requests that are under way.',
      remedy: 'Set no STOPSIGNAL, which is SIGTERM, or one that the program handles.',
    },
  ],
  [
    'support',
    {
      failsWhere:
        'the distribution, the suite of distroless or a runtime gets no security fixes any more, or for 90 days at most',
      why: 'Advisories go on to come, fixes do not.',
      remedy:
        'Take the next release of the base, in a branch of its own: a runtime’s minor moves with it.',
    },
  ],
  [
    'image-size',
    {
      failsWhere: 'the image is above the budget that was given',
      why: 'It takes longer to start where it has not run yet, and holds more than it needs.',
      remedy: 'See which layer grew, and copy only what runs into the final stage.',
    },
  ],
  [
    'opaque',
    {
      failsWhere: 'the image holds executables that no package speaks of',
      why: 'No advisory can name what is in them: nobody may take the image for clean.',
      remedy:
        'Build them so that they say what is in them (cargo auditable build, build information not stripped), or install them by a package.',
    },
  ],
  [
    'unread',
    {
      failsWhere: 'part of the image could not be read',
      why: 'What is in that part may be anything: nobody may take it for clean.',
      remedy:
        'See what could not be read: mend the image there, or know that nothing is said of it.',
    },
  ],
]);
