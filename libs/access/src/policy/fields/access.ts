import type { FieldRules } from '../field-rules.ts';

/** Who asks, and the organisation he asks for. */
export const ACCESS_FIELDS: FieldRules = {
  Query: { READ_STATE: ['viewer'] },
  Viewer: { READ_STATE: ['kind', 'name', 'role', 'rights', 'organisation', 'scope', 'limits'] },
  Organisation: { READ_STATE: ['id', 'name', 'kind'], READ_SPENDING: ['timeZone'] },
  KeyScope: { READ_STATE: ['isLimited', 'accounts', 'labels'] },
  Limits: { READ_STATE: ['unitsPerMinute'] },
};
