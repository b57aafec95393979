import { Fields } from './fields.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { blockMethods } from './methods/block-methods.ts';
import { chainMethods } from './methods/chain-methods.ts';
import { classMethods } from './methods/class-methods.ts';
import { devnetMethods } from './methods/devnet-methods.ts';
import { eventMethods } from './methods/event-methods.ts';
import { sandboxMethods } from './methods/sandbox-methods.ts';
import { simulationMethods } from './methods/simulation-methods.ts';
import { stateMethods } from './methods/state-methods.ts';
import { transactionMethods } from './methods/transaction-methods.ts';
import { writeMethods } from './methods/write-methods.ts';
import { RpcError, rpcErrors } from './rpc.error.ts';
import type { RpcContext, RpcMethods } from './rpc-context.ts';

const METHODS: RpcMethods = {
  ...chainMethods,
  ...blockMethods,
  ...transactionMethods,
  ...stateMethods,
  ...classMethods,
  ...eventMethods,
  ...simulationMethods,
  ...writeMethods,
  ...devnetMethods,
  ...sandboxMethods,
};

export const SUPPORTED_METHODS: readonly string[] = Object.keys(METHODS);

/** Runs one method. @throws RpcError as the node answers. */
export const dispatch = (context: RpcContext, name: string, params: Json | undefined): Json => {
  const found = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (!found) throw rpcErrors.methodNotFound();
  return found.run(context, readParams(found.params, params));
};

/** Parameters by name or by position. @throws RpcError -32602 for an unknown or a missing one. */
export const readParams = (names: readonly string[], params: Json | undefined): Fields => {
  const known = names.map((name) => name.replace('?', ''));
  const given = byName(known, params);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw rpcErrors.invalidParams(`unknown field \`${unknown}\`, expected ${listNames(known)}`);
  }
  const missing = names.find((name) => !name.endsWith('?') && given[name] === undefined);
  if (missing !== undefined) throw rpcErrors.invalidParams(`missing field \`${missing}\``);
  return new Fields(given);
};

const byName = (names: readonly string[], params: Json | undefined): JsonObject => {
  if (params === undefined || params === null) return {};
  if (Array.isArray(params)) {
    if (params.length > names.length) throw rpcErrors.invalidParams('trailing characters');
    return Object.fromEntries(params.map((value: Json, index) => [names[index] ?? '', value]));
  }
  if (isJsonObject(params)) return params;
  throw rpcErrors.invalidParams('invalid type, expected struct');
};

const listNames = (names: readonly string[]): string => {
  const quoted = names.map((name) => `\`${name}\``);
  if (quoted.length === 0) return 'no fields';
  if (quoted.length <= 2) return quoted.join(' or ');
  return `one of ${quoted.join(', ')}`;
};

/** An error as it goes over the wire; anything unforeseen is an internal one without details. */
export const toRpcError = (error: unknown): RpcError =>
  error instanceof RpcError
    ? error
    : rpcErrors.internal(error instanceof Error ? error.message : 'Internal error');
