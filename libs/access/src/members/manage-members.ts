import { PurserError, type Role } from '#libs/api';
import type { Address } from '#libs/felt';
import { appendAudit } from '../audit/append-audit.ts';
import type { KeyWork } from '../keys/manage-keys.ts';
import type { StoredScope } from '../keys/stored-key.ts';
import { type ListedMember, insertMember, lockMember, updateMember } from './members.repository.ts';

/** How somebody shows who he is: a token of an identity provider, or a signature of an account. */
export type MemberIdentity =
  | { readonly issuer: string; readonly subject: string }
  | { readonly networkId: number; readonly account: Address };

export interface MemberRequest {
  readonly name: string;
  readonly role: Role;
  /** Undefined: all accounts of the organisation. */
  readonly scope: StoredScope | undefined;
  readonly identity: MemberIdentity;
}

const MEMBER_ID = /^mem_[0-9a-f]{32}$/;

/** Lets somebody in. @throws AccessError FORBIDDEN; PurserError CONFLICT where he is a member already, disabled or not */
export const addMember = async (work: KeyWork, request: MemberRequest): Promise<ListedMember> => {
  work.requireMayGive?.(request.role, request.scope);
  const memberId = await insertMember(work.trx, work.organisationId, request);
  if (memberId === undefined)
    throw new PurserError('CONFLICT', 'He is a member of the organisation already.');
  const member = await requireMember(work, memberId);
  await appendAudit(work.trx, work.actor, {
    action: 'MEMBER_ADDED',
    objectKind: 'MEMBER',
    objectId: memberId,
    after: printed(member),
  });
  return member;
};

/**
 * Gives a member another role, and other accounts to see. His keys and tokens have them from then on.
 * @throws AccessError FORBIDDEN; PurserError NOT_FOUND; CONFLICT where he is disabled
 */
export const changeMember = async (
  work: KeyWork,
  memberId: string,
  { role, scope }: Pick<MemberRequest, 'role' | 'scope'>,
): Promise<ListedMember> => {
  work.requireMayGive?.(role, scope);
  const before = await requireMember(work, memberId);
  if (before.disabledAt !== undefined)
    throw new PurserError('CONFLICT', 'The member is disabled: a role would give him nothing.');
  await updateMember(work.trx, work.organisationId, memberId, { role, scope });
  const after = await requireMember(work, memberId);
  await appendAudit(work.trx, work.actor, {
    action: 'MEMBER_CHANGED',
    objectKind: 'MEMBER',
    objectId: memberId,
    before: rolePrinted(before),
    after: rolePrinted(after),
  });
  return after;
};

/** Refuses a member from now on, with all his keys. One that is disabled stays as he is. @throws PurserError NOT_FOUND */
export const disableMember = async (work: KeyWork, memberId: string): Promise<ListedMember> => {
  const before = await requireMember(work, memberId);
  if (before.disabledAt !== undefined) return before;
  await updateMember(work.trx, work.organisationId, memberId, 'DISABLE');
  const after = await requireMember(work, memberId);
  await appendAudit(work.trx, work.actor, {
    action: 'MEMBER_DISABLED',
    objectKind: 'MEMBER',
    objectId: memberId,
    before: { disabledAt: null },
    after: { disabledAt: after.disabledAt ?? null },
  });
  return after;
};

const requireMember = async ({ trx, organisationId }: KeyWork, memberId: string): Promise<ListedMember> => {
  const member = MEMBER_ID.test(memberId) ? await lockMember(trx, organisationId, memberId) : undefined;
  if (member === undefined) throw new PurserError('NOT_FOUND', 'The organisation has no member of that id.');
  return member;
};

const rolePrinted = ({ role, scope }: ListedMember) => ({ role, scope: scope ?? null });

const printed = ({ name, issuer, subject, networkId, account, ...rest }: ListedMember) => ({
  name,
  ...rolePrinted({ name, issuer, subject, networkId, account, ...rest }),
  ...(issuer === undefined ? { networkId, account } : { issuer, subject }),
});
