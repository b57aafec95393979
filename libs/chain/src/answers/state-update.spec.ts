import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { stateUpdateAnswer } from '../../testing/answers.ts';
import { readStateUpdateAnswer } from './state-update.ts';

const blockHash = toFelt(0x99);
const answer = stateUpdateAnswer(blockHash);

describe('readStateUpdateAnswer', () => {
  it('reads diffs, zeros included, by address', () => {
    expect(readStateUpdateAnswer(answer, blockHash)).toEqual({
      blockHash,
      storageDiffs: new Map([
        [
          0xan,
          new Map([
            [1n, 0n],
            [2n, 5n],
          ]),
        ],
        [0xbn, new Map([[1n, 7n]])],
      ]),
      nonces: new Map([[0xan, 3n]]),
      replacedClasses: new Map([[0xbn, 0xc1n]]),
      deployedContracts: new Map([[0xcn, 0xc2n]]),
    });
  });

  it('keeps only what was asked for, whatever the node sent', () => {
    const update = readStateUpdateAnswer(answer, blockHash, new Set([0xbn, 0xdn]));
    expect([...update.storageDiffs.keys()]).toEqual([0xbn]);
    expect([...update.replacedClasses.keys()]).toEqual([0xbn]);
    expect([update.nonces.size, update.deployedContracts.size]).toEqual([0, 0]);
  });

  it('refuses the update of another block', () => {
    expect(() => readStateUpdateAnswer(answer, toFelt(0x98))).toThrow(
      expect.objectContaining({ code: 'ANSWER_MISMATCH' }),
    );
  });

  it('refuses an address or a slot that stands twice', () => {
    const entry = { key: '0x1', value: '0x1' };
    const broken = [
      [{ address: '0xa', storage_entries: [entry, entry] }],
      [
        { address: '0xa', storage_entries: [] },
        { address: '0x0a', storage_entries: [] },
      ],
    ];
    for (const diffs of broken) {
      const twice = { ...answer, state_diff: { ...(answer['state_diff'] as object), storage_diffs: diffs } };
      expect(() => readStateUpdateAnswer(twice, blockHash)).toThrow(
        expect.objectContaining({ code: 'ANSWER_MISMATCH' }),
      );
    }
  });

  it('refuses a diff with a part missing', () => {
    for (const part of ['storage_diffs', 'nonces', 'replaced_classes', 'deployed_contracts']) {
      const broken = { ...answer, state_diff: { ...(answer['state_diff'] as object), [part]: undefined } };
      expect(() => readStateUpdateAnswer(broken, blockHash)).toThrow(
        expect.objectContaining({ code: 'RPC_MALFORMED' }),
      );
    }
  });
});
