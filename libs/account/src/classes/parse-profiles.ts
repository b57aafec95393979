import { FeltError, feltToHex, parseFelt, toClassHash } from '#libs/felt';
import type { ClassHash } from '#libs/felt';
import { AccountError } from '../account.error.ts';
import type { WindowRule } from '../rules/window.ts';
import type { ClassProfile } from './class-profile.ts';

type RuleName = Exclude<keyof ClassProfile, 'classHash' | 'name'>;
type JsonObject = Readonly<Record<string, unknown>>;

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isOneOf =
  (...choices: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === 'string' && choices.includes(value);

const isWindowRule = (value: unknown): value is WindowRule =>
  isObject(value) &&
  isOneOf('SETTING', 'FIRST_SPEND')(value['anchor']) &&
  isOneOf('AT_END', 'AFTER_END')(value['resets']) &&
  Object.keys(value).length === 2;

const RULES: Readonly<Record<RuleName, (value: unknown) => boolean>> = {
  windowRule: isWindowRule,
  adminGuard: isBoolean,
  selfCallGuard: isOneOf('ALWAYS', 'WHEN_LIST_EMPTY', 'NONE'),
  grantRequires: isOneOf('NOTHING', 'NON_ZERO'),
  revokeUnknownReverts: isBoolean,
  emitsCallFailed: isBoolean,
  counterOnlyRises: isBoolean,
  hashModes: isOneOf('V1', 'V2', 'STORED'),
  fourFeltIsValidSignature: isBoolean,
};

/**
 * Reads profiles, `{ "profiles": [{ classHash, name, <rule>: { value, evidence } }] }`. A rule left out is
 * unverified; a rule without evidence, an unknown rule and a class named twice are faults.
 * @throws AccountError INVALID_PROFILES with every fault of the file in `faults`.
 */
export const parseProfiles = (json: unknown): ClassProfile[] => {
  const faults: string[] = [];
  const list = isObject(json) ? json['profiles'] : undefined;
  if (!Array.isArray(list)) throw invalid(['profiles: must be a list']);
  const profiles = list.map((entry: unknown, index) => parseProfile(entry, `profiles[${index}]`, faults));
  const hashes = profiles.map((profile) => profile?.classHash);
  for (const [index, hash] of hashes.entries()) {
    if (hash !== undefined && hashes.indexOf(hash) < index) {
      faults.push(`profiles[${index}].classHash: ${feltToHex(hash)} stands twice`);
    }
  }
  if (faults.length > 0) throw invalid(faults);
  return profiles.filter((profile) => profile !== undefined);
};

const parseProfile = (entry: unknown, at: string, faults: string[]): ClassProfile | undefined => {
  if (!isObject(entry)) {
    faults.push(`${at}: must be an object`);
    return undefined;
  }
  const classHash = parseHash(entry['classHash'], at, faults);
  const { name } = entry;
  if (!isText(name)) faults.push(`${at}.name: must be a text`);
  const rules = Object.entries(entry).filter(([key]) => key !== 'classHash' && key !== 'name');
  for (const [key, rule] of rules) faults.push(...ruleFaults(key, rule, `${at}.${key}`));
  if (classHash === undefined || !isText(name)) return undefined;
  return { classHash, name, ...Object.fromEntries(rules) };
};

const ruleFaults = (key: string, rule: unknown, at: string): string[] => {
  if (!isRuleName(key)) return [`${at}: no such rule`];
  if (!isObject(rule)) return [`${at}: must be { value, evidence }`];
  const faults = RULES[key](rule['value']) ? [] : [`${at}.value: not a value of this rule`];
  if (!isText(rule['evidence'])) faults.push(`${at}.evidence: missing; leave out a rule that nothing shows`);
  const others = Object.keys(rule).filter((name) => name !== 'value' && name !== 'evidence');
  return [...faults, ...others.map((name) => `${at}.${name}: no such member`)];
};

const parseHash = (text: unknown, at: string, faults: string[]): ClassHash | undefined => {
  try {
    const hash = toClassHash(parseFelt(text));
    if (hash !== 0n) return hash;
    faults.push(`${at}.classHash: 0 is no class`);
  } catch (error) {
    if (!(error instanceof FeltError)) throw error;
    faults.push(`${at}.classHash: ${error.message}`);
  }
  return undefined;
};

const invalid = (faults: readonly string[]): AccountError =>
  new AccountError('INVALID_PROFILES', `class profiles: ${faults.join('; ')}`, { faults });

const isRuleName = (key: string): key is RuleName => Object.hasOwn(RULES, key);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
