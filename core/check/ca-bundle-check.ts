import { quote } from '../extract/token.ts';
import type { FileTree } from '../image/file-tree.ts';
import { fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { variableOf } from './start/find-command.ts';

/** Where TLS libraries look (Go, `crypto/x509/root_linux.go`; OpenSSL's folders of the distributions). */
const BUNDLES = [
  'etc/ssl/certs/ca-certificates.crt',
  'etc/pki/tls/certs/ca-bundle.crt',
  'etc/ssl/ca-bundle.pem',
  'etc/pki/tls/cacert.pem',
  'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  'etc/ssl/cert.pem',
  'var/lib/ca-certificates/ca-bundle.pem',
];

/** Whether programs find the certificates of authorities that they check others by. */
export const caBundleCheck: ImageCheck = {
  id: 'ca-bundle',

  run({ tree, config }) {
    const named = variableOf(config, 'SSL_CERT_FILE');
    if (named) {
      return isFile(tree, named)
        ? pass('SSL_CERT_FILE names a file that is there.', named.replace(/^\/+/, ''))
        : fail(`SSL_CERT_FILE names ${quote(named)}, which is not in the image.`, 'config.Env');
    }
    const found = BUNDLES.find((path) => isFile(tree, path));
    return found
      ? pass('Has certificates of authorities.', found)
      : unknown('Has no certificates of authorities; whether anything needs them is not known.');
  },
};

function isFile(tree: FileTree, path: string): boolean {
  const real = tree.resolve(path);
  return real !== undefined && tree.entry(real)?.type === 'file';
}
