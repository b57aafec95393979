import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../ingest/environment.ts';
import type { Spread } from '../ingest/statistics.ts';

/** One figure, beside what it should be and what the machine could do at most. */
export interface Figure {
  readonly case: string;
  readonly measure: string;
  readonly unit: string;
  readonly value: Spread;
  readonly aim?: { readonly most?: number; readonly least?: number };
  /** The same work without Purser, in the same unit. */
  readonly limit?: { readonly name: string; readonly value: number };
}

export interface PartResult {
  readonly part: string;
  readonly title: string;
  /** What was done, and what was compared before a time counted. */
  readonly about: string;
  readonly figures: readonly Figure[];
  readonly environment: Environment & {
    readonly postgres: string;
    readonly settings: Readonly<Record<string, string>>;
  };
}

/** What is written of a benchmark, and where. */
export interface Report {
  /** Without its ending. */
  readonly file: string;
  readonly heading: string;
  readonly about: string;
  /** Of the parts. */
  readonly order: readonly string[];
}

/** Prints the parts; into the folder, beside parts of earlier measurements that were not measured again. */
export const writeResults = async (
  parts: readonly PartResult[],
  folder: string | undefined,
  report: Report,
): Promise<void> => {
  console.log(toMarkdown(parts, report));
  if (folder === undefined) {
    console.error('a trial: nothing is written');
    return;
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${report.file}.json`);
  const names = new Set(parts.map(({ part }) => part));
  const earlier = JSON.parse(await readFile(file, 'utf8').catch(() => '[]')) as PartResult[];
  const all = [...earlier.filter(({ part }) => !names.has(part)), ...parts];
  all.sort((a, b) => report.order.indexOf(a.part) - report.order.indexOf(b.part));
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(join(folder, `${report.file}.md`), toMarkdown(all, report));
};

const number = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);

const valueText = ({ value: { median, min, max }, unit }: Figure): string =>
  min === max
    ? `**${number(median)}** ${unit}`
    : `**${number(median)}** ${unit} (${number(min)} - ${number(max)})`;

const aimText = ({ aim, value: { median }, unit }: Figure): string => {
  if (aim === undefined) return '';
  const [sign, wanted] = aim.most === undefined ? ['>=', aim.least!] : ['<=', aim.most];
  const isMet = aim.most === undefined ? median >= wanted : median <= wanted;
  return `${sign} ${number(wanted)} ${unit}: ${isMet ? 'met' : '**not met**'}`;
};

const limitText = ({ limit, unit }: Figure): string =>
  limit === undefined ? '' : `${limit.name}: ${number(limit.value)} ${unit}`;

const ratioText = ({ limit, value: { median } }: Figure): string =>
  limit === undefined ? '' : (median / limit.value).toFixed(2);

const table = (rows: readonly (readonly string[])[]): string => {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
};

const toMarkdown = (parts: readonly PartResult[], { heading, about: written }: Report): string =>
  [
    `# ${heading}`,
    written,
    '',
    ...parts.flatMap(({ title, about, figures }) => [
      `## ${title}`,
      about,
      '',
      table([
        ['case', 'measured', 'result', 'aim', 'limit of the machine', 'result / limit'],
        ...figures.map((figure) => [
          figure.case,
          figure.measure,
          valueText(figure),
          aimText(figure),
          limitText(figure),
          ratioText(figure),
        ]),
      ]),
      '',
    ]),
    '## Where',
    table([
      ['part', 'when', 'commit', 'machine', 'load at start', 'software', 'settings'],
      ...parts.map(({ part, environment: at }) => [
        part,
        at.measuredAt,
        at.commit,
        `${at.cpu}, ${at.cores} cores, ${Math.round(at.memoryBytes / 1e6).toLocaleString('en')} MB, ${at.platform}`,
        at.load.map((load) => load.toFixed(2)).join(' '),
        `Node ${at.node}, ${at.postgres}, ${Object.entries(at.packages)
          .map((pair) => pair.join(' '))
          .join(', ')}`,
        Object.entries(at.settings)
          .map((pair) => pair.join('='))
          .join(' '),
      ]),
    ]),
    '',
  ].join('\n');
