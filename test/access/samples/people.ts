import type { Samples } from '../matrix/sample.ts';

/** Fields of libs/access about people, keys and the audit log. */
export const PEOPLE: Samples = {
  'Query.auditLog': [
    {
      select:
        '{ nodes { sequence action objectKind objectId before after actor { kind id name } hash } pageInfo { endCursor } }',
    },
    { name: 'the head', select: '{ head { sequence hash } }' },
  ],
  'Query.apiKeys': [
    {
      select:
        '{ nodes { id kind name role createdBy memberId replacedBy scope { isLimited accounts labels } } pageInfo { endCursor } }',
    },
  ],
  'Query.members': [
    {
      select:
        '{ nodes { id name role issuer subject account scope { isLimited labels } } pageInfo { endCursor } }',
    },
  ],
};
