/** What of a record says which vulnerability it is about. */
export interface Identity {
  readonly record: string;
  readonly aliases: readonly string[];
  readonly upstream: readonly string[];
}

/** Ids that name one vulnerability. */
export interface AliasGroup {
  /** CVE if there is one, else GHSA, else the lowest id. */
  readonly id: string;
  /** All of them, sorted. */
  readonly ids: readonly string[];
}

/** osv.dev's guards against merging too much (go/cmd/relations/alias.go). */
const GROUP_LIMIT = 32;
const RAW_ALIASES_LIMIT = 5;

/**
 * Groups records by vulnerability: aliases are symmetric and transitive; `upstream` names
 * the same vulnerability only when it names exactly one, else (DSA, USN) the record
 * belongs to each that it names. Says the groups of a record; the order of records does
 * not matter.
 */
export function groupAliases(
  records: readonly Identity[],
): (record: Identity) => readonly AliasGroup[] {
  const plain = groupByCve(records);
  if (plain) return plain;
  const sets = createDisjointSets();
  for (const record of records) uniteIds(sets, record);
  const members = Map.groupBy(sets.ids(), sets.rootOf);
  const whole = new Map<string, AliasGroup>();
  const groupAround = (record: Identity, anchor: string): AliasGroup => {
    const root = sets.rootOf(anchor);
    const ids = members.get(root) ?? [anchor];
    if (ids.length > GROUP_LIMIT) return groupOf(ownIdsOf(record, anchor));
    const group = whole.get(root) ?? groupOf(ids);
    whole.set(root, group);
    return group;
  };
  return (record) => {
    const groups = new Map<string, AliasGroup>();
    for (const anchor of anchorsOf(record)) {
      const group = groupAround(record, anchor);
      groups.set(group.id, group);
    }
    return [...groups.values()];
  };
}

/**
 * The same for records that name one CVE each, and other ids that are no other CVE's: nearly
 * all there are, and sets of ids cost more than all the rest of a match. `undefined` when
 * they are not so plain.
 */
function groupByCve(
  records: readonly Identity[],
): ((record: Identity) => readonly AliasGroup[]) | undefined {
  const cveOf = new Map<string, string>();
  for (const record of records) {
    const cve = plainCveOf(record);
    if (cve === undefined || !claim(cveOf, record.upstream, cve)) return undefined;
  }
  const groups = new Map<string | undefined, readonly AliasGroup[]>();
  for (const [cve, ids] of Map.groupBy(cveOf.keys(), (id) => cveOf.get(id) ?? id)) {
    groups.set(cve, [{ id: cve, ids: ids.length > GROUP_LIMIT ? [cve] : ids.sort() }]);
  }
  return ({ upstream }) => groups.get(onlyCveOf(upstream)) ?? [];
}

function plainCveOf({ aliases, upstream }: Identity): string | undefined {
  const isPlain = aliases.length === 0 && upstream.length <= RAW_ALIASES_LIMIT;
  return isPlain ? onlyCveOf(upstream) : undefined;
}

/** Makes ids those of a CVE; `false` when one of them is another's. */
function claim(cveOf: Map<string, string>, ids: readonly string[], cve: string): boolean {
  for (const id of ids) {
    const known = cveOf.get(id);
    if (known === undefined) cveOf.set(id, cve);
    else if (known !== cve) return false;
  }
  return true;
}

/** The best name among ids of one vulnerability. */
function groupOf(ids: readonly string[]): AliasGroup {
  const sorted = [...new Set(ids)].sort();
  return { id: strongestOf(sorted)[0] ?? '', ids: sorted };
}

/** The ids of the strongest kind there is: CVE, then GHSA, then all others. */
function strongestOf(ids: readonly string[]): readonly string[] {
  for (const prefix of ['CVE-', 'GHSA-']) {
    const strong = ids.filter((id) => id.startsWith(prefix));
    if (strong.length > 0) return strong;
  }
  return ids;
}

function uniteIds(sets: DisjointSets, record: Identity): void {
  const anchors = anchorsOf(record);
  for (const anchor of anchors) sets.add(anchor);
  for (const alias of trustedAliases(record)) sets.unite(record.record, alias);
  const cve = onlyCveOf(record.upstream);
  if (cve === undefined) return;
  if (anchors.includes(record.record)) sets.unite(record.record, cve);
  if (record.upstream.length > RAW_ALIASES_LIMIT) return;
  for (const id of record.upstream) sets.unite(cve, id);
}

/** What all of a record's `upstream` are names of: only one CVE says so. */
function onlyCveOf(upstream: readonly string[]): string | undefined {
  let only: string | undefined;
  for (const id of upstream) {
    if (!id.startsWith('CVE-')) continue;
    if (only !== undefined) return undefined;
    only = id;
  }
  return only;
}

/**
 * The ids whose groups a record belongs to. One that has only an upstream follows it and
 * is no link itself: a hundred records of one CVE must not fill its group.
 */
function anchorsOf(record: Identity): readonly string[] {
  const upstream = strongestOf(record.upstream);
  if (upstream.length === 0) return [record.record];
  if (trustedAliases(record).length === 0) return upstream;
  return onlyCveOf(upstream) === undefined ? [record.record, ...upstream] : [record.record];
}

function trustedAliases(record: Identity): readonly string[] {
  return record.aliases.length > RAW_ALIASES_LIMIT ? [] : record.aliases;
}

/** What a record says of itself, for when its group grew past belief. */
function ownIdsOf(record: Identity, anchor: string): readonly string[] {
  return anchor === record.record ? [record.record, ...trustedAliases(record)] : [anchor];
}

interface DisjointSets {
  add(id: string): void;
  unite(left: string, right: string): void;
  rootOf(id: string): string;
  ids(): string[];
}

function createDisjointSets(): DisjointSets {
  const parents = new Map<string, string>();
  function rootOf(id: string): string {
    let root = id;
    for (let next = parents.get(root); next !== undefined && next !== root; ) {
      root = next;
      next = parents.get(root);
    }
    parents.set(id, root);
    return root;
  }
  return {
    add: (id) => void rootOf(id),
    unite: (left, right) => void parents.set(rootOf(left), rootOf(right)),
    rootOf,
    ids: () => [...parents.keys()],
  };
}
