import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A made-up update, as `updateinfo.xml` has it. */
export interface MadeUpUpdate {
  readonly id: string;
  readonly type?: string;
  readonly severity?: string;
  readonly issued?: string;
  readonly updated?: string;
  readonly cves?: readonly string[];
  /** `name=[epoch:]version-release.arch` */
  readonly packages: readonly string[];
}

/** A list of such updates. */
export function anUpdateinfo(updates: readonly MadeUpUpdate[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<updates>${updates.map(updateXml).join('\n')}</updates>\n`;
}

function updateXml(update: MadeUpUpdate): string {
  const { id, type = 'security', severity = 'Important', cves = [], packages } = update;
  const { issued = '2026-07-01 20:41:00', updated = issued } = update;
  return `<update status="final" version="1.4" author="a@b.test" type="${type}" from="a@b.test">
<id>${id}</id><title>Made up &amp; ${id}</title><issued date="${issued}"/><updated date="${updated}"/>
<severity>${severity}</severity><description><![CDATA[<id>none</id>]]> text &lt;here&gt;</description>
<references>${cves.map((cve) => `<reference href="http://x.test/?a=1&amp;b=2" id="${cve}" title="" type="cve"/>`).join('')}
<reference href="x" id="CVE-1999-0001" type="bugzilla"/></references>
<pkglist><collection short="amazon-linux"><name>Amazon Linux</name>
${packages.map(packageXml).join('\n')}
</collection></pkglist></update>`;
}

function packageXml(text: string): string {
  const parts =
    /^(?<name>.+?)=(?:(?<epoch>\d+):)?(?<version>[^-]+)-(?<release>.+)\.(?<arch>\w+)$/.exec(text);
  const { name, epoch = '0', version, release, arch } = parts?.groups ?? {};
  return `<package arch="${arch}" epoch="${epoch}" name="${name}" release="${release}" version="${version}"><filename>Packages/x.rpm</filename></package>`;
}

/** A tree of files as Amazon's host serves it, on a free port of loopback. */
export interface AmazonServer extends AsyncDisposable {
  readonly url: string;
  /** By path, with a slash in front. */
  readonly files: Map<string, Buffer>;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** Puts a repository for one architecture there, by the path of its list of mirrors. */
  put(list: string, updateinfo: string | Buffer, options?: RepositoryOptions): void;
}

interface RepositoryOptions {
  /** In front of the mirror that has it. */
  readonly mirrors?: readonly string[];
  /** What the list of mirrors says instead of this server. */
  readonly host?: string;
  readonly repomd?: (text: string) => string;
  readonly fileName?: string;
}

export async function startAmazonServer(): Promise<AmazonServer> {
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  const http: Server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const file = files.get(path);
    if (!file) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': file.length }).end(file);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    url,
    files,
    asked,
    put(list, updateinfo, options = {}) {
      const { mirrors = [], host = url, repomd = (text: string) => text } = options;
      const repository = `repos/${createHash('md5').update(list).digest('hex')}`;
      const bytes = typeof updateinfo === 'string' ? gzipSync(updateinfo) : updateinfo;
      const { fileName = 'updateinfo.xml.gz' } = options;
      const lines = [...mirrors, `${host}/${repository}`];
      files.set(`/${list}`, Buffer.from(`${lines.join('\n')}\n`));
      files.set(`/${repository}/repodata/${fileName}`, bytes);
      files.set(
        `/${repository}/repodata/repomd.xml`,
        Buffer.from(repomd(aRepomd(`repodata/${fileName}`, bytes))),
      );
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function aRepomd(href: string, bytes: Buffer): string {
  const checksum = createHash('sha256').update(bytes).digest('hex');
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
<revision>1</revision>
<data type="primary"><checksum type="sha256">${'0'.repeat(64)}</checksum><location href="repodata/primary.xml.gz"/></data>
<data type="updateinfo"><checksum type="sha256">${checksum}</checksum><open-checksum type="sha256">${'1'.repeat(64)}</open-checksum>
<location href="${href}"/><timestamp>1</timestamp><size>${bytes.length}</size></data>
</repomd>`;
}
