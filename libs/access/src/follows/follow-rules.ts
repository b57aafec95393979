import { PurserError } from '#libs/api';
import type { Db, FollowRuleKind } from '#libs/database';
import { type Address, type ClassHash, feltToHex } from '#libs/felt';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append-audit.ts';
import { holdPortfolio, type OrganisationWork } from '../organisations/organisation-work.ts';
import { requireText } from './follow-accounts.ts';
import type { FollowTexts } from './follows.repository.ts';
import { LONGEST_TEXTS, TEXT_NAMES } from './texts.ts';

/** Rules that an organisation may have: each is looked at with every account that comes in. */
export const MOST_RULES = 100;

/** EVERYTHING is for the host: it shows accounts that only others asked for. */
export type RuleWish = (
  | { readonly kind: 'CLASS'; readonly classHash: ClassHash }
  | { readonly kind: 'DEPLOYER'; readonly deployer: Address }
  | { readonly kind: 'EVERYTHING' }
) & {
  /** Undefined: every network. */
  readonly networkId: number | undefined;
} & Partial<FollowTexts>;

export interface StoredRule extends FollowTexts {
  readonly ruleId: string;
  readonly networkId: number | null;
  readonly kind: FollowRuleKind;
  /** As printed. */
  readonly classHash: string | null;
  readonly deployer: string | null;
  readonly createdAt: Date;
}

/** All rules of the organisation that is set, the oldest first. */
export const ruleListStatement = (db: Db) =>
  db
    .selectFrom('follow_rules as r')
    .select([
      'r.public_id as ruleId',
      'r.network_id as networkId',
      'r.kind',
      'r.class_hash as classHash',
      'r.deployer',
      'r.label',
      'r.team',
      'r.cost_centre as costCentre',
      'r.created_at as createdAt',
    ])
    .where('r.organisation_id', '=', sql<number>`current_organisation()`)
    .orderBy('r.rule_id');

export interface CreatedRule {
  readonly rule: StoredRule;
  /** Accounts that it found at once. */
  readonly found: number;
}

/**
 * Lets the organisation follow what is of a class or came from a deployer: what the deployment knows already at once, and
 * the rest as soon as it comes to be known.
 * @throws PurserError CONFLICT where it has that rule, or 100; BAD_INPUT for unfit texts
 */
export const createFollowRule = async (work: OrganisationWork, wish: RuleWish): Promise<CreatedRule> => {
  const { trx, organisationId, actor } = work;
  const texts = Object.fromEntries(
    TEXT_NAMES.map((name) => [name, requireText(wish[name] ?? '', LONGEST_TEXTS[name])]),
  ) as unknown as FollowTexts;
  await holdPortfolio(work);
  const row = { network_id: wish.networkId ?? null, kind: wish.kind, ...subjectOf(wish) };
  await requireNew(work, row);
  const { ruleId } = await trx
    .insertInto('follow_rules')
    .values({
      organisation_id: organisationId,
      ...{ label: texts.label, team: texts.team, cost_centre: texts.costCentre },
      ...row,
    })
    .returning('public_id as ruleId')
    .executeTakeFirstOrThrow();
  const applied = await sql<{ found: number }>`select apply_follow_rule(${ruleId}) as found`.execute(trx);
  const rule = await findRule(work, ruleId);
  const found = applied.rows[0]?.found ?? 0;
  if (rule === undefined) throw new Error('the rule that was just made is not there');
  await appendAudit(trx, actor, {
    ...{ action: 'FOLLOW_RULE_CREATED', objectKind: 'FOLLOW_RULE', objectId: rule.ruleId },
    after: { ...auditOf(rule), found },
  });
  return { rule, found };
};

/** What it found stays followed. @returns false where the organisation has no such rule (any more). */
export const deleteFollowRule = async (work: OrganisationWork, ruleId: string): Promise<boolean> => {
  await holdPortfolio(work);
  const rule = await findRule(work, ruleId);
  if (rule === undefined) return false;
  await work.trx
    .deleteFrom('follow_rules')
    .where('organisation_id', '=', work.organisationId)
    .where('public_id', '=', ruleId)
    .execute();
  await appendAudit(work.trx, work.actor, {
    ...{ action: 'FOLLOW_RULE_DELETED', objectKind: 'FOLLOW_RULE', objectId: rule.ruleId },
    before: auditOf(rule),
  });
  return true;
};

const auditOf = ({ kind, networkId, classHash, deployer, label, team, costCentre }: StoredRule) => ({
  ...{ kind, networkId, classHash, deployer, label, team, costCentre },
});

const subjectOf = (wish: RuleWish) => ({
  class_hash: wish.kind === 'CLASS' ? feltToHex(wish.classHash) : null,
  deployer: wish.kind === 'DEPLOYER' ? feltToHex(wish.deployer) : null,
});

const findRule = (work: OrganisationWork, ruleId: string): Promise<StoredRule | undefined> =>
  ruleListStatement(work.trx).where('r.public_id', '=', ruleId).executeTakeFirst();

const requireNew = async (
  { trx }: OrganisationWork,
  wanted: { network_id: number | null; kind: string; class_hash: string | null; deployer: string | null },
): Promise<void> => {
  const rules = await ruleListStatement(trx).execute();
  if (rules.length >= MOST_RULES)
    throw new PurserError('CONFLICT', `An organisation has at most ${MOST_RULES} rules.`);
  const same = rules.some(
    (rule) =>
      rule.networkId === wanted.network_id &&
      rule.kind === wanted.kind &&
      rule.classHash === wanted.class_hash &&
      rule.deployer === wanted.deployer,
  );
  if (same) throw new PurserError('CONFLICT', 'The organisation has that rule: delete it first.');
};
