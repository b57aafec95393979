import {
  type ArgumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import {
  FIELD_COSTS,
  INTROSPECTION_COST,
  LARGEST_PAGE,
  MUTATION_COST,
  OBJECT_COST,
  ROOT_COST,
  UNPAGED_ROWS,
} from './field-costs.ts';

type Variables = Readonly<Record<string, unknown>>;
type Amount = (variables: Variables) => number;

/** What an operation costs with given variables, in units. Never less than 1. */
export type CostOf = (variables: Variables | undefined) => number;

/** The rows of a connection stand in these fields of it; whatever else it has stands there once. */
const ROWS_OF_CONNECTION: ReadonlySet<string> = new Set(['nodes', 'edges']);
const NONE: Variables = {};

/**
 * Compiles what an operation costs, once for each document: objects times the page sizes above them. Page sizes are read from literals,
 * variables, defaults of variables and defaults of the schema. Conditions are taken for met, and every type condition of a
 * fragment too, so that the cost is never below what is done. The document must be valid: fragments that spread themselves do not end.
 */
export const compileCost = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): CostOf => {
  const amount = new CostCompiler(schema, operation, fragments).compile();
  return (variables = NONE) => Math.max(1, Math.ceil(amount(variables)));
};

class CostCompiler {
  /** By name: whatever it is spread on, a fragment has one type condition, and so one cost for each place in a connection. */
  private readonly ofFragments = new Map<string, Amount>();
  private readonly defaults: ReadonlyMap<string, ValueNode | undefined>;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly operation: OperationDefinitionNode,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {
    const definitions = operation.variableDefinitions ?? [];
    this.defaults = new Map(
      definitions.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
    );
  }

  compile(): Amount {
    const root = this.schema.getRootType(this.operation.operation);
    return root ? this.ofSet(this.operation.selectionSet, root, undefined) : () => 0;
  }

  /** `page`: the size of the page that the fields stand on, where they are those of a connection. */
  private ofSet({ selections }: SelectionSetNode, type: GraphQLNamedType, page: Amount | undefined): Amount {
    return sumOf(
      selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return this.ofField(selection, type, page);
        if (selection.kind === Kind.FRAGMENT_SPREAD) return this.ofSpread(selection.name.value, page);
        return this.ofSet(selection.selectionSet, this.conditionOf(selection.typeCondition) ?? type, page);
      }),
    );
  }

  private ofSpread(name: string, page: Amount | undefined): Amount {
    const known = page === undefined ? this.ofFragments.get(name) : undefined;
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    const type = this.conditionOf(fragment?.typeCondition);
    const amount = fragment && type ? this.ofSet(fragment.selectionSet, type, page) : () => 0;
    if (page === undefined) this.ofFragments.set(name, amount);
    return amount;
  }

  private ofField(node: FieldNode, parent: GraphQLNamedType, page: Amount | undefined): Amount {
    const name = node.name.value;
    if (name.startsWith('__')) return constant(node.selectionSet ? INTROSPECTION_COST : 0);
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (field === undefined) return constant(0);
    const own = this.ownCost(parent, field);
    const type = getNamedType(field.type);
    if (node.selectionSet === undefined || isLeafType(type)) return constant(own);
    const size = this.pageSize(node, field);
    const isList = isListType(getNullableType(field.type));
    const rows = isList
      ? (size ?? (ROWS_OF_CONNECTION.has(name) ? page : undefined) ?? constant(UNPAGED_ROWS))
      : constant(1);
    const below = this.ofSet(node.selectionSet, type, isList ? undefined : size);
    return (variables) => own + rows(variables) * (OBJECT_COST + below(variables));
  }

  private ownCost(parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>): number {
    const named = FIELD_COSTS[`${parent.name}.${field.name}`];
    if (named !== undefined) return named;
    if (parent === this.schema.getMutationType()) return MUTATION_COST;
    const isRoot =
      parent === this.schema.getRootType(OperationTypeNode.QUERY) ||
      parent === this.schema.getSubscriptionType();
    return isRoot ? ROOT_COST : 0;
  }

  /** Undefined for a field that takes no page size. */
  private pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>): Amount | undefined {
    for (const { name, defaultValue } of field.args) {
      const given = node.arguments?.find((argument) => argument.name.value === name);
      if (name === 'first' || name === 'last') return this.sizeOf(given, defaultValue);
      if (name === 'ids') return this.lengthOf(given);
    }
    return undefined;
  }

  private sizeOf(given: ArgumentNode | undefined, fallback: unknown): Amount {
    if (given === undefined) return constant(pageOf(fallback ?? LARGEST_PAGE));
    const { value } = given;
    if (value.kind !== Kind.VARIABLE)
      return constant(pageOf(value.kind === Kind.INT ? Number(value.value) : undefined));
    const name = value.name.value;
    const otherwise = this.defaults.get(name);
    const size = pageOf(otherwise?.kind === Kind.INT ? Number(otherwise.value) : (fallback ?? LARGEST_PAGE));
    return (variables) => (Object.hasOwn(variables, name) ? pageOf(variables[name]) : size);
  }

  private lengthOf(given: ArgumentNode | undefined): Amount {
    const value = given?.value;
    if (value?.kind === Kind.LIST) return constant(value.values.length);
    if (value?.kind !== Kind.VARIABLE) return constant(1);
    const name = value.name.value;
    return (variables) => {
      const ids = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return Array.isArray(ids) ? ids.length : LARGEST_PAGE;
    };
  }

  private conditionOf(condition: { readonly name: { readonly value: string } } | undefined) {
    return condition && this.schema.getType(condition.name.value);
  }
}

const constant =
  (amount: number): Amount =>
  () =>
    amount;

const sumOf =
  (amounts: readonly Amount[]): Amount =>
  (variables) =>
    amounts.reduce((sum, amount) => sum + amount(variables), 0);

const pageOf = (size: unknown): number =>
  typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= LARGEST_PAGE
    ? size
    : LARGEST_PAGE;
