import { CHECK_MEANINGS } from '../core/check/check-meanings.ts';
import {
  type AskedFinding,
  isVulnerabilityId,
  readAsked,
  readQuestion,
} from '../core/explain/asked.ts';
import { closest } from '../core/explain/closest.ts';
import { advisoryFeeds, type Run } from '../core/run/run.ts';
import { explainCheck } from './explain/explain-check.ts';
import { explainId } from './explain/explain-id.ts';
import { explainPackage } from './explain/explain-package.ts';
import { explainThread } from './explain/explain-thread.ts';
import type { ExplainAnswer, ExplainRequest, Outcome } from './explain/explained.ts';
import { type ExplainPorts, findTargets } from './explain/find-targets.ts';
import { readHeldUnits, unitsNamed } from './explain/held-units.ts';
import type { KnownId } from './explain/nothing-found.ts';
import { openAdvisories } from './explain/open-advisories.ts';
import type { Search } from './explain/search.ts';
import { readPast } from './read-past.ts';

/**
 * Says why a package has a vulnerability or has not, by the advisories of the last night and by the
 * functions that judge at night; what is found for a package, what a check is, or what was told under a
 * thread where that is asked. Changes nothing.
 *
 * @throws ObjectMissingError, MalformedObjectError when something that is stored is gone or broken
 */
export async function explainFinding(
  ports: ExplainPorts,
  request: ExplainRequest,
): Promise<ExplainAnswer> {
  const past = await readPast(ports);
  const { run } = past;
  const { id } = readAsked(request.finding, request.package);
  if (!run) return { id, night: null, feeds: [], outcome: { kind: 'no-night' } };
  const feeds = advisoryFeeds(run.feeds);
  const targets = await findTargets(ports, past, request);
  if ('kind' in targets) return { id, night: run.runId, feeds, outcome: targets };
  const advisories = await openAdvisories(ports.objects, run);
  const held = await readHeldUnits(ports.objects, run, targets);
  const search = { ...ports, past, judged: run, advisories, targets, held };
  const problems = unreadIn(run);
  return {
    id,
    night: run.runId,
    feeds,
    ...(problems.length > 0 && { problems }),
    outcome: await explainIn(search, request),
  };
}

/** Images that are named; the others are counted. */
const UNREAD_NAMED = 5;

/** What runs, or is pointed at, and could not be read: nobody knows what is in it. */
function unreadIn({ failed }: Run): NonNullable<ExplainAnswer['problems']> {
  const named = failed.slice(0, UNREAD_NAMED).map(({ digest, reason }) => {
    return { path: digest, reason: `could not be read by the night: ${reason}` };
  });
  const more = failed.length - named.length;
  return more > 0
    ? [...named, { path: 'images', reason: `${more} more could not be read` }]
    : named;
}

/** Says of whatever somebody asks about what there is to say, in the images that are asked about. @throws as `explainFinding` */
export async function explainIn(
  search: Search,
  { finding, package: named }: Pick<ExplainRequest, 'finding' | 'package'>,
): Promise<Outcome> {
  const question = readQuestion(finding);
  switch (question.kind) {
    case 'check':
      return explainCheck(search, question.id);
    case 'thread':
      return explainThread(search, question.digits);
    case 'package':
      return askPackage(search, question.name) ?? nothingCalled(search, question.name, 'package');
    case 'finding':
      return explainWord(search, readAsked(finding, named));
  }
}

/** An id of a vulnerability, if it is one; else perhaps the name of a package. */
async function explainWord(search: Search, asked: AskedFinding): Promise<Outcome> {
  const { id, package: named } = asked;
  if (isVulnerabilityId(id)) return explainId(search, { id, named });
  const found = named === null ? askPackage(search, id) : undefined;
  if (found) return found;
  const outcome = await explainId(search, { id, named });
  if (!isNothing(outcome)) return outcome;
  return askPackage(search, id) ?? nothingCalled(search, id, null);
}

function askPackage(search: Search, name: string): Promise<Outcome> | undefined {
  const units = unitsNamed(search.held.units, name);
  return units.length === 0 ? undefined : explainPackage(search, units, name);
}

/** Whether nobody has ever heard of what was asked about. */
function isNothing(outcome: Outcome): boolean {
  if (outcome.kind === 'explained') return outcome.known !== null && isUnheard(outcome.known);
  if (outcome.kind !== 'not-known') return false;
  return isUnheard(outcome) && outcome.elsewhere.length === 0 && outcome.resolved === null;
}

function isUnheard({ recordIn, details }: KnownId): boolean {
  return recordIn.length === 0 && details.length === 0;
}

function nothingCalled({ past, held }: Search, asked: string, what: 'package' | null): Outcome {
  const names = held.units.map(({ unit }) => (asked.startsWith('pkg:') ? unit.purl : unit.name));
  const items = [...past.rows.values()].flatMap((row) => row.items);
  const ids = what === null ? items.flatMap((each) => each.ids) : [];
  const checks = what === null ? CHECK_MEANINGS.keys() : [];
  return { kind: 'unknown', asked, what, similar: closest(asked, [...ids, ...names, ...checks]) };
}
