import type { FieldRules } from '../field-rules.ts';

/** Who did what, and who may. */
export const PEOPLE_FIELDS: FieldRules = {
  Mutation: {
    PUBLIC: ['openSignIn', 'signIn'],
    MANAGE_KEYS: ['createApiKey', 'rotateApiKey', 'revokeApiKey'],
    MANAGE_PEOPLE: ['addMember', 'setMemberRole', 'disableMember'],
    MANAGE_ORGANISATION: ['updateOrganisation'],
  },
  SignInChallenge: { PUBLIC: ['challengeId', 'typedData', 'messageHash', 'expiresAt'] },
  SignInResult: { PUBLIC: ['keys'] },
  SignInKey: { PUBLIC: ['key', 'keyId', 'organisation', 'role', 'expiresAt'] },

  Query: { READ_AUDIT: ['auditLog'], READ_PEOPLE: ['apiKeys', 'members'] },
  NewApiKey: { MANAGE_KEYS: ['key', 'apiKey'] },
  ApiKey: {
    READ_PEOPLE: [
      ...[
        'id',
        'kind',
        'name',
        'role',
        'scope',
        'createdAt',
        'createdBy',
        'memberId',
        'expiresAt',
        'lastUsedAt',
      ],
      ...['revokedAt', 'replacedBy', 'unitsPerMinute'],
    ],
  },
  ApiKeyConnection: { READ_PEOPLE: ['edges', 'nodes', 'pageInfo'] },
  ApiKeyEdge: { READ_PEOPLE: ['cursor', 'node'] },
  Member: {
    READ_PEOPLE: [
      ...[
        'id',
        'name',
        'role',
        'scope',
        'issuer',
        'subject',
        'account',
        'chainId',
        'createdAt',
        'disabledAt',
      ],
    ],
  },
  MemberConnection: { READ_PEOPLE: ['edges', 'nodes', 'pageInfo'] },
  MemberEdge: { READ_PEOPLE: ['cursor', 'node'] },
  AuditConnection: { READ_AUDIT: ['edges', 'nodes', 'pageInfo', 'head'] },
  AuditEdge: { READ_AUDIT: ['cursor', 'node'] },
  AuditEntry: {
    READ_AUDIT: [
      ...[
        'id',
        'sequence',
        'at',
        'actor',
        'action',
        'objectKind',
        'objectId',
        'before',
        'after',
        'requestId',
      ],
      'hash',
    ],
  },
  AuditActor: { READ_AUDIT: ['kind', 'id', 'name'] },
  AuditHead: { READ_AUDIT: ['sequence', 'hash'] },
};
