import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { RequestContext } from './request-context.ts';

const contextOf = (execution: ExecutionContext): RequestContext =>
  GqlExecutionContext.create(execution).getContext<RequestContext>();

/** A parameter of a resolver: the `RequestScope` that every statement of the question runs in. */
export const CurrentScope = createParamDecorator(
  (_data: unknown, execution: ExecutionContext) => contextOf(execution).scope,
);

/** A parameter of a resolver: the `RequestContext`, for loaders. */
export const CurrentRequest = createParamDecorator((_data: unknown, execution: ExecutionContext) =>
  contextOf(execution),
);

/**
 * A parameter of a resolver: the `Principal` who asks. Undefined only in a field whose rule is PUBLIC: the field policy
 * refuses nobody everywhere else, before the resolver runs.
 */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, execution: ExecutionContext) => contextOf(execution).principal,
);
