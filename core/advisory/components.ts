import type { Component } from './entry.ts';
import type { OsvAffected } from './osv.ts';
import { fieldOf } from './status.ts';

/** Kept of an `affected`, at most: they only explain, and there are millions of records. */
const COMPONENTS_LIMIT = 8;

const TEXT_LIMIT = 200;

/** Where an apk says what it is: a component there is the package itself. */
const ITSELF = '/.PKGINFO';

/** What of its package an `affected` is about, and the words on how it stands. */
export interface Components {
  /** Without the package itself. */
  readonly parts: readonly Component[];
  /** `latest_event_status` of each, the package's own too. */
  readonly words: readonly string[];
}

const NONE: Components = { parts: [], words: [] };

/** Reads `ecosystem_specific.components` of Chainguard's records; what it cannot read of one is empty. */
export function componentsOf(
  { ecosystem_specific: specific }: OsvAffected,
  name: string,
): Components {
  const list = fieldOf(specific, 'components');
  if (!Array.isArray(list) || list.length === 0) return NONE;
  const parts: Component[] = [];
  const words: string[] = [];
  for (const each of list as readonly unknown[]) {
    const component = readComponent(each);
    const { status } = component;
    if (status !== '' && !words.includes(status)) words.push(status);
    const isItself = component.location === ITSELF && component.name === name;
    if (!isItself && parts.length < COMPONENTS_LIMIT) parts.push(component);
  }
  return { parts, words };
}

function readComponent(each: unknown): Component {
  return {
    name: textOf(each, 'component_name'),
    version: textOf(each, 'component_version'),
    type: textOf(each, 'component_type'),
    location: textOf(each, 'component_location'),
    status: textOf(each, 'latest_event_status') || textOf(each, 'status'),
  };
}

function textOf(each: unknown, field: string): string {
  const text = fieldOf(each, field);
  if (typeof text !== 'string') return '';
  return text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT).toWellFormed() : text;
}
