import type { RequestScope } from '#libs/database';

/** What everybody sees until requests say who asks: the organisation that follows what this deployment follows. */
export const NO_SCOPE_YET: RequestScope = { organisationId: 1 };
