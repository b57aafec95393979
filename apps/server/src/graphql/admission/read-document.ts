import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type SelectionNode,
  separateOperations,
  validate,
  type VariableDefinitionNode,
} from 'graphql';
import { AdmissionError, DocumentRefused } from './admission.error.ts';
import { compileCost, type CostOf } from './compile-cost.ts';
import { type DocumentSize, measureDocument } from './measure-document.ts';
import { refuseSecretsOf } from './refuse-secrets.ts';

/** What a document may be, whoever sends it. */
export interface DocumentLimits {
  readonly maxQueryTokens: number;
  readonly maxQueryFields: number;
  readonly maxQueryAliases: number;
  readonly maxQueryDirectives: number;
  readonly maxQueryDepth: number;
  readonly maxQueryOperations: number;
  /** Whether messages may say what a misspelt name may have meant: that tells the schema, name by name. */
  readonly hideSuggestions: boolean;
}

/** One operation, ready to run. */
export interface Operation {
  readonly name: string | undefined;
  readonly kind: OperationTypeNode;
  /**
   * A document of this operation and no other. What is cached or compiled for its text can be nothing but this operation, whatever
   * `operationName` says.
   */
  readonly text: string;
  readonly document: DocumentNode;
  readonly variables: readonly VariableDefinitionNode[];
  readonly asksForSchema: boolean;
  /** Of the whole document that it came in. */
  readonly fields: number;
  /** A query of our own types in which every field that is written is asked, and as its variables say: it does the same as a function made of it. */
  readonly isCompilable: boolean;
  readonly costOf: CostOf;
}

/** More than any introspection query of a client needs. */
const MAX_INTROSPECTION_DEPTH = 15;
const MAX_ERRORS = 10;

/**
 * Reads the operations of a document: its limits, secrets and validity, in this order, so that nothing large is validated
 * and nothing secret is quoted by a message of validation.
 * @throws AdmissionError for a limit, a secret or a syntax error; DocumentRefused with what does not fit the schema.
 */
export const readDocument = (
  schema: GraphQLSchema,
  source: string,
  limits: DocumentLimits,
): readonly Operation[] => {
  const document = parseWithin(source, limits.maxQueryTokens);
  const size = measureDocument(document);
  requireSize(size, limits);
  refuseSecretsOf(document);
  const { hideSuggestions } = limits;
  const faults = validate(schema, document, undefined, { maxErrors: MAX_ERRORS, hideSuggestions });
  if (faults.length > 0) throw new DocumentRefused(faults);
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operations.length > limits.maxQueryOperations) {
    throw new AdmissionError('BAD_QUERY', `A document has at most ${limits.maxQueryOperations} operations.`);
  }
  return operations.map((operation) =>
    readOperation(schema, { document, size }, operation, operations.length > 1 ? undefined : source),
  );
};

const TOO_MANY_TOKENS = /^Syntax Error: Document contains more that \d+ tokens/;

const parseWithin = (source: string, maxLexicalTokens: number): DocumentNode => {
  try {
    return parse(source, { maxTokens: maxLexicalTokens });
  } catch (error) {
    if (error instanceof GraphQLError && TOO_MANY_TOKENS.test(error.message)) {
      throw tooMuch(
        'QUERY_TOO_LONG',
        `The document has more than ${maxLexicalTokens} tokens.`,
        maxLexicalTokens,
      );
    }
    throw error instanceof GraphQLError ? new DocumentRefused([error]) : error;
  }
};

const requireSize = (size: DocumentSize, limits: DocumentLimits): void => {
  const { maxQueryDepth, maxQueryFields, maxQueryAliases, maxQueryDirectives } = limits;
  if (size.depth > maxQueryDepth || size.introspectionDepth > MAX_INTROSPECTION_DEPTH) {
    const most = size.depth > maxQueryDepth ? maxQueryDepth : MAX_INTROSPECTION_DEPTH;
    throw tooMuch('QUERY_TOO_DEEP', `Fields are nested more than ${most} deep.`, most);
  }
  if (size.fields > maxQueryFields) {
    throw tooMuch(
      'QUERY_TOO_MANY_FIELDS',
      `The document selects more than ${maxQueryFields} fields.`,
      maxQueryFields,
    );
  }
  if (size.aliases > maxQueryAliases) {
    throw tooMuch(
      'QUERY_TOO_MANY_ALIASES',
      `The document has more than ${maxQueryAliases} aliases.`,
      maxQueryAliases,
    );
  }
  if (size.directives > maxQueryDirectives) {
    const message = `The document has more than ${maxQueryDirectives} directives.`;
    throw tooMuch('QUERY_TOO_MANY_DIRECTIVES', message, maxQueryDirectives);
  }
};

const tooMuch = (code: AdmissionError['code'], message: string, most: number): AdmissionError =>
  new AdmissionError(code, message, { details: { most } });

/** `text`: where the document has no other operation. */
const readOperation = (
  schema: GraphQLSchema,
  { document: whole, size }: { readonly document: DocumentNode; readonly size: DocumentSize },
  operation: OperationDefinitionNode,
  text: string | undefined,
): Operation => {
  const name = operation.name?.value;
  const document = text === undefined ? (separateOperations(whole)[name ?? ''] ?? whole) : whole;
  const fragments = new Map(
    document.definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((definition) => [definition.name.value, definition]),
  );
  requireSource(operation, fragments);
  const isForSchema = asksForSchema(operation, fragments);
  return {
    name,
    kind: operation.operation,
    text: text ?? print(document),
    document,
    variables: operation.variableDefinitions ?? [],
    asksForSchema: isForSchema,
    fields: size.fields,
    isCompilable:
      operation.operation === OperationTypeNode.QUERY &&
      !isForSchema &&
      size.directives === 0 &&
      !(operation.variableDefinitions ?? []).some(isNeverNullByDefault),
    costOf: compileCost(schema, operation, fragments),
  };
};

/** graphql-jit refuses a variable of such a type that is left out, and does not look at its default. */
const isNeverNullByDefault = ({ type, defaultValue }: VariableDefinitionNode): boolean =>
  type.kind === Kind.NON_NULL_TYPE && defaultValue !== undefined;

/** What stands at the root, by fragments too. */
function* rootSelections(
  { selectionSet }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Generator<SelectionNode, void, undefined> {
  const waiting = [selectionSet];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const selection of next.selections) {
      yield selection;
      if (selection.kind === Kind.FIELD) continue;
      const set =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments.get(selection.name.value)?.selectionSet;
      if (set) waiting.push(set);
    }
  }
}

/** `__typename` tells nothing that the answer does not. */
const asksForSchema = (
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): boolean =>
  [...rootSelections(operation, fragments)].some(
    (selection) => selection.kind === Kind.FIELD && ['__schema', '__type'].includes(selection.name.value),
  );

/** A subscription to nothing is none. @throws AdmissionError BAD_QUERY */
const requireSource = (
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void => {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return;
  const isConditional = [...rootSelections(operation, fragments)].some(({ directives = [] }) =>
    directives.some(({ name }) => ['skip', 'include'].includes(name.value)),
  );
  if (isConditional)
    throw new AdmissionError('BAD_QUERY', 'What a subscription is of depends on no condition.');
};
