import type { Sql } from '#libs/database';
import { KEY_NAMES, TOKEN_NAMES, type World } from '../conformance/play/world.ts';
import type { KeyName, TokenName } from '../conformance/sequence/command.ts';

export interface PolicyName {
  readonly key: KeyName;
  readonly token: TokenName;
  /** What claims of it are kept under. */
  readonly name: string;
}

/** Every policy that an account may have. */
export const POLICY_NAMES: readonly PolicyName[] = KEY_NAMES.flatMap((key) =>
  TOKEN_NAMES.map((token) => ({ key, token, name: `${key} ${token}` })),
);

/** Something that is claimed of each key, or of each policy, by its name. */
type Claims = Readonly<Record<string, string>>;

export const ofEachKey = async (
  { keys }: World,
  claimOf: (sessionKey: bigint) => Promise<string>,
): Promise<Claims> => {
  const claims = KEY_NAMES.map(async (key) => [key, await claimOf(keys[key].publicKey)] as const);
  return Object.fromEntries(await Promise.all(claims));
};

export const ofEachPolicy = async (
  { keys, tokens }: World,
  claimOf: (sessionKey: bigint, token: bigint) => Promise<string>,
): Promise<Claims> => {
  const claims = POLICY_NAMES.map(
    async ({ key, token, name }) => [name, await claimOf(keys[key].publicKey, tokens[token])] as const,
  );
  return Object.fromEntries(await Promise.all(claims));
};

/** A key, or its policy for a token, as rows name it. */
interface Changeable {
  readonly account: string;
  readonly sessionKey: string;
  readonly token?: string;
}

/** The place of the last fact that says that the owner changed it, for a `with`: `changed`, of one row or none. */
export const changed = (sql: Sql, { account, sessionKey, token }: Changeable) => {
  const kinds =
    token === undefined
      ? ['SessionKeyAdded', 'SessionKeyRevoked']
      : ['SpendingPolicySet', 'SpendingPolicyRemoved'];
  return sql`
    changed as (
      select f.block_number, f.transaction_index, f.event_index from facts f
      join blocks b on b.network_id = f.network_id and b.block_hash = f.block_hash and b.canonical
      where f.account = ${account} and f.session_key = ${sessionKey}
        ${token === undefined ? sql`` : sql`and f.token = ${token}`}
        and f.kind in ${sql(kinds)}
      order by 1 desc, 2 desc, 3 desc limit 1
    )`;
};
