import { expect, it } from 'vitest';
import { createS3Reports } from '../../../adapters/aws/s3-reports.ts';

const NIGHT = '2026-03-09T02:00:00.000Z';

it('are opened in the console of their partition and region', () => {
  const addressIn = (arn: string) =>
    createS3Reports({ bucket: 'objects-1', topicArn: arn }).addressOf(NIGHT);

  expect(addressIn('arn:aws:sns:eu-west-1:123456789012:people')).toBe(
    'https://eu-west-1.console.aws.amazon.com/s3/object/objects-1?region=eu-west-1&prefix=runs%2F2026-03-09T02%3A00%3A00.000Z%2Freport.html',
  );
  expect(addressIn('arn:aws-cn:sns:cn-north-1:123456789012:people')).toContain(
    'https://cn-north-1.console.amazonaws.cn/',
  );
});

it('have no address where nobody knows the console', () => {
  const { addressOf } = createS3Reports({
    bucket: 'b',
    topicArn: 'arn:aws-iso:sns:us-iso-east-1:1:p',
  });
  expect(addressOf(NIGHT)).toBeNull();
});
