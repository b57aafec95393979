import { type RequestContext } from '#libs/api';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getNamedType,
  GraphQLError,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { type Logger } from 'pino';
import { type Admitted } from './admission/admission.ts';
import { type Operation } from './admission/read-document.ts';
import { WeightedCache } from './admission/weighted-cache.ts';

interface CompileSettings {
  /** Operations asked more often than this are compiled; 0: none is. */
  readonly compileAfter: number;
  /** Of the time of the process, that compiling may take: whoever sends new documents all the time must not have it all. */
  readonly compileShare: number;
}

export interface RunnerParts {
  readonly schema: () => GraphQLSchema;
  readonly settings: CompileSettings;
  /** Learns what is compiled. */
  readonly logger?: Logger;
  /** performance.now(); a parameter for specs. */
  readonly nowMs?: () => number;
}

/** Runs one operation; what it rejects with is no error of a field. */
export type RunOperation = (
  operation: Operation,
  variables: Admitted['variables'],
  contextValue: RequestContext,
  rootValue?: unknown,
) => Promise<ExecutionResult> | ExecutionResult;

/** What the log says of each. */
export const COMPILED = 'an operation was compiled';

/** Fields of all compiled operations together: some kilobytes of code each. */
const MOST_FIELDS = 20_000;
const WEIGHT_OF_OPERATION = 10;

/**
 * Runs operations as they stand, and those that are asked again and again as functions made of them. Compiled is only what is
 * plainly the same either way: queries without directives and without interfaces, whose resolvers graphql-jit lets throw into
 * nowhere. Compiled functions are kept by the text of the operation, which has no other operation in it.
 */
export class OperationRunner {
  private readonly compiled = new WeightedCache<CompiledQuery>(MOST_FIELDS);
  private readonly asked = new WeakMap<Operation, number>();
  private readonly nowMs: () => number;
  private nextCompileAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: RunnerParts) {
    this.nowMs = parts.nowMs ?? (() => performance.now());
  }

  readonly run: RunOperation = (operation, variables, contextValue, rootValue = {}) => {
    const compiled = this.compiledOf(operation);
    if (compiled !== undefined) {
      const result = compiled.query(rootValue, contextValue, variables ?? {});
      return 'then' in result ? result.then(withFaults) : withFaults(result);
    }
    const result = execute({
      schema: this.parts.schema(),
      document: operation.document,
      operationName: operation.name ?? null,
      variableValues: variables ?? {},
      contextValue,
      rootValue,
    });
    return 'then' in result ? result.then(withFaults) : withFaults(result);
  };

  /** Whether the operation runs compiled by now. */
  isCompiled({ text }: Operation): boolean {
    return this.compiled.get(text) !== undefined;
  }

  private compiledOf(operation: Operation): CompiledQuery | undefined {
    const { compileAfter } = this.parts.settings;
    if (compileAfter === 0 || !operation.isCompilable) return undefined;
    const known = this.compiled.get(operation.text);
    if (known !== undefined) return known;
    const asked = (this.asked.get(operation) ?? 0) + 1;
    this.asked.set(operation, asked);
    return asked > compileAfter && this.nowMs() >= this.nextCompileAtMs ? this.compile(operation) : undefined;
  }

  private compile(operation: Operation): CompiledQuery | undefined {
    const startedMs = this.nowMs();
    const made = compileWhatIsPlain(this.parts.schema(), operation);
    const tookMs = this.nowMs() - startedMs;
    this.nextCompileAtMs = startedMs + tookMs / this.parts.settings.compileShare;
    if (made === undefined) {
      this.asked.set(operation, Number.NEGATIVE_INFINITY);
      return undefined;
    }
    this.parts.logger?.debug({ fields: operation.fields, tookMs: Math.round(tookMs) }, COMPILED);
    this.compiled.set(operation.text, made, operation.fields + WEIGHT_OF_OPERATION);
    return made;
  }
}

const compileWhatIsPlain = (
  schema: GraphQLSchema,
  { document, name }: Operation,
): CompiledQuery | undefined => {
  if (asksForInterface(schema, document)) return undefined;
  const made = compileQuery(schema, document, name);
  return isCompiledQuery(made) ? made : undefined;
};

const asksForInterface = (schema: GraphQLSchema, document: DocumentNode): boolean => {
  const types = new TypeInfo(schema);
  let found = false;
  const enter = (): void => {
    found ||= isAbstractType(getNamedType(types.getType()));
  };
  visit(document, visitWithTypeInfo(types, { [Kind.FIELD]: { enter } }));
  return found;
};

/** The errors as graphql-js gives them; those of values that do not fit their types as faults of ours. */
const withFaults = (result: ExecutionResult): ExecutionResult => {
  const { errors } = result;
  return errors === undefined ? result : { ...result, errors: errors.map(located) };
};

/**
 * graphql-jit leaves out `extensions`. Of a value that does not fit its type both libraries say only a message, as validation does
 * of a document: in a field it is a fault of ours, to be logged and not sent.
 */
const located = (error: GraphQLError): GraphQLError => {
  const { message, path, locations, originalError } = error;
  if (path === undefined) return error;
  const isMessage =
    originalError === undefined ||
    (originalError instanceof GraphQLError && originalError.extensions['code'] === undefined);
  const made = new GraphQLError(message, {
    path,
    originalError: isMessage ? new Error(message) : originalError,
  });
  return Object.defineProperty(made, 'locations', { value: locations, enumerable: true });
};
