import type { RequestScope, ScopedDb } from '#libs/database';
import type { CompiledQuery } from 'kysely';

/** A node of a plan, as far as it is looked at. */
export interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Every step of a plan. */
export const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How often a plan laid its hand on a row of a table. Undefined: it does not know the table. */
export const touched = (plan: PlanNode, table: string): number | undefined => {
  const scans = nodesOf(plan).filter((node) => node['Relation Name'] === table);
  if (scans.length === 0) return undefined;
  return scans.reduce(
    (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    0,
  );
};

/** How a statement was run, by the role that answers. */
export const planOf = async (
  api: ScopedDb,
  scope: RequestScope,
  query: CompiledQuery,
  options: { readonly plan?: 'CUSTOM' | 'PORTFOLIO' | 'GENERIC' } = {},
): Promise<PlanNode> => {
  const [row] = await api.read<Record<string, readonly { readonly Plan: PlanNode }[]>>(
    scope,
    {
      compile: () => ({ ...query, sql: `explain (analyze, timing off, format json) ${query.sql}` }),
    },
    options,
  );
  const [{ Plan } = { Plan: undefined }] = row?.['QUERY PLAN'] ?? [];
  if (Plan === undefined) throw new Error('no plan');
  return Plan;
};
