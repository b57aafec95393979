import type { Felt } from '#libs/felt';

const WORD_BYTES = 31;
/** Longer ones are cut by nobody: they are taken for what they are, no name. */
const MOST_WORDS = 10;
const CONTROL = /\p{Cc}/u;

/**
 * A name or symbol as a token answers it: one felt of up to 31 bytes, or a byte array (words, what is pending, its length).
 * Undefined for anything else: empty, not UTF-8, with control characters, beyond 310 bytes.
 */
export const tokenText = (felts: readonly Felt[]): string | undefined => {
  const bytes = felts.length === 1 ? shortBytes(felts[0] ?? 0n) : arrayBytes(felts);
  if (bytes === undefined) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).trim();
    return text === '' || CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

/** What one felt says that is at most 255. */
export const tokenDecimals = (felts: readonly Felt[]): number | undefined => {
  const [decimals] = felts;
  return felts.length === 1 && decimals !== undefined && decimals <= 255n ? Number(decimals) : undefined;
};

const shortBytes = (felt: bigint): Uint8Array | undefined => {
  const hex = felt.toString(16);
  return hex.length > 2 * WORD_BYTES
    ? undefined
    : Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
};

const arrayBytes = ([count = -1n, ...rest]: readonly bigint[]): Uint8Array | undefined => {
  if (count < 0n || count > BigInt(MOST_WORDS) || rest.length !== Number(count) + 2) return undefined;
  const words = rest.slice(0, Number(count));
  const [pending = 0n, length = 0n] = rest.slice(Number(count));
  if (length >= BigInt(WORD_BYTES)) return undefined;
  const parts = [...words.map((word) => sized(word, WORD_BYTES)), sized(pending, Number(length))];
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
};

const sized = (word: bigint, bytes: number): Uint8Array | undefined =>
  word >> BigInt(8 * bytes) === 0n
    ? Buffer.from(word.toString(16).padStart(2 * bytes, '0'), 'hex').subarray(0, bytes)
    : undefined;
