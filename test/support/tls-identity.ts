import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and its own certificate, both PEM. */
export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

/** Makes an identity for 127.0.0.1 that vouches for itself, good from 2020 to 2049. */
export function makeTlsIdentity(name: string): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toBeSigned = certificateOf(name, publicKey.export({ type: 'spki', format: 'der' }));
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ECDSA_WITH_SHA256, der(BIT_STRING, [0], signature));
  const lines = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** What is signed: version 3, with the least that a client asks for (RFC 5280, TBSCertificate). */
function certificateOf(name: string, publicKey: Uint8Array): Buffer {
  const commonName = sequence(der(OBJECT_ID, [0x55, 4, 3]), text(UTF8_STRING, name));
  const named = sequence(der(SET, commonName));
  return sequence(
    der(context(0), der(INTEGER, [2])),
    der(INTEGER, [1]),
    ECDSA_WITH_SHA256,
    named,
    sequence(text(UTC_TIME, '200101000000Z'), text(UTC_TIME, '491231235959Z')),
    named,
    publicKey,
    der(
      context(3),
      sequence(
        // basicConstraints: it may sign, itself that is.
        extension(19, sequence(der(BOOLEAN, [0xff]))),
        // subjectAltName: an address.
        extension(17, sequence(der(0x87, [127, 0, 0, 1]))),
      ),
    ),
  );
}

// Tags of DER (X.690, 8.1.2).
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** RFC 5758, 3.2: 1.2.840.10045.4.3.2. */
const ECDSA_WITH_SHA256 = sequence(der(OBJECT_ID, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));

function context(tag: number): number {
  return 0xa0 | tag;
}

/** `id-ce <number>` (RFC 5280, 4.2.1). */
function extension(number: number, value: Buffer): Buffer {
  return sequence(der(OBJECT_ID, [0x55, 29, number]), der(OCTET_STRING, value));
}

function sequence(...parts: Uint8Array[]): Buffer {
  return der(SEQUENCE, ...parts);
}

function text(tag: number, value: string): Buffer {
  return der(tag, Buffer.from(value));
}

/** A tag, a length, and what it holds. */
function der(tag: number, ...parts: (Uint8Array | readonly number[])[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  const { length } = value;
  if (length < 0x80) return Buffer.from([tag, length, ...value]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.from([tag, 0x80 | bytes.length, ...bytes, ...value]);
}
