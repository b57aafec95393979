import { describe, expect, it } from '@jest/globals';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { askedFields } from './asked-fields.ts';

const asked = (text: string, paths = ['nodes', 'edges.node']): string[] => {
  const { definitions } = parse(text, { noLocation: true });
  const [operation] = definitions as readonly OperationDefinitionNode[];
  const fragments = Object.fromEntries(
    definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const fieldNodes = operation!.selectionSet.selections as readonly FieldNode[];
  return [...askedFields({ fieldNodes, fragments }, paths)].sort();
};

describe('the fields that are asked for', () => {
  it('are those below each path, by their names and not by what they are called', () => {
    expect(asked('{ uses { other { z } nodes { a b: c { d } } edges { cursor node { e } } } }')).toEqual([
      ...['a', 'c', 'e'],
    ]);
    expect(asked('{ uses { pageInfo { endCursor } } }')).toEqual([]);
    expect(asked('{ uses }')).toEqual([]);
  });

  it('are found in fragments, inline or not, at any depth, and where a directive may leave them out', () => {
    const text = `{ uses { ...page ... on UseConnection { nodes { x @skip(if: true) } } } }
      fragment page on UseConnection { edges { ...edge } }
      fragment edge on UseEdge { node { ... { y } ...use } }
      fragment use on Use { w }`;
    expect(asked(text)).toEqual(['w', 'x', 'y']);
  });

  it('are of all places where a field stands, and of each path asked about', () => {
    expect(asked('{ uses { nodes { a } } uses { nodes { b } } }')).toEqual(['a', 'b']);
    expect(asked('{ uses { nodes { a { deep } } } }', ['nodes.a'])).toEqual(['deep']);
  });
});
