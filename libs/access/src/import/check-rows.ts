import { ADDRESS_BOUND, type Address, FeltError, parseFelt, toAddress } from '#libs/felt';
import type { AccountWish } from '../follows/follow-accounts.ts';
import { faultOfText, LONGEST_TEXTS, TEXT_NAMES, tidyText } from '../follows/texts.ts';
import type { RowFault, RowFaultCode } from './row-fault.ts';

/** A row as somebody gave it. */
export interface ImportRow {
  /** Where it stood, counted from 1. */
  readonly line: number;
  readonly address: string;
  readonly label?: string | null | undefined;
  readonly team?: string | null | undefined;
  readonly costCentre?: string | null | undefined;
}

export interface CheckedRows {
  /** What the good rows say. A blank cell leaves what is there, so an import takes nothing away. */
  readonly wishes: readonly AccountWish[];
  readonly faults: readonly RowFault[];
}

/** Tells good rows from wrong ones; of an address that comes twice the first row is good. Pure. */
export const checkRows = (rows: readonly ImportRow[]): CheckedRows => {
  const firstLines = new Map<bigint, number>();
  const wishes: AccountWish[] = [];
  const faults: RowFault[] = [];
  for (const row of rows) {
    const { wish, found } = checkRow(row, firstLines);
    faults.push(...found);
    if (wish !== undefined && found.length === 0) wishes.push(wish);
  }
  return { wishes, faults };
};

const checkRow = (
  row: ImportRow,
  firstLines: Map<bigint, number>,
): { readonly wish: AccountWish | undefined; readonly found: readonly RowFault[] } => {
  const { line } = row;
  const found: RowFault[] = [];
  const texts: Partial<Record<(typeof TEXT_NAMES)[number], string>> = {};
  for (const name of TEXT_NAMES) {
    const text = tidyText(row[name] ?? '');
    const fault = text === null ? undefined : faultOfText(text, LONGEST_TEXTS[name]);
    if (fault !== undefined) found.push({ line, code: fault, column: COLUMN_OF[name] });
    else if (text !== null) texts[name] = text;
  }
  const account = addressOf(row.address.trim());
  if (typeof account === 'string')
    return { wish: undefined, found: [{ line, code: account, column: 'address' }, ...found] };
  const firstLine = firstLines.get(account);
  if (firstLine !== undefined) found.push({ line, code: 'ADDRESS_TWICE', column: 'address', firstLine });
  else firstLines.set(account, line);
  return { wish: { account, ...texts }, found };
};

const COLUMN_OF = { label: 'label', team: 'team', costCentre: 'cost_centre' } as const;

const addressOf = (text: string): Address | RowFaultCode => {
  if (text === '') return 'ADDRESS_MISSING';
  try {
    const felt = parseFelt(text);
    if (felt === 0n) return 'ADDRESS_ZERO';
    return felt >= ADDRESS_BOUND ? 'ADDRESS_OUT_OF_RANGE' : toAddress(felt);
  } catch (error) {
    if (!(error instanceof FeltError)) throw error;
    return /^(0x[0-9a-f]{1,80}|\d{1,100})$/i.test(text) ? 'ADDRESS_OUT_OF_RANGE' : 'ADDRESS_MALFORMED';
  }
};
