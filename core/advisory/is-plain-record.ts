import type { OsvRecord } from './osv.ts';

/** An object out of JSON, of which nothing is known yet. */
type Unread = Readonly<Record<string, unknown>>;

/** Ids and names as nearly all records have them. */
const PRINTABLE = /^(?=.*[!-~])[ -~]+$/;

/**
 * Whether a record is one that the schema lets pass, told by a look at each field. `false`
 * says nothing but that the schema has to be asked: it takes rarer forms too. To ask it of
 * each of a million and a half records takes a tenth of all that is done with them.
 */
export function isPlainRecord(json: unknown): json is OsvRecord {
  return (
    isObject(json) &&
    isLine(json.id) &&
    isAbsentOr(isTime, json.modified) &&
    isAbsentOr(isTime, json.withdrawn) &&
    isAbsentOrAll(isLine, json.aliases) &&
    isAbsentOrAll(isLine, json.upstream) &&
    isAbsentOrAll(isLine, json.related) &&
    isAbsentOrAll(isSeverity, json.severity) &&
    isAbsentOrAll(isAffected, json.affected)
  );
}

function isAffected(json: unknown): boolean {
  return (
    isObject(json) &&
    isAbsentOr(isPackage, json.package) &&
    isAbsentOrAll(isRange, json.ranges) &&
    isAbsentOrAll(isText, json.versions) &&
    isAbsentOrAll(isSeverity, json.severity)
  );
}

function isPackage(json: unknown): boolean {
  return (
    isObject(json) && isLine(json.ecosystem) && isLine(json.name) && isAbsentOr(isText, json.purl)
  );
}

function isRange(json: unknown): boolean {
  return isObject(json) && isText(json.type) && isAll(isEvent, json.events);
}

function isEvent(json: unknown): boolean {
  if (!isObject(json)) return false;
  const { introduced, fixed, last_affected, limit } = json;
  const isKnown =
    introduced !== undefined ||
    fixed !== undefined ||
    last_affected !== undefined ||
    limit !== undefined;
  return (
    isKnown &&
    isTextIfAny(introduced) &&
    isTextIfAny(fixed) &&
    isTextIfAny(last_affected) &&
    isTextIfAny(limit)
  );
}

function isSeverity(json: unknown): boolean {
  return isObject(json) && isText(json.type) && isText(json.score);
}

function isObject(json: unknown): json is Unread {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isText(json: unknown): boolean {
  return typeof json === 'string';
}

function isTextIfAny(json: unknown): boolean {
  return json === undefined || typeof json === 'string';
}

function isLine(json: unknown): boolean {
  return typeof json === 'string' && PRINTABLE.test(json);
}

/** How a time begins; `Date.parse` alone takes `soon 3` for one, and what is withdrawn hides a finding. */
const DAY = /^\d{4}-\d{2}-\d{2}(?:$|[Tt ]\d{2}:)/;

/** Whether something is a time of RFC 3339, or a day. */
export function isTime(json: unknown): boolean {
  return typeof json === 'string' && DAY.test(json) && !Number.isNaN(Date.parse(json));
}

function isAbsentOr(is: (json: unknown) => boolean, json: unknown): boolean {
  return json === undefined || json === null || is(json);
}

function isAbsentOrAll(is: (json: unknown) => boolean, json: unknown): boolean {
  return json === undefined || json === null || isAll(is, json);
}

function isAll(is: (json: unknown) => boolean, json: unknown): boolean {
  if (!Array.isArray(json)) return false;
  for (const each of json) if (!is(each)) return false;
  return true;
}
