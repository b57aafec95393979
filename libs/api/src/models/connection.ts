import { type Type } from '@nestjs/common';
import { Field, ObjectType } from '@nestjs/graphql';
import { AsOf } from './as-of.model.ts';
import { PageInfo } from './page-info.model.ts';

export interface ListShape<Node> {
  edges: { cursor: string; node: Node }[];
  nodes: Node[];
  pageInfo: PageInfo;
}

export interface ConnectionShape<Node> extends ListShape<Node> {
  asOf: AsOf;
}

/** A Relay connection over what is of no block: people, keys, what they did. Used as `connectionOf`. */
export const listOf = <Node>(name: string, node: Type<Node>): Type<ListShape<Node>> => {
  @ObjectType(`${name}Edge`, { description: 'A row of the list with its cursor.' })
  class ConnectionEdge {
    @Field(() => String, { description: 'Opaque; give it as `after` to go on behind this row.' })
    cursor!: string;

    @Field(() => node, { description: 'The row.' })
    node!: Node;
  }

  @ObjectType({ isAbstract: true })
  abstract class List {
    @Field(() => [ConnectionEdge], { description: 'The rows with their cursors.' })
    edges!: ConnectionEdge[];

    @Field(() => [node], { description: 'The rows without their cursors.' })
    nodes!: Node[];

    @Field(() => PageInfo, { description: 'Where the page stands in the list.' })
    pageInfo!: PageInfo;
  }
  return List as Type<ListShape<Node>>;
};

/** A Relay connection over a node type: extend the result and give it an @ObjectType of the same name. */
export const connectionOf = <Node>(name: string, node: Type<Node>): Type<ConnectionShape<Node>> => {
  @ObjectType({ isAbstract: true })
  abstract class Connection extends (listOf(name, node) as Type<ListShape<object>>) {
    @Field(() => AsOf, { description: 'The block that all rows speak of.' })
    asOf!: AsOf;
  }
  return Connection as unknown as Type<ConnectionShape<Node>>;
};
