import type { Alert } from '../../core/alert/alert.ts';
import { counted, plain } from '../../core/alert/compose-alert.ts';
import type { Look, Paint } from './paint.ts';
import { hangText, wrapText } from './wrap-text.ts';

/** How alerts are shown. */
export interface AlertStyle {
  readonly paint: Paint;
  /** Characters in a line, the indent included. */
  readonly width: number;
  readonly indent: string;
  readonly shorten: (text: string) => string;
}

/** Lineages that are named; more are counted. */
const PLACES_SHOWN = 6;

/** Digits of a thread's id that are shown. */
const THREAD_DIGITS = 8;

/**
 * An alert as a block beside a bar of its colour: title, details, cause, where, remedy, thread.
 *
 * @param opened when the thread was opened, if that was another alert
 */
export function alertBlock(alert: Alert, opened: string | null, style: AlertStyle): string[] {
  const { paint, indent, shorten } = style;
  const look = lookOf(alert);
  const width = style.width - indent.length - 2;
  const clean = (text: string) => shorten(plain(text));
  const { details, why } = readMessage(alert.message);
  const labelled = (label: string, text: string) =>
    hangText(label.padEnd(8), clean(text), width).map(
      (line) => paint('dim', line.slice(0, 8)) + line.slice(8),
    );

  const lines = [
    paint(look, kindOf(alert)),
    ...wrapText(clean(alert.title), width).map((line) => paint('bold', line)),
    ...details.flatMap((detail, index) => labelled(index === 0 ? 'What' : '', detail)),
    ...labelled('Why', why),
    ...(alert.count > 0 ? labelled('Where', placesOf(alert)) : []),
    ...labelled('Do', alert.remedy),
    ...labelled('Thread', threadOf(alert, opened)),
  ];
  return lines.map((line) => `${indent}${paint(look, '┃')} ${line}`.trimEnd());
}

/** An alert in one line. */
export function alertLine(alert: Alert, { paint, indent, shorten }: AlertStyle): string {
  return `${indent}${paint(lookOf(alert), kindOf(alert))}: ${shorten(plain(alert.title))}`;
}

/** Calm colours for what is over or only told, loud ones for what somebody must act on. */
function lookOf({ kind, severity }: Alert): Look {
  if (kind === 'resolved') return 'green';
  if (kind === 'baseline') return 'cyan';
  return severity === 'critical' || severity === 'high' ? 'red' : 'yellow';
}

function kindOf({ kind, severity }: Alert): string {
  const words = kind.replaceAll('-', ' ');
  return severity === 'none' || kind === 'resolved' ? words : `${words}, ${severity}`;
}

/** The lines that `composeAlert` writes besides title, places and remedy. */
function readMessage(message: string): { readonly details: string[]; readonly why: string } {
  const lines = message.split('\n').slice(1);
  const why = lines.find((line) => line.startsWith('Why: ')) ?? '';
  return {
    details: lines.flatMap((line) => /^- (.*)$/.exec(line)?.[1] ?? []),
    why: why.slice('Why: '.length),
  };
}

/** `ecs/prod/api, ecs/prod/worker (linux/amd64)`; containers are named where they differ from their workload. */
function placesOf({ lineages, count }: Alert): string {
  const byPlatform = Map.groupBy(lineages.slice(0, PLACES_SHOWN), (each) => each.split('|')[2]);
  const named = [...byPlatform].map(
    ([platform, group]) => `${group.map(placeOf).join(', ')} (${platform})`,
  );
  const rest = count - Math.min(lineages.length, PLACES_SHOWN);
  return [...named, ...(rest > 0 ? [`and ${counted(rest, 'more place')}`] : [])].join(', ');
}

function placeOf(lineage: string): string {
  const [place = '', part = '', , digest] = lineage.split('|');
  const named = part === '' || place.endsWith(`/${part}`) ? place : `${place} ${part}`;
  // One of several images that the container runs at once.
  return digest ? `${named} at ${digest.slice(0, 'sha256:'.length + 12)}` : named;
}

function threadOf({ threadId }: Alert, opened: string | null): string {
  const id = threadId.slice(0, THREAD_DIGITS);
  return opened === null ? id : `${id}, opened ${opened}`;
}
