import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compileContract } from '../contracts/compile.ts';
import { ensureCompilers } from '../contracts/compilers.ts';
import { ARTIFACTS, ARTIFACTS_DIR, type ArtifactPlan, planOf, sourceOf } from '../contracts/sources.ts';

const USAGE = `usage: build-contracts.ts [--check] [--out DIR] [--only NAME]... [--source-override FILE=PATH]...

  --check            compile again and compare with the artefacts, writing nothing
  --out DIR          where the artefacts are, instead of contracts/artifacts/
  --only NAME        only this contract; classes.json keeps the others as they are
  --source-override  compile the text of PATH in the place of contracts/src/FILE`;

interface Options {
  readonly check: boolean;
  readonly out: string;
  readonly plans: readonly ArtifactPlan[];
  readonly overrides: ReadonlyMap<string, string>;
}

interface ClassEntry {
  readonly classHash: string;
  readonly compiledClassHash: string;
  readonly source: string;
  readonly constants: Readonly<Record<string, string>>;
}

/** File name to text, and the entry for classes.json. */
interface Built {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly entry: ClassEntry;
}

const CLASSES_FILE = 'classes.json';

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      check: { type: 'boolean', default: false },
      out: { type: 'string', default: ARTIFACTS_DIR },
      only: { type: 'string', multiple: true, default: [] },
      'source-override': { type: 'string', multiple: true, default: [] },
    },
  });
  return {
    check: values.check,
    out: resolve(values.out),
    plans: values.only.length === 0 ? ARTIFACTS : values.only.map(planOf),
    overrides: new Map(values['source-override'].map(readOverride)),
  };
}

function readOverride(argument: string): [string, string] {
  const at = argument.indexOf('=');
  const file = basename(argument.slice(0, at));
  if (at < 1) throw new Error(`--source-override wants FILE=PATH, not ${argument}`);
  if (!ARTIFACTS.some((plan) => plan.source === file)) throw new Error(`contracts/src/ has no ${file}`);
  return [file, argument.slice(at + 1)];
}

async function build(plan: ArtifactPlan, overrides: ReadonlyMap<string, string>): Promise<Built> {
  const override = overrides.get(plan.source);
  const text = override === undefined ? undefined : await readFile(override, 'utf8');
  const compiled = await compileContract({
    sourceText: await sourceOf(plan.name, text),
    fileName: plan.source,
  });
  const files = new Map([
    [`${plan.name}.sierra.json`, `${JSON.stringify(compiled.sierra)}\n`],
    [`${plan.name}.casm.json`, `${JSON.stringify(compiled.casm)}\n`],
  ]);
  const { classHash, compiledClassHash } = compiled;
  const entry = { classHash, compiledClassHash, source: plan.source, constants: plan.constants };
  return { name: plan.name, files, entry };
}

/** With --only the other classes keep the entries they have. */
async function classesText(built: readonly Built[], out: string): Promise<string> {
  const partial = built.length < ARTIFACTS.length;
  const present = partial ? await readIfThere(join(out, CLASSES_FILE)) : undefined;
  const known = (present === undefined ? {} : JSON.parse(present)) as Record<string, ClassEntry>;
  for (const { name, entry } of built) known[name] = entry;
  const ordered = ARTIFACTS.flatMap(({ name }) => (known[name] === undefined ? [] : [[name, known[name]]]));
  return `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function compare(files: ReadonlyMap<string, string>, out: string): Promise<number> {
  let differences = 0;
  for (const [name, text] of files) {
    const present = await readIfThere(join(out, name));
    if (present === text) continue;
    differences += 1;
    const what = present === undefined ? 'is missing' : 'differs from what its source compiles to';
    console.error(`${join(out, name)} ${what}`);
  }
  return differences;
}

async function writeAll(files: ReadonlyMap<string, string>, out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  for (const [name, text] of files) await writeFile(join(out, name), text);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  await ensureCompilers();
  const built = await Promise.all(options.plans.map((plan) => build(plan, options.overrides)));
  for (const { name, entry } of built) console.log(`${name} ${entry.classHash}`);
  const files = new Map(built.flatMap((contract) => [...contract.files]));
  files.set(CLASSES_FILE, await classesText(built, options.out));
  if (!options.check) {
    await writeAll(files, options.out);
    return 0;
  }
  const differences = await compare(files, options.out);
  if (differences === 0) console.log('the artefacts are what their sources compile to');
  return differences === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const wrongUse = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(wrongUse ? `${message}\n\n${USAGE}` : message);
  process.exitCode = 1;
}
