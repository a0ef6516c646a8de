import type { Thread } from '../alert/alert.ts';
import type { AlertText } from '../alert/compose-alert.ts';
import {
  exampleTexts,
  isGap,
  type MatchProblem,
  summariseProblem,
} from '../match/fleet-problems.ts';
import { hashOf } from '../object/json-object.ts';

/** What a night met, and what is known of it already. */
interface Problems {
  readonly known: readonly Thread[];
  readonly problems: readonly MatchProblem[];
  readonly problemsBefore: readonly MatchProblem[] | null;
}

/** A reason for which packages cannot be matched, until there is none left of it. */
interface Gap {
  /** What it is, for its hash. */
  readonly what: readonly unknown[];
  readonly text: AlertText;
  readonly lasts: true;
}

/**
 * What something may be missed by, told once a reason, not once a package: by a reason that the last
 * night did not have, until no package has it.
 */
export function matchGaps({ known, problems, problemsBefore }: Problems): Gap[] {
  const open = new Set(known.map(({ matter }) => matter));
  const before = problemsBefore && new Set(problemsBefore.map((each) => hashOf(gapMatter(each))));
  return problems.filter(isGap).flatMap((problem): Gap[] => {
    const what = gapMatter(problem);
    const matter = hashOf(what);
    const isNew = before !== null && !before.has(matter);
    return isNew || open.has(matter) ? [{ what, text: describeGap(problem), lasts: true }] : [];
  });
}

/** Not its words and not its packages: these change while it is the same. */
function gapMatter({ kind, of }: MatchProblem): readonly unknown[] {
  return ['problem', 'match', kind, of];
}

function describeGap(problem: MatchProblem): AlertText {
  return {
    kind: 'problem',
    severity: 'none',
    cause: 'inventory',
    title: `Cannot be matched as they should be: ${summariseProblem(problem)}`,
    remedy:
      'Build them with a version that can be compared, or judge by hand whether an advisory is about them (docs/runbook.md, “Packages cannot be matched”); until then they are unknown, not clean.',
    subject: problem.of,
    lineages: [],
    details: exampleTexts(problem),
  };
}
