import { sql } from 'kysely';
import type { Trx } from '#libs/database';
import type { Finding } from './finding.ts';
import type { NetworkScope } from './scope.ts';

/** Each alert names a block that is stored, and what it says of a session is what a fact of that block says. */
export const checkAlerts = async (trx: Trx, scope: NetworkScope): Promise<Finding[]> => [
  ...(await withoutBlock(trx, scope)),
  ...(await withoutCause(trx, scope)),
];

interface AlertRow {
  readonly alert_id: string;
  readonly account: string;
  readonly block_number: number;
}

const withoutBlock = async (trx: Trx, scope: NetworkScope): Promise<Finding[]> => {
  const { rows } = await sql<AlertRow>`
    select alert.alert_id, alert.account, alert.block_number
    from alerts alert
    left join blocks block on block.network_id = alert.network_id and block.block_hash = alert.block_hash
    where alert.network_id = ${scope.networkId}::integer ${ofAccounts(scope)}
      and block.block_number is distinct from alert.block_number::bigint
    order by alert.sequence limit ${scope.limit}`.execute(trx);
  return rows.map((row) => finding('ALERT_WITHOUT_BLOCK', row));
};

const withoutCause = async (trx: Trx, scope: NetworkScope): Promise<Finding[]> => {
  const { rows } = await sql<AlertRow>`
    select alert.alert_id, alert.account, alert.block_number
    from alerts alert
    where alert.network_id = ${scope.networkId}::integer ${ofAccounts(scope)} and alert.kind = 'session.calls_low'
      and not exists (
        select 1 from facts fact
        where fact.network_id = alert.network_id and fact.account = alert.account
          and fact.block_number = alert.block_number and fact.block_hash = alert.block_hash
          and fact.session_key = alert.session_key and fact.kind = 'SessionStateChanged'
          and fact.payload->'after'->>0 = alert.payload->>'validUntil'
          and fact.payload->'after'->>1 = alert.payload->>'maxCalls'
          and fact.payload->'after'->>2 = alert.payload->>'callsUsed')
    order by alert.sequence limit ${scope.limit}`.execute(trx);
  return rows.map((row) => finding('ALERT_WITHOUT_CAUSE', row));
};

const ofAccounts = ({ accounts }: NetworkScope) =>
  accounts === undefined ? sql`` : sql`and alert.account = any(${accounts}::text[])`;

const finding = (code: Finding['code'], { alert_id, account, block_number }: AlertRow): Finding => ({
  code,
  subject: 'alerts',
  account,
  blockNumber: block_number,
  details: { alertId: alert_id },
});
