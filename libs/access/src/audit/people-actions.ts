/** What is done to people and to the organisation itself, or by them to come in. */
export type PeopleAction =
  | 'MEMBER_ADDED'
  | 'MEMBER_CHANGED'
  | 'MEMBER_DISABLED'
  | 'ORGANISATION_CHANGED'
  | 'SIGNED_IN';

export type PeopleObject = 'MEMBER' | 'ORGANISATION';
