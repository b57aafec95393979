import { describe, expect, it } from '@jest/globals';
import { encodeShortString, feltToHex, snKeccak, toFelt } from '#libs/felt';
import fc from 'fast-check';
import { outsideExecution as theirs, typedData } from 'starknet';
import { anyAddress, anyCalls, anyFelt, anyU64 } from '../../spec/account.builder.ts';
import { ANY_CALLER } from '../calldata/outside-execution.ts';
import { outsideExecutionHash } from './outside-execution-hash.ts';

const CHAINS = ['SN_MAIN', 'SN_SEPOLIA'].map(encodeShortString);

describe('outside execution hash', () => {
  it('agrees with the typed data of starknet.js', () => {
    const anyExecution = fc.record({
      caller: fc.oneof(anyAddress, fc.constant(ANY_CALLER), fc.constant(toFelt(0))),
      nonce: anyFelt,
      executeAfterSeconds: anyU64,
      executeBeforeSeconds: anyU64,
      calls: anyCalls,
    });
    fc.assert(
      fc.property(anyExecution, anyAddress, fc.constantFrom(...CHAINS), (execution, account, chainId) => {
        const data = theirs.getTypedData(
          feltToHex(chainId),
          {
            caller: feltToHex(execution.caller),
            execute_after: execution.executeAfterSeconds,
            execute_before: execution.executeBeforeSeconds,
          },
          feltToHex(execution.nonce),
          execution.calls.map(({ to, calldata }) => ({
            contractAddress: feltToHex(to),
            entrypoint: 'transfer',
            calldata: calldata.map(feltToHex),
          })),
          '2',
        );
        const calls = execution.calls.map((call) => ({ ...call, selector: snKeccak('transfer') }));
        const ours = outsideExecutionHash({ account, chainId, outsideExecution: { ...execution, calls } });
        expect(feltToHex(ours)).toBe(typedData.getMessageHash(data, feltToHex(account)));
      }),
      { numRuns: 25 },
    );
  });
});
