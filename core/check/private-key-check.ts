import { toldFiles } from '../image/told-files.ts';
import { listed } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/** Folders of packages and of their documents, in which others publish keys to test with. */
const OF_PACKAGES =
  /(?:^|\/)(?:site-packages|dist-packages|node_modules|python3\.\d+t?|ruby|gems|pkg\/mod|go\/src|share\/doc|share\/perl5?)\//;

/** A part of a path that says that what lies below is to test with or to read. */
const FOR_TESTS =
  /(?:^|\/)(?:tests?|testing|testdata|test[_-]data|__tests__|fixtures?|examples?|samples?|demos?|specs?|docs?|certdata|vectors)(?:\/|$)|[._-]test\.\w+$/i;

/** Whether a private key lies in the image, or in a layer below the one that deleted it. */
export const privateKeyCheck: ImageCheck = {
  id: 'private-key',

  run({ tree, ownerOf, buriedKeys }) {
    const isOurs = (path: string) => ownerOf(path) === null && !isPublished(path);
    const found: { readonly path: string; readonly text: string }[] = [];
    for (const { entry, facts } of toldFiles(tree)) {
      const { path } = entry;
      const label = facts.privateKey;
      if (label !== undefined && isOurs(path)) found.push({ path, text: `/${path} (${label})` });
    }
    for (const { path, label, layer } of buriedKeys) {
      if (!isOurs(path)) continue;
      const where = `deleted above, still in layer ${layer.slice(0, 'sha256:'.length + 12)}`;
      found.push({ path, text: `/${path} (${label}, ${where})` });
    }
    const [first] = found;
    if (!first) return pass('Has no private key.');
    const keys = found.map(({ text }) => text);
    return fail(`Has a private key: ${listed(keys, 4)}.`, first.path);
  },
};

/** Anybody may have such a key: it came with a package, to test it. */
function isPublished(path: string): boolean {
  const folder = OF_PACKAGES.exec(path);
  return folder !== null && FOR_TESTS.test(path.slice(folder.index));
}
