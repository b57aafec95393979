import { describe, expect, it } from '@jest/globals';
import { feltToHex, toFelt, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { constants, outsideExecution as theirs } from 'starknet';
import {
  aCall,
  ACCOUNT,
  anyAddress,
  anyCalls,
  anyFelt,
  anyU64,
  codeOf,
  TOKEN,
} from '../../spec/account.builder.ts';
import {
  ANY_CALLER,
  decodeOutsideExecution,
  encodeOutsideExecutionCall,
  isOutsideExecutionCall,
} from './outside-execution.ts';
import { SELECTORS } from './known-selectors.ts';

const anySigned = fc.record({
  outsideExecution: fc.record({
    caller: fc.oneof(anyAddress, fc.constant(ANY_CALLER), fc.constant(toFelt(0))),
    nonce: anyFelt,
    executeAfterSeconds: anyU64,
    executeBeforeSeconds: anyU64,
    calls: anyCalls,
  }),
  signature: fc.array(anyFelt, { maxLength: 4 }),
});

describe('calldata of execute_from_outside_v2', () => {
  it('reads back every signed execution it writes', () => {
    fc.assert(
      fc.property(anySigned, (signed) => {
        const call = encodeOutsideExecutionCall(ACCOUNT, signed);
        expect(call.to).toBe(ACCOUNT);
        expect(isOutsideExecutionCall(call)).toBe(true);
        expect(decodeOutsideExecution(call.calldata)).toEqual(signed);
      }),
    );
  });

  it('writes what starknet.js writes', () => {
    const call = aCall('transfer', TOKEN, [1n, 2n, 3n]);
    const [built] = theirs.buildExecuteFromOutsideCall({
      outsideExecution: {
        caller: constants.OutsideExecutionCallerAny,
        nonce: '0x77',
        execute_after: 10,
        execute_before: 20,
        calls: [
          {
            to: feltToHex(call.to),
            selector: feltToHex(call.selector),
            calldata: call.calldata.map(feltToHex),
          },
        ],
      },
      signature: ['1', '2', '3', '4'],
      signerAddress: feltToHex(ACCOUNT),
      version: '2',
    });
    const ours = encodeOutsideExecutionCall(ACCOUNT, {
      outsideExecution: {
        caller: ANY_CALLER,
        nonce: toFelt(0x77),
        executeAfterSeconds: 10n,
        executeBeforeSeconds: 20n,
        calls: [call],
      },
      signature: [1, 2, 3, 4].map(toFelt),
    });
    expect(built?.entrypoint).toBe('execute_from_outside_v2');
    expect(ours.selector).toBe(SELECTORS.execute_from_outside_v2);
    expect((built?.calldata as string[]).map(BigInt)).toEqual(ours.calldata);
  });

  it.each([
    ['a bound beyond u64', [0n, 1n, U64_MAX + 1n, 2n, 0n, 0n]],
    ['no signature', [0n, 1n, 1n, 2n, 0n]],
    ['a signature shorter than it claims', [0n, 1n, 1n, 2n, 0n, 2n, 7n]],
    ['felts left over', [0n, 1n, 1n, 2n, 0n, 0n, 7n]],
  ])('refuses %s', (_, words) => {
    expect(codeOf(() => decodeOutsideExecution(words.map(toFelt)))).toBe('CALLDATA_MALFORMED');
  });

  it('leaves other entry points alone', () => expect(isOutsideExecutionCall(aCall('transfer'))).toBe(false));
});
