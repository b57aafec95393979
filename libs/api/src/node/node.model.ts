import { Field, ID, InterfaceType } from '@nestjs/graphql';

/** What `node` and `nodes` give: which of the types it is stands beside the fields. */
export interface TypedNode {
  readonly __typename: string;
}

@InterfaceType('Node', {
  description: 'What has an id of its own. `node` finds it again, also where another deployment gave the id.',
  resolveType: ({ __typename }: TypedNode) => __typename,
})
export abstract class Node {
  @Field(() => ID, {
    description:
      'Opaque, and the same wherever this network is served. It tells what it names and is no secret: who may not see that gets nothing for it.',
  })
  id!: string;
}
