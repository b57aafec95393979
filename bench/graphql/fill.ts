import { readFileSync } from 'node:fs';
import { capabilitiesToJson, probeAbi } from '#libs/account';
import type { Sql } from '#libs/database';
import { withoutIndexes } from './indexes.ts';
import {
  blocksOf,
  DAY,
  feltSql,
  keysOf,
  MAX_CALLS,
  TEAMS,
  tokenSql,
  USES_PER_BLOCK,
  usesOf,
  type World,
} from './world.ts';

/** Of the chain of the node that the service asks for its identity. */
export interface Identity {
  readonly chainId: string;
  readonly genesisHash: string;
}

const CLASS = '0xc1a55';
const HOUR = 3_600;

/**
 * Fills the tables that questions read, as an index of so many uses would have them: a version of a key for each use, the
 * newest current. All of it is computed from the numbers of the world and the time of the head.
 */
export const fill = async (
  sql: Sql,
  world: World,
  identity: Identity,
  headSeconds: number,
): Promise<void> => {
  const capabilities = JSON.stringify(capabilitiesToJson(probeAbi(classAbi())));
  await sql`insert into networks (chain_id, genesis_hash, label) values (${identity.chainId}, ${identity.genesisHash}, 'main')`;
  await sql`insert into classes values (1, ${CLASS}, ${capabilities}::text::jsonb)`;
  const run = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.unsafe(statement);
  };
  await withoutIndexes(sql, BIG_TABLES, async () => {
    await run([...chainRows(world, headSeconds), ...accountRows(world)]);
    const ledgers = world.ledgers ? ledgerRows(world, headSeconds) : [];
    await Promise.all([run([...keyRows(world, headSeconds), ...ledgers]), run([useRows(world)])]);
  });
  await sql.unsafe('vacuum (analyze)');
};

const BIG_TABLES = ['uses', 'session_versions', 'policy_versions', 'debits', 'movements'];

