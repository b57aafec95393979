import { PurserError } from '#libs/api';
import { type Address, type Felt, feltToHex, parseAddress, parseFelt } from '#libs/felt';

/** A row of a ledger, told apart by its transaction: the same after a rebuild, and in whichever block it comes to stand. */
export interface LedgerRowKey {
  readonly kind: 'DEBIT' | 'MOVEMENT';
  readonly chainId: Felt;
  readonly account: Address;
  readonly transactionHash: Felt;
  /** Use index of a debit, event index of a movement. */
  readonly rowIndex: number;
  /** Of a debit; -1 for a movement. */
  readonly callIndex: number;
}

const LETTERS = { DEBIT: 'D', MOVEMENT: 'M' } as const;
const FORM = /^([DM]):(0x[0-9a-f]{1,64}):(0x[0-9a-f]{1,64}):(0x[0-9a-f]{1,64}):(\d{1,10}):(-1|\d{1,10})$/;
const INTEGER_MAX = 2_147_483_647;

/** Opaque for clients, and no secret: whose row it is decides the database. */
export const encodeRowId = (key: LedgerRowKey): string => {
  const felts = [key.chainId, key.account, key.transactionHash].map((felt) => feltToHex(felt));
  return Buffer.from([LETTERS[key.kind], ...felts, key.rowIndex, key.callIndex].join(':')).toString(
    'base64url',
  );
};

/** @throws PurserError BAD_INPUT unless it is the id of a row of a ledger */
export const decodeRowId = (id: string): LedgerRowKey => {
  const bytes = id.length <= 400 ? Buffer.from(id, 'base64url') : Buffer.alloc(0);
  const [, letter, chainId, account, transactionHash, rowIndex, callIndex] =
    FORM.exec(bytes.toString()) ?? [];
  if (letter === undefined || bytes.toString('base64url') !== id) throw badId();
  const key: LedgerRowKey = {
    kind: letter === 'D' ? 'DEBIT' : 'MOVEMENT',
    chainId: parseFelt(chainId),
    account: parseAddress(account),
    transactionHash: parseFelt(transactionHash),
    rowIndex: Number(rowIndex),
    callIndex: Number(callIndex),
  };
  const isMovement = key.kind === 'MOVEMENT';
  if (isMovement !== (key.callIndex === -1) || Math.max(key.rowIndex, key.callIndex) > INTEGER_MAX)
    throw badId();
  return key;
};

const badId = (): PurserError => new PurserError('BAD_INPUT', 'Not the id of a row of a ledger.');
