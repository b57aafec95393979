import { encodeCursor } from '#libs/api';
import { CANARY, hostile, type HostileEntry } from './entry.ts';

const SESSIONS = `query ($after: String, $orderBy: SessionOrder, $status: [SessionStatus!], $account: Address) {
  sessions(first: 2, after: $after, orderBy: $orderBy, status: $status, account: $account) {
    nodes { sessionKey } pageInfo { endCursor }
  }
}`;
export const FIRST_PAGE = { query: SESSIONS };
const ACCOUNTS = 'query ($after: String) { accounts(after: $after) { nodes { address } } }';

const cursor = (name: string, after: unknown, more: object = {}, query = SESSIONS): HostileEntry =>
  hostile(`a cursor ${name}`, 'BAD_CURSOR', { query, variables: { after, ...more } }, { status: 200 });

const flipped = (text: string): string =>
  `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64url');

/** Cursors that were made up or altered, or belong to something else. `real`: of `FIRST_PAGE`. */
/** As somebody who knows the form makes one, without knowing what the list was asked for. */
const MADE_UP = { list: 'sessions', asker: { organisationId: 1 }, filter: {} };

export const hostileCursors = (real: string): readonly HostileEntry[] => [
  cursor('of nothing', ''),
  cursor('that was made up', CANARY),
  cursor('that was altered', flipped(real)),
  cursor('that was cut', real.slice(0, -2)),
  cursor('with more behind it', `${real}AAAA`),
  cursor('in another spelling of base64', `${real}=`),
  cursor('with a space before it', ` ${real}`),
  cursor('twice', `${real}${real}`),
  cursor('of 3 kB', 'A'.repeat(3_000)),
  cursor('with SQL in it', base64(`00000000["1' or '1'='1"]`)),
  cursor('that is an offset', base64('arrayconnection:100')),
  cursor('of its own making', encodeCursor(MADE_UP, ['0', '0', '0'])),
  cursor('with a prototype in it', encodeCursor(MADE_UP, ['__proto__'])),
  cursor('of another list', real, {}, ACCOUNTS),
  cursor('of another order', real, { orderBy: 'VALID_UNTIL_DESC' }),
  cursor('of another filter', real, { status: ['REVOKED'] }),
  cursor('of another account', real, { account: '0xa2' }),
  hostile('a cursor that is a number', 'BAD_INPUT', { query: SESSIONS, variables: { after: 5 } }),
  hostile('a cursor that is a list', 'BAD_INPUT', { query: SESSIONS, variables: { after: [CANARY] } }),
];
