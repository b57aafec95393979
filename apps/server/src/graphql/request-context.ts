import { type RequestContext } from '#libs/api';
import { NO_ORGANISATION } from '#libs/database';
import { type Caller } from './graphql-request.ts';

/** What goes with one question, or one event of a subscription, through the resolvers. */
export const contextOf = (
  { principal, address }: Caller,
  requestId: string,
  answerWithinMs: number,
): RequestContext => {
  const deadlineAtMs = performance.now() + answerWithinMs;
  return {
    principal,
    scope: { ...(principal?.scope ?? NO_ORGANISATION), deadlineAtMs },
    requestId,
    address,
    deadlineAtMs,
    loaders: new Map(),
  };
};
