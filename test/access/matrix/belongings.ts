import type { Belongings, Things } from './things.ts';

/** Asks as somebody who may do everything in his organisation. */
export type AskAsAdmin = (document: string) => Promise<{
  readonly text: string;
  readonly codes: readonly string[];
  readonly data: Readonly<Record<string, unknown>> | null;
}>;

const ISSUER = 'https://id.example';

/** Ids in the form of real ones, of nothing that ever was. */
export const NEVER_WERE: Belongings = {
  groupId: `grp_${'0'.repeat(32)}`,
  groupName: 'a group of nobody',
  ruleId: `rule_${'0'.repeat(32)}`,
  deployer: '0xdeb0000000001',
  keyId: 'AAAAAAAAAAAA',
  memberId: `mem_${'0'.repeat(32)}`,
  subject: 'somebody of nobody',
  exportId: `exp_${'0'.repeat(32)}`,
};

/**
 * Adds to an organisation one of everything that can be, over the API itself.
 * @param text stands in every text, so that it shows wherever it is told
 * @param number tells apart what is added to the same organisation
 */
export const addBelongings = async (
  ask: AskAsAdmin,
  { text, number }: { readonly text: string; readonly number: number },
): Promise<Belongings> => {
  const names = {
    groupName: `${text} group ${number}`,
    subject: `${text} subject ${number}`,
    deployer: `0xdeb${(0x10_0000_0000 + number * 0x1000 + text.length).toString(16)}`,
  };
  const idOf = async (field: string, args: string, select: string, ...path: string[]): Promise<string> => {
    const { data, codes, text: answer } = await ask(`mutation { ${field}(${args}) ${select} }`);
    if (codes.length > 0) throw new Error(`${field}: ${answer}`);
    const id = [field, ...path].reduce<unknown>(
      (node, step) => (node as Record<string, unknown>)[step],
      data,
    );
    return String(id);
  };
  const member = `name: "${text} member", role: FINANCE, issuer: "${ISSUER}", subject: "${names.subject}"`;
  return {
    ...names,
    groupId: await idOf('createGroup', `name: "${names.groupName}"`, '{ id }', 'id'),
    ruleId: await idOf(
      'createFollowRule',
      `deployer: "${names.deployer}", label: "${text} rule"`,
      '{ rule { id } }',
      ...['rule', 'id'],
    ),
    keyId: await idOf(
      'createApiKey',
      `input: { name: "${text} key", role: AUDITOR }`,
      '{ apiKey { id } }',
      ...['apiKey', 'id'],
    ),
    memberId: await idOf('addMember', `input: { ${member} }`, '{ id }', 'id'),
    exportId: await idOf(
      'createExport',
      `input: { format: CSV, filter: { label: "${text}" } }`,
      '{ export { id } }',
      ...['export', 'id'],
    ),
  };
};

/** Puts the account into the group, and says something of the rows. */
export const remarkOn = async (ask: AskAsAdmin, things: Things, text: string): Promise<void> => {
  const rows = `ids: ["${things.debitId}", "${things.movementId}"]`;
  for (const change of [
    `addToGroup(id: "${things.groupId}", accounts: ["${things.account}"]) { id }`,
    `reviewRows(${rows}, state: FLAGGED, note: "${text} note") { id }`,
  ]) {
    const { codes, text: answer } = await ask(`mutation { ${change} }`);
    if (codes.length > 0) throw new Error(`${change}: ${answer}`);
  }
};

type RowIds = Pick<Things, 'debitId' | 'movementId'>;

/** Of the rows that the transaction made in the ledgers of its account. */
export const rowIdsOf = async (
  ask: AskAsAdmin,
  { account, transactionHash }: Pick<Things, 'account' | 'transactionHash'>,
): Promise<RowIds> => {
  const list = (field: string) => `${field}(account: "${account}") { nodes { id transactionHash } }`;
  const { data, text } = await ask(`{ ${list('debits')} ${list('movements')} }`);
  const idIn = (field: string): string => {
    const { nodes } = data?.[field] as { nodes: { id: string; transactionHash: string }[] };
    const row = nodes.find((node) => node.transactionHash === transactionHash);
    if (row === undefined) throw new Error(`no row in ${text}`);
    return row.id;
  };
  return { debitId: idIn('debits'), movementId: idIn('movements') };
};

/** The same rows of another account that lived the same life. */
export const alikeRows = (
  { debitId, movementId }: RowIds,
  from: Pick<Things, 'account' | 'transactionHash'>,
  to: Pick<Things, 'account' | 'transactionHash'>,
): RowIds => {
  const moved = (id: string): string =>
    Buffer.from(
      Buffer.from(id, 'base64url')
        .toString()
        .replace(from.account, to.account)
        .replace(from.transactionHash, to.transactionHash),
    ).toString('base64url');
  return { debitId: moved(debitId), movementId: moved(movementId) };
};
