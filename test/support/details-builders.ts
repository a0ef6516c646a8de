/** What a test says of a CVE record. */
interface CveOptions {
  readonly state?: string;
  readonly title?: unknown;
  readonly descriptions?: unknown;
  readonly metrics?: unknown;
  readonly adp?: unknown;
  readonly updated?: string;
}

/** A made-up record in the shape of the CVE list. */
export function aCveRecord(cveId: string, options: CveOptions) {
  const { state = 'PUBLISHED', updated = '2026-11-01T00:00:00.000Z', adp, ...cna } = options;
  return {
    dataType: 'CVE_RECORD',
    dataVersion: '5.2',
    cveMetadata: { cveId, state, assignerShortName: 'made-up', dateUpdated: updated },
    containers: {
      cna: { providerMetadata: { shortName: 'made-up' }, ...cna },
      ...(adp !== undefined && { adp }),
    },
  };
}

/** A made-up advisory in the shape of GitHub's database. */
export function aGhsaRecord(id: string, options: Readonly<Record<string, unknown>> = {}) {
  return {
    schema_version: '1.4.0',
    id,
    modified: '2026-11-01T00:00:00Z',
    aliases: ['CVE-2026-9000001'],
    affected: [{ package: { ecosystem: 'PyPI', name: 'made-up' }, ranges: [{ type: 'odd' }] }],
    ...options,
  };
}

/** What CISA adds to records. */
export function cisaAdp(metrics: unknown) {
  return {
    title: 'CISA ADP Vulnrichment',
    providerMetadata: { shortName: 'CISA-ADP' },
    metrics,
  };
}

/** A made-up entry of the catalogue of exploited vulnerabilities. */
export function aKevEntry(cveID: string, dateAdded: string, ransomware = 'Unknown') {
  return {
    cveID,
    vendorProject: 'Made-up',
    product: 'Overflow',
    vulnerabilityName: 'Made-up Overflow',
    dateAdded,
    shortDescription: 'x',
    requiredAction: 'x',
    dueDate: '2026-12-01',
    knownRansomwareCampaignUse: ransomware,
    notes: '',
    cwes: [],
  };
}

/** A catalogue of such entries. */
export function aKevCatalogue(
  entries: readonly ReturnType<typeof aKevEntry>[],
  dateReleased = '2026-11-20T12:00:00.0000Z',
  count = entries.length,
) {
  return {
    title: 'x',
    catalogVersion: '2026.11.20',
    dateReleased,
    count,
    vulnerabilities: entries,
  };
}

/** A table of made-up EPSS scores, as FIRST publishes it. */
export function anEpssTable(
  rows: readonly (readonly [cve: string, epss: string, percentile: string])[],
  scoreDate = '2026-11-21T00:00:00+0000',
): string {
  const head = `#model_version:v2026.03.14,score_date:${scoreDate}\ncve,epss,percentile\n`;
  return head + rows.map((row) => `${row.join(',')}\n`).join('');
}
