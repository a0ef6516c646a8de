/** What a message is told with, besides what is told. */
export interface MessageFrame {
  /** Whose message it is. */
  readonly sender: string;
}

/** Whose messages an installation's are: `Tidewatch`, with the stack's name where that says more. */
export function senderOf(stack: string | null): string {
  if (stack === null) return 'Tidewatch';
  return /tidewatch/i.test(stack) ? stack : `Tidewatch (${stack})`;
}
