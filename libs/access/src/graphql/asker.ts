import type { Principal, RequestContext } from '#libs/api';
import type { RequestScope } from '#libs/database';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { AccessError } from '../access.error.ts';
import type { Actor } from '../audit/append-audit.ts';

/** Who changes something, and in which request. */
export interface Asker {
  readonly scope: RequestScope;
  readonly organisationId: number;
  readonly actor: Actor;
}

/** The field policy lets nobody else reach a change. @throws AccessError UNAUTHENTICATED */
export const requirePrincipal = ({ principal }: RequestContext): Principal => {
  if (principal === undefined) throw new AccessError('UNAUTHENTICATED', 'Give an API key.');
  return principal;
};

/** @throws AccessError UNAUTHENTICATED for nobody */
export const askerOf = (context: RequestContext): Asker => {
  const { kind, id, name, organisation } = requirePrincipal(context);
  const { scope, requestId } = context;
  const actor: Actor = { kind: kind === 'KEY' ? 'KEY' : 'MEMBER', id, name, requestId };
  return { scope, organisationId: organisation.id, actor };
};

/** A parameter of a resolver that changes something: the `Asker`. */
export const CurrentAsker = createParamDecorator(
  (_data: unknown, execution: ExecutionContext): Asker =>
    askerOf(GqlExecutionContext.create(execution).getContext<RequestContext>()),
);
