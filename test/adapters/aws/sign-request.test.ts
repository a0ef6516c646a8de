import { expect, it } from 'vitest';
import { signRequest } from '../../../adapters/aws/sign-request.ts';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  // The example key of AWS's own documentation.
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'token==',
};
const SCOPE = { service: 'ecr', region: 'eu-central-1', at: new Date('2026-06-01T02:03:04.567Z') };
const REQUEST = {
  url: new URL('https://api.ecr.eu-central-1.amazonaws.com/'),
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
  },
  body: '{}',
};

it('signs as the SDK’s own signer does', () => {
  expect(signRequest(REQUEST, CREDENTIALS, SCOPE)).toEqual({
    ...REQUEST.headers,
    'x-amz-date': '20260601T020304Z',
    'x-amz-security-token': 'token==',
    // What SignatureV4 of @smithy/signature-v4 5.7.5 gives for the same request.
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260601/eu-central-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=3fc255ecb3fa99c11ab63fa6b1f440f75c466a47dade756a5340e0b6e31da9da',
  });
});

it('leaves the session token out where there is none', () => {
  const { sessionToken, ...lasting } = CREDENTIALS;
  const headers = signRequest(REQUEST, lasting, SCOPE);

  expect(headers).not.toHaveProperty('x-amz-security-token');
  expect(headers.authorization).toContain(
    'SignedHeaders=content-type;host;x-amz-date;x-amz-target,',
  );
});
