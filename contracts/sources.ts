import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

type ArtifactName =
  | 'session_account_setting'
  | 'session_account_spend'
  | 'forwarder'
  | 'token_keyed'
  | 'token_legacy';

export interface ArtifactPlan {
  readonly name: ArtifactName;
  /** File in contracts/src/. */
  readonly source: string;
  /** What tells apart the classes made of one source. */
  readonly constants: Readonly<Record<string, string>>;
}

const ACCOUNT = 'session_account.cairo';
const TOKEN = 'token.cairo';

export const ARTIFACTS: readonly ArtifactPlan[] = [
  { name: 'session_account_setting', source: ACCOUNT, constants: { FAMILY: "'SETTING_ANCHORED'" } },
  { name: 'session_account_spend', source: ACCOUNT, constants: { FAMILY: "'SPEND_ANCHORED'" } },
  { name: 'forwarder', source: 'forwarder.cairo', constants: {} },
  { name: 'token_keyed', source: TOKEN, constants: { LEGACY_EVENTS: 'false' } },
  { name: 'token_legacy', source: TOKEN, constants: { LEGACY_EVENTS: 'true' } },
];

export const ARTIFACTS_DIR = fileURLToPath(new URL('./artifacts/', import.meta.url));

/** The Cairo text of a class: its source file, or `sourceText` in its stead, with its constants set. */
export async function sourceOf(name: string, sourceText?: string): Promise<string> {
  const plan = planOf(name);
  const text = sourceText ?? (await readFile(new URL(`./src/${plan.source}`, import.meta.url), 'utf8'));
  return Object.entries(plan.constants).reduce(setConstant, text);
}

export function planOf(name: string): ArtifactPlan {
  const plan = ARTIFACTS.find((artifact) => artifact.name === name);
  if (plan === undefined) {
    const names = ARTIFACTS.map((artifact) => artifact.name).join(', ');
    throw new Error(`there is no contract ${name}; the contracts are ${names}`);
  }
  return plan;
}

function setConstant(text: string, [name, value]: [string, string]): string {
  if (name === 'LEGACY_EVENTS') return value === 'true' ? withoutEventKeys(text) : text;
  const line = new RegExp(`^const ${name}: felt252 = .*;$`, 'gm');
  const found = text.match(line)?.length ?? 0;
  if (found !== 1) throw new Error(`expected one line \`const ${name}: felt252 = ...;\`, found ${found}`);
  return text.replace(line, `const ${name}: felt252 = ${value};`);
}

/** The event layout also shows in the ABI, which no constant in Cairo can change. */
function withoutEventKeys(text: string): string {
  const key = /^ *#\[key\]\n/gm;
  if (!key.test(text)) throw new Error('expected lines `#[key]` to remove, found none');
  return text.replace(key, '');
}
