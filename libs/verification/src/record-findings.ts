import { type Db, inTransaction } from '#libs/database';
import { type NewIncident, openIncident } from '#libs/facts';
import { type Felt, parseAddress } from '#libs/felt';
import { type Finding, isDrift } from './verify/finding.ts';

/** Findings that an incident quotes. */
const QUOTED = 20;

/** Opens an incident for each account, and one for the network, that something was found about; open ones are counted. */
export const recordFindings = async (
  db: Db,
  networkId: number,
  findings: readonly Finding[],
  block: { readonly blockNumber: number; readonly blockHash: Felt } | undefined,
): Promise<void> => {
  if (findings.length === 0) return;
  const kindOf = (finding: Finding) => (isDrift(finding) ? 'DRIFT' : 'DIGEST_MISMATCH');
  const groups = Map.groupBy(findings, (finding) => `${kindOf(finding)}/${finding.account ?? ''}`);
  await inTransaction(db, async (trx) => {
    for (const group of groups.values()) await openIncident(trx, networkId, incidentOf(group, kindOf, block));
  });
};

const incidentOf = (
  group: readonly Finding[],
  kindOf: (finding: Finding) => NewIncident['kind'],
  block: { readonly blockNumber: number; readonly blockHash: Felt } | undefined,
): NewIncident => {
  const [first] = group as readonly [Finding];
  return {
    kind: kindOf(first),
    ...(first.account !== undefined && { account: parseAddress(first.account) }),
    ...(block && { block: { blockNumber: block.blockNumber, blockHash: block.blockHash } }),
    details: {
      count: group.length,
      findings: group.slice(0, QUOTED).map(({ code, subject, blockNumber, details }) => ({
        code,
        subject,
        blockNumber: blockNumber ?? null,
        details,
      })),
    },
  };
};