const classAbi = (): unknown => {
  const file = new URL('../../contracts/artifacts/session_account_setting.sierra.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { abi: unknown }).abi;
};

const chainRows = (world: World, headSeconds: number): string[] => {
  const blocks = blocksOf(world);
  const span = world.days * DAY;
  return [
    `insert into blocks select 1, ${feltSql('block', 'n')}, n, ${feltSql('block', 'greatest(n - 1, 0)')},
      ${headSeconds} - ${span} + (n * ${span}::bigint) / ${blocks},
      case when n < ${blocks} - 100 then 'ACCEPTED_ON_L1' else 'ACCEPTED_ON_L2' end, true
      from generate_series(0::bigint, ${blocks}) n`,
    `insert into cursors (network_id, block_number, block_hash) values (1, ${blocks}, ${feltSql('block', String(blocks))})`,
  ];
};

const accountRows = ({ accounts }: World): string[] => {
  const all = `generate_series(1, ${accounts}) n`;
  const account = feltSql('account', 'n');
  return [
    `insert into accounts (network_id, address, source, status, followed_from_block)
      select 1, ${account}, 'WATCH', 'FOLLOWED', 0 from ${all}`,
    `insert into coverage (network_id, account, kind, from_block)
      select 1, ${account}, kind, 0 from ${all}, unnest(array['EVENTS', 'STATE']) kind`,
    `insert into account_versions (network_id, account, valid_from_block, class_hash)
      select 1, ${account}, 0, '${CLASS}' from ${all}`,
    `update follows f set label = 'till ' || n, team = 'team ' || n % ${TEAMS}, cost_centre = 'cc ' || n % 7
      from ${all} where f.network_id = 1 and f.account = ${account}`,
  ];
};

/** Of the use with this number: all keys are used once before any is used again. */
const blockOfUse = (use: string): string => `(1 + (${use}) / ${USES_PER_BLOCK})`;

/** Versions of a key: the j-th holds from its (j-1)-th use to its j-th. */
const versions = (world: World): string => {
  const keys = keysOf(world);
  return `(select k, j, k / ${world.keysPerAccount} + 1 as a,
      case when j = 0 then 0 else ${blockOfUse(`k + (j - 1) * ${keys}::bigint`)} end as from_block,
      case when j < ${world.usesPerKey} then ${blockOfUse(`k + j * ${keys}::bigint`)} end as to_block
    from generate_series(0, ${keys - 1}) k,
      generate_series(${world.usesPerKey + 1 - world.versionsPerKey}, ${world.usesPerKey}) j) v`;
};

const keyRows = (world: World, headSeconds: number): string[] => {
  const ids = `1, ${feltSql('account', 'a')}, ${feltSql('key', 'k + 1')}`;
  return [
    `insert into session_keys select ${ids}, '0x1', '0x2' from generate_series(0, ${keysOf(world) - 1}) k, lateral (select k / ${world.keysPerAccount} + 1 as a) v`,
    // Ends are spread over the next 90 days, in no order of the accounts.
    `insert into session_versions select ${ids}, from_block, to_block, ${headSeconds} + ((k * 7919::bigint) % ${90 * 24}) * ${HOUR},
      ${MAX_CALLS}, j, '{}', 0, true, 'REGISTERED', 0, '0x1' from ${versions(world)}`,
    `insert into policy_versions select ${ids}, ${tokenSql('k')}, from_block, to_block, 1000, 100000, ${DAY}, j * 10, ${headSeconds - HOUR},
      'SET', 0, '0x1' from ${versions(world)} ${world.ledgers ? '' : `where j = ${world.usesPerKey}`}`,
  ];
};

const allUses = (world: World): string => {
  const keys = keysOf(world);
  return `(select u, u % ${keys} as k, u / ${keys} as j, (u % ${keys}) / ${world.keysPerAccount} + 1 as a,
      ${blockOfUse('u')} as b, u % ${USES_PER_BLOCK} as t from generate_series(0::bigint, ${usesOf(world) - 1}) u) u`;
};

const TRANSFER = '0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e';

const useRows = (world: World): string => {
  const [account, key] = [feltSql('account', 'a'), feltSql('key', 'k + 1')];
  return `insert into uses (network_id, account, block_number, transaction_index, event_index, block_hash, transaction_hash, session_key, outcome,
      calls_burned, path, attribution, sender, top_level, signature_valid_until_seconds, calls, calls_used_before, calls_used_after, max_calls,
      debits, fee_amount, fee_unit, fee_payer, fee_shared)
    select 1, ${account}, b, t, 0, ${feltSql('block', 'b')}, ${feltSql('transaction', 'u')}, ${key}, 'SUCCEEDED',
      1, 'INVOKE', 'REPLAY', ${account}, true, 4000000000,
      jsonb_build_array(jsonb_build_object('to', ${tokenSql('k')}, 'selector', '${TRANSFER}',
        'calldata', jsonb_build_array('0x99', '0xa', '0x0'), 'failed', false)), j, j + 1, ${MAX_CALLS},
      jsonb_build_array(jsonb_build_object('callIndex', '0', 'token', ${tokenSql('k')}, 'amount', '10', 'spentBefore', (j * 10)::text,
        'spentAfter', ((j + 1) * 10)::text, 'windowStartSeconds', '1', 'windowStarted', false)), 1234567890, 'FRI', ${account}, false
    from ${allUses(world)}`;
};

const ledgerRows = (world: World, headSeconds: number): string[] => {
  const [account, key] = [feltSql('account', 'a'), feltSql('key', 'k + 1')];
  const place = `${feltSql('block', 'b')}, ${feltSql('transaction', 'u')}`;
  return [
    `insert into debits select 1, ${account}, b, t, 0, 0, ${place}, ${key}, ${tokenSql('k')}, '${TRANSFER}', '0x99', 10, j * 10, (j + 1) * 10,
      ${headSeconds - HOUR}, false, 'MATCHED', 10 from ${allUses(world)}`,
    `insert into movements select 1, ${account}, b, t, 0, ${place}, ${tokenSql('k')}, 'OUT', '0x99', 10, ${account}, 'MATCHED', ${key}, 0, 0
      from ${allUses(world)}`,
  ];
};
