import { encodeCursor } from '#libs/api';
import { CANARY, hostile, type HostileEntry } from './entry.ts';

const SESSIONS = `query ($after: String, $orderBy: SessionOrder, $status: [SessionStatus!], $account: Address) {
  sessions(first: 2, after: $after, orderBy: $orderBy, status: $status, account: $account) {
    nodes { sessionKey } pageInfo { endCursor }
  }
}`;
export const FIRST_PAGE = { query: SESSIONS };
const ACCOUNTS = 'query ($after: String) { accounts(after: $after) { nodes { address } } }';

const EXPORTS = `query ($after: String, $orderBy: ExportOrder = CREATED_AT_DESC) {
  exports(after: $after, orderBy: $orderBy) { nodes { id } }
}`;

const cursor = (name: string, after: unknown, more: object = {}, query = SESSIONS): HostileEntry =>
  hostile(`a cursor ${name}`, 'BAD_CURSOR', { query, variables: { after, ...more } }, { status: 200 });

const flipped = (text: string): string =>
  `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64url');

/** As somebody who knows the form makes one, without knowing what the list was asked for. */
const MADE_UP = { list: 'sessions', asker: { organisationId: 1 }, filter: {} };

/** What the check of a cursor lets through: only its values are none. */
const OF_EXPORTS = { list: 'exports', asker: { organisationId: 1 }, filter: { order: 'CREATED_AT_DESC' } };
const EXPORT_ID = `exp_${'0'.repeat(32)}`;
const ofExports = (name: string, ...values: readonly string[]): HostileEntry =>
  cursor(`of exports ${name}`, encodeCursor(OF_EXPORTS, values), {}, EXPORTS);

/** Cursors that were made up or altered, or belong to something else. `real`: of `FIRST_PAGE`. */
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
  cursor('of sessions, given to exports', real, {}, EXPORTS),
  ofExports('with SQL for a time', "1' or '1'='1", EXPORT_ID),
  ofExports('with a time that is no number', 'NaN', EXPORT_ID),
  ofExports('with a time beyond all times', '9'.repeat(19), EXPORT_ID),
  ofExports('with a time before all times', '-1', EXPORT_ID),
  ofExports('with the id of something else', '1', `grp_${'0'.repeat(32)}`),
  ofExports('with SQL behind an id', '1', `${EXPORT_ID}' --`),
  ofExports('without an id', '1'),
  ofExports('with a value more', '1', EXPORT_ID, '1'),
  cursor(
    'of exports, of another order',
    encodeCursor(OF_EXPORTS, ['1', EXPORT_ID]),
    { orderBy: 'EXPIRES_AT_DESC' },
    EXPORTS,
  ),
  hostile('a cursor that is a number', 'BAD_INPUT', { query: SESSIONS, variables: { after: 5 } }),
  hostile('a cursor that is a list', 'BAD_INPUT', { query: SESSIONS, variables: { after: [CANARY] } }),
];
