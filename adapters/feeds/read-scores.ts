import { FeedUnavailableError, type RecordBatch } from '../../actions/ports.ts';
import { messageOf } from './parse-record.ts';
import { openBytes, splitLines } from './read-lines.ts';

/** What the head of the table says. */
interface Head {
  readonly scoreDate: string;
  /** Places of the columns that we read. */
  readonly cve: number;
  readonly epss: number;
  readonly percentile: number;
}

/**
 * Reads EPSS's table of the day, gzipped or not, each row with the day's date. Its first line is
 * `#model_version:…,score_date:…`, its second names the columns
 * (https://www.first.org/epss/data_stats).
 *
 * @throws FeedUnavailableError when it breaks off or has no such head
 */
export async function* readScores(path: string): AsyncGenerator<RecordBatch> {
  const table = createTable();
  try {
    for await (const lines of splitLines(openBytes(path))) {
      const batch = lines.flatMap((bytes) => table.read(bytes?.toString('utf8').trim() ?? ''));
      if (batch.length > 0) yield batch;
    }
    if (!table.hasHead()) throw new Error('no table of scores: it has no head');
  } catch (cause) {
    throw new FeedUnavailableError(`${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Reads a table line by line: its day, its columns, its rows. */
function createTable() {
  let scoreDate: string | undefined;
  let head: Head | undefined;
  return {
    hasHead: () => head !== undefined,
    /** The rows of a line: none of the first two, and none of an empty one. @throws Error */
    read(line: string): unknown[] {
      if (head) return line === '' ? [] : [rowOf(head, line)];
      if (scoreDate === undefined) scoreDate = readScoreDate(line);
      else head = readColumns(scoreDate, line);
      return [];
    },
  };
}

function readScoreDate(line: string): string {
  const date = /^#(?:.*,)?\s*score_date:(?<date>[^,]+)/.exec(line)?.groups?.date?.trim();
  if (date === undefined || Number.isNaN(Date.parse(date))) {
    throw new Error(`no table of scores: it begins with ${JSON.stringify(line.slice(0, 80))}`);
  }
  return date;
}

function readColumns(scoreDate: string, line: string): Head {
  const columns = line.split(',');
  const placeOf = (name: string) => {
    const place = columns.indexOf(name);
    if (place >= 0) return place;
    throw new Error(
      `no table of scores: no column ${name} in ${JSON.stringify(line.slice(0, 80))}`,
    );
  };
  return {
    scoreDate,
    cve: placeOf('cve'),
    epss: placeOf('epss'),
    percentile: placeOf('percentile'),
  };
}

function rowOf(head: Head, line: string): unknown {
  const cells = line.split(',');
  return {
    cve: cells[head.cve],
    epss: cells[head.epss],
    percentile: cells[head.percentile],
    scoreDate: head.scoreDate,
  };
}
