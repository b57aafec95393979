import { BinaryOperationNode, type KyselyPlugin, OperationNodeTransformer, RawNode } from 'kysely';

/** Whose rows a statement wants, as it is built: `organisation_id = ...`. */
const isOwn = ({ leftOperand, operator }: BinaryOperationNode): boolean =>
  leftOperand.kind === 'ReferenceNode' &&
  JSON.stringify(leftOperand).includes('"organisation_id"') &&
  JSON.stringify(operator).includes('"="');

class WithoutOwn extends OperationNodeTransformer {
  protected override transformBinaryOperation(node: BinaryOperationNode, ...rest: []): BinaryOperationNode {
    const made = super.transformBinaryOperation(node, ...rest);
    if (!isOwn(node)) return made;
    const nothing = RawNode.createWithSql('true');
    return BinaryOperationNode.create(nothing, made.operator, RawNode.createWithSql('true'));
  }
}

const transformer = new WithoutOwn();

/** Takes out of every statement that is built what it says of whose rows it wants: row-level security is what is left. */
export const WITHOUT_OWN: KyselyPlugin = {
  transformQuery: ({ node }) => transformer.transformNode(node),
  transformResult: ({ result }) => Promise.resolve(result),
};
