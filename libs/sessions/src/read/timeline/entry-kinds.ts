/** What an owner did to a session key. */
export type SessionEntryKind = 'GRANTED' | 'GRANTED_AGAIN' | 'REVOKED';
/** What an owner did to a spending policy. */
export type PolicyEntryKind = 'SET' | 'SET_AGAIN' | 'REMOVED';
/** Whether it is shown that an owner signed. */
export type OwnerSignature = 'PROVEN_BY_CLASS' | 'UNKNOWN';
