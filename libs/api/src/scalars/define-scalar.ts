import { FeltError } from '#libs/felt';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { isPurserErrorCode, type PurserErrorCode } from '../error-codes/index.ts';
import { PurserError } from '../purser.error.ts';

export interface ScalarDefinition<T> {
  readonly name: string;
  readonly description: string;
  /** From JSON: a string or a number that was checked to be a safe integer. @throws PurserError or FeltError */
  readonly parse: (input: string | number) => T;
  /** To JSON. @throws when the service holds a value that is not one of this type: a fault of ours. */
  readonly print: (value: unknown) => string | number;
}

/**
 * A strict scalar. An integer written in the document is read from its digits, so it is exact at any size; a
 * JSON number is accepted only where JSON carries it exactly (up to 2^53 - 1).
 */
export const defineScalar = <T>({
  name,
  description,
  parse,
  print,
}: ScalarDefinition<T>): GraphQLScalarType =>
  new GraphQLScalarType<T, string | number>({
    name,
    description,
    serialize: print,
    parseValue: (input) => attempt(() => parse(textOrSafeInteger(name, input))),
    parseLiteral: (node) => attempt(() => parse(literal(name, node))),
  });

const textOrSafeInteger = (name: string, input: unknown): string | number => {
  if (typeof input === 'string' || Number.isSafeInteger(input)) return input as string | number;
  throw new PurserError('BAD_INPUT', `${name} must be a string or an integer that JSON carries exactly`);
};

const literal = (name: string, node: ValueNode): string | number => {
  if (node.kind === Kind.STRING) return node.value;
  if (node.kind !== Kind.INT) throw new PurserError('BAD_INPUT', `${name} must be a string or an integer`);
  const number = Number(node.value);
  return Number.isSafeInteger(number) ? number : node.value;
};

/** GraphQL keeps the extensions of an error only when a scalar throws its own error class. */
const attempt = <T>(parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PurserError) throw new GraphQLError(error.message, { extensions: error.extensions });
    if (!(error instanceof FeltError)) throw error;
    const code: PurserErrorCode = isPurserErrorCode(error.code) ? error.code : 'BAD_INPUT';
    // On the command line it helps to see what was refused; in an answer it may be a secret in the wrong place.
    const message = error.message.replace(/: "[\s\S]*$/, '');
    throw new GraphQLError(message, { extensions: { code, retryable: false } });
  }
};
