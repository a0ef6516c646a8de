/** What a message is told with, besides what is told. */
export interface MessageFrame {
  /** Whose message it is. */
  readonly sender: string;
  /** Where the report of the night that tells it is; `null` where none is, or nobody could open it. */
  readonly report: string | null;
}

/** Whose messages an installation's are: `Tidewatch`, with the stack's name where that says more. */
export function senderOf(stack: string | null): string {
  if (stack === null) return 'Tidewatch';
  return /tidewatch/i.test(stack) ? stack : `Tidewatch (${stack})`;
}
