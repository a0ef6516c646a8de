/** What a hardening check asks, and what is done about one that fails. */
export interface CheckMeaning {
  /** Ends "It fails where …". */
  readonly failsWhere: string;
  /** Why that matters, one sentence. */
  readonly why: string;
  /** One sentence, something to do. */
  readonly remedy: string;
}

/** By id: the hardening checks, and that an image could be read. */
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
    'unread',
    {
      failsWhere: 'part of the image could not be read',
      why: 'What is in that part may be anything: nobody may take it for clean.',
      remedy:
        'See what could not be read: mend the image there, or know that nothing is said of it.',
    },
  ],
]);
