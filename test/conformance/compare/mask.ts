import type { Json } from '#libs/testing';

/** What two nodes may answer differently, and why. All else is compared as it is. */
export interface Mask {
  readonly name: string;
  readonly reason: string;
}

export interface FieldMask extends Mask {
  /** The name of the field wherever it stands. */
  readonly field: string;
}

const OWN_FORMULA = "devnet and the sandbox each have a formula of their own, neither is the protocol's";
const NO_STEPS =
  'the sandbox runs native contracts: there are no steps to count, so gas and fees are a model';

export const FIELD_MASKS: readonly FieldMask[] = [
  ...['block_hash', 'parent_hash'].map((field) => ({ name: field, field, reason: OWN_FORMULA })),
  ...['transaction_commitment', 'event_commitment', 'receipt_commitment', 'state_diff_commitment'].map(
    (field) => ({
      name: field,
      field,
      reason: OWN_FORMULA,
    }),
  ),
  { name: 'fee', field: 'amount', reason: NO_STEPS },
  { name: 'resources', field: 'execution_resources', reason: NO_STEPS },
];

/** Masks that look at more than a field's name; applied in observe.ts. */
export const VALUE_MASKS = {
  feeTransfer: { name: 'amount of the fee transfer', reason: NO_STEPS },
  feeBalances: { name: 'STRK balances of payers and sequencer', reason: NO_STEPS },
  storedBlockHashes: {
    name: 'storage of contract 0x1',
    reason: 'it holds hashes of older blocks, see block_hash',
  },
  programCounters: {
    name: 'pc=… and Cairo traceback',
    reason: 'places in a Cairo program: the sandbox has none',
  },
} as const satisfies Record<string, Mask>;

export const MASKED = '(masked)';

const masked = new Set(FIELD_MASKS.map(({ field }) => field));

/** Blanks masked fields and program counters; a field that is absent or null stays so. */
export const maskFields = (value: Json): Json => {
  if (typeof value === 'string') return maskText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(maskFields);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      masked.has(name) && member !== null ? MASKED : maskFields(member),
    ]),
  );
};

/** The traceback has a line for each Cairo function that was being run; the line that says `Error at` stays. */
const maskText = (text: string): string =>
  text.includes('pc=')
    ? text
        .replaceAll(/pc=\d+:\d+/g, 'pc=…')
        .replaceAll(/Cairo traceback \(most recent call last\):\n(Unknown location \(pc=…\)\n)*\n?/g, '')
    : text;
