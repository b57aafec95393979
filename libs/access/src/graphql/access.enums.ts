import { type OrganisationKind, type PrincipalKind, RIGHTS, ROLES } from '#libs/api';
import { registerEnumType } from '@nestjs/graphql';

type EnumOf<Word extends string> = { readonly [Member in Word]: Member };

const enumOf = <Word extends string>(words: readonly Word[]): EnumOf<Word> =>
  Object.fromEntries(words.map((word) => [word, word])) as EnumOf<Word>;

export const RoleEnum = enumOf(ROLES);

registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What somebody is in an organisation: a set of rights.',
  valuesMap: {
    ADMIN: { description: 'All rights: keys, people, which accounts are followed.' },
    FINANCE: { description: 'What was spent; reviews rows, labels accounts, exports.' },
    APPROVER: { description: 'Sees state and spending.' },
    AUDITOR: { description: 'Sees everything, the audit log too, and changes nothing.' },
    INTEGRATOR: { description: 'Sees what session keys may do, and nothing of what was spent.' },
  },
});

export const RightEnum = enumOf(RIGHTS);

registerEnumType(RightEnum, {
  name: 'Right',
  description: 'One thing that a role may do.',
  valuesMap: {
    READ_STATE: { description: 'Accounts, sessions, policies, uses, histories and findings.' },
    READ_SPENDING: { description: 'Both ledgers, sums over them, and what is at risk.' },
    READ_REVIEWS: { description: 'What was said about rows of the ledgers.' },
    REVIEW: { description: 'Say something about rows of the ledgers.' },
    EXPORT: { description: 'Make links to exports, and read them.' },
    LABEL: { description: 'Labels, teams, cost centres and groups.' },
    FOLLOW: { description: 'Which accounts are followed, and by which rules.' },
    READ_OPERATIONS: { description: 'Incidents, back-fills, digests: how the deployment fares.' },
    READ_PEOPLE: { description: 'Members and API keys, never a secret.' },
    READ_AUDIT: { description: 'The audit log.' },
    MANAGE_KEYS: { description: 'Make, rotate and revoke API keys.' },
    MANAGE_PEOPLE: { description: 'Add and disable members, and give them roles.' },
    MANAGE_ORGANISATION: { description: 'Name and time zone of the organisation.' },
    SUBSCRIBE: { description: 'Be told of changes as they happen.' },
  },
});

export const OrganisationKindEnum: EnumOf<OrganisationKind> = { SHARED: 'SHARED', PERSONAL: 'PERSONAL' };

registerEnumType(OrganisationKindEnum, {
  name: 'OrganisationKind',
  description: 'Whose an organisation is.',
  valuesMap: {
    SHARED: { description: 'Of a team.' },
    PERSONAL: { description: 'Of one account: its owner signed in with it.' },
  },
});

export const PrincipalKindEnum: EnumOf<PrincipalKind> = { KEY: 'KEY', OIDC: 'OIDC', SIGN_IN: 'SIGN_IN' };

registerEnumType(PrincipalKindEnum, {
  name: 'PrincipalKind',
  description: 'How somebody showed who he is.',
  valuesMap: {
    KEY: { description: 'By an API key.' },
    OIDC: { description: 'By a token of the identity provider.' },
    SIGN_IN: { description: 'By a signature of an account.' },
  },
});
