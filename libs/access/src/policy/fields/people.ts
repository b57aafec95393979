import type { FieldRules } from '../field-rules.ts';

/** Who did what, and who may. */
export const PEOPLE_FIELDS: FieldRules = {
  Mutation: { PUBLIC: ['openSignIn', 'signIn'] },
  SignInChallenge: { PUBLIC: ['challengeId', 'typedData', 'messageHash', 'expiresAt'] },
  SignInResult: { PUBLIC: ['keys'] },
  SignInKey: { PUBLIC: ['key', 'keyId', 'organisation', 'role', 'expiresAt'] },

  Query: { READ_AUDIT: ['auditLog'] },
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
