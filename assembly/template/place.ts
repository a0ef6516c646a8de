/** The imaginary account and region that a stack is deployed to. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** `arn:aws:<service>:<region>:<account>:<resource>` */
export function arnIn({ account, region }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/** A queue's URL, as SQS gives it. */
export function queueUrlIn({ account, region }: Place, name: string): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}
