import { decodeNodeId, encodeNodeId, type IdentifiedNetwork, type NodeName, PurserError } from '#libs/api';
import { type Address, type Felt, feltToHex, parseAddress, parseFelt } from '#libs/felt';

/** A row of a ledger, told apart by its transaction: the same after a rebuild, and in whichever block it comes to stand. */
export interface LedgerRowKey {
  readonly kind: 'DEBIT' | 'MOVEMENT';
  readonly account: Address;
  readonly transactionHash: Felt;
  /** Use index of a debit, event index of a movement. */
  readonly rowIndex: number;
  /** Of a debit; -1 for a movement. */
  readonly callIndex: number;
}

const TYPES = { DEBIT: 'Debit', MOVEMENT: 'Movement' } as const;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
const INTEGER_MAX = 2_147_483_647;

/** Opaque for clients, and no secret: whose row it is decides the database. */
export const encodeRowId = (network: IdentifiedNetwork, key: LedgerRowKey): string => {
  const { kind, account, transactionHash, rowIndex, callIndex } = key;
  const indexes = kind === 'DEBIT' ? [rowIndex, callIndex] : [rowIndex];
  return encodeNodeId(TYPES[kind], network, [
    feltToHex(account),
    feltToHex(transactionHash),
    ...indexes.map(String),
  ]);
};

/** @throws PurserError BAD_INPUT unless it is the id of a row of a ledger */
export const decodeRowId = (id: string): { readonly name: NodeName; readonly key: LedgerRowKey } => {
  const name = decodeNodeId(id);
  return { name, key: rowKeyOf(name) };
};

/** @throws PurserError BAD_INPUT */
export const rowKeyOf = ({ kind, parts }: Pick<NodeName, 'kind' | 'parts'>): LedgerRowKey => {
  const isDebit = kind === TYPES.DEBIT;
  if (!isDebit && kind !== TYPES.MOVEMENT) throw badId();
  const [account, transactionHash, rowIndex, callIndex] = parts;
  if (parts.length !== (isDebit ? 4 : 3)) throw badId();
  try {
    return {
      kind: isDebit ? 'DEBIT' : 'MOVEMENT',
      account: parseAddress(account),
      transactionHash: parseFelt(transactionHash),
      rowIndex: indexOf(rowIndex),
      callIndex: isDebit ? indexOf(callIndex) : -1,
    };
  } catch {
    throw badId();
  }
};

const indexOf = (text: string | undefined): number => {
  if (text === undefined || !INDEX.test(text) || Number(text) > INTEGER_MAX) throw badId();
  return Number(text);
};

const badId = (): PurserError => new PurserError('BAD_INPUT', 'Not the id of a row of a ledger.');
