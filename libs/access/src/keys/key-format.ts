import { crc32 } from 'node:zlib';

/** LIVE: of an organisation. DEMO: the fixed ones of the sandbox. SIGN_IN: given to a person for some hours. */
export type KeyKind = 'LIVE' | 'DEMO' | 'SIGN_IN';

const PREFIXES: Readonly<Record<KeyKind, string>> = {
  LIVE: 'pur_live_',
  DEMO: 'pur_demo_',
  SIGN_IN: 'pur_sign_',
};
const KINDS = Object.keys(PREFIXES) as KeyKind[];

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 12;
/** 62^32 is 190 bits. */
const SECRET_LENGTH = 32;
const CHECK_LENGTH = 6;
/** A number of so many bits more than needed, so that its remainder favours no digit noticeably (below 2^-64). */
const SPARE_BYTES = 8;

const FORM = /^(pur_(?:live|demo|sign)_)([0-9A-Za-z]{12})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/;

/** What an API key says of itself. That it is one of ours is only known by its hash. */
export interface ParsedKey {
  readonly kind: KeyKind;
  /** 12 digits of base 62: public, the name of the key in tables, logs and lists. */
  readonly keyId: string;
}

/** A key as it is handed out, once. */
export interface MadeKey extends ParsedKey {
  /** The whole key: a secret. */
  readonly text: string;
}

/** So many random bytes, such as `randomBytes` of node:crypto. */
export type RandomBytes = (count: number) => Uint8Array;

/**
 * The last six digits of a key: CRC-32 over all before, in base 62, the highest digit first. It finds keys that were
 * mistyped or cut without a question to the database, and lets a scanner for leaked secrets tell ours from noise.
 */
export const checksumOf = (body: string): string => toDigits(BigInt(crc32(body)), CHECK_LENGTH);

/** Reads a key. Undefined for everything that is none: another form, or a checksum that does not fit. */
export const parseKey = (text: string): ParsedKey | undefined => {
  const [, prefix, keyId, , check] = FORM.exec(text) ?? [];
  if (keyId === undefined || checksumOf(text.slice(0, -CHECK_LENGTH)) !== check) return undefined;
  const kind = KINDS.find((known) => PREFIXES[known] === prefix);
  return kind === undefined ? undefined : { kind, keyId };
};

/** Makes a new key. The bytes must come from a generator fit for secrets. */
export const makeKey = (kind: KeyKind, random: RandomBytes): MadeKey =>
  spellKey(kind, randomDigits(ID_LENGTH, random), randomDigits(SECRET_LENGTH, random));

/**
 * A key of a given id and secret, for the fixed ones of the sandbox.
 * @throws RangeError when the id is not 12 or the secret not 32 digits of base 62.
 */
export const spellKey = (kind: KeyKind, keyId: string, secret: string): MadeKey => {
  const body = `${PREFIXES[kind]}${keyId}_${secret}`;
  const text = `${body}${checksumOf(body)}`;
  if (!FORM.test(text)) throw new RangeError('a key is 12 digits of id and 32 of secret, in base 62');
  return { kind, keyId, text };
};

const randomDigits = (length: number, random: RandomBytes): string => {
  const bits = length * Math.log2(DIGITS.length);
  const bytes = random(Math.ceil(bits / 8) + SPARE_BYTES);
  return toDigits(BigInt(`0x${Buffer.from(bytes).toString('hex')}`), length);
};

/** The lowest digits of a number in base 62. */
const toDigits = (value: bigint, length: number): string => {
  let rest = value;
  let digits = '';
  for (let place = 0; place < length; place += 1) {
    digits = `${DIGITS[Number(rest % 62n)] ?? ''}${digits}`;
    rest /= 62n;
  }
  return digits;
};
