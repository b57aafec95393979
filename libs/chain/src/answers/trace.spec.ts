import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import { invocationAnswer, traceAnswer } from '../../testing/answers.ts';
import { readTraceAnswer } from './trace.ts';

const hash = toFelt(0xaa);
const read = (answer: unknown) => readTraceAnswer(answer, hash);
const malformed = expect.objectContaining({ code: 'RPC_MALFORMED' });

describe('readTraceAnswer', () => {
  it('reads the tree of an invoke with what was reverted inside', () => {
    const trace = read(traceAnswer());
    expect(trace).toMatchObject({
      transactionHash: hash,
      type: 'INVOKE',
      validate: { result: [0x56414c4944n] },
    });
    expect(trace.execute).toEqual({
      contractAddress: 0xan,
      entryPointSelector: 0x5e1n,
      calldata: [1n],
      callerAddress: 0n,
      entryPointType: 'EXTERNAL',
      callType: 'CALL',
      classHash: 0xc1a55n,
      result: [],
      isReverted: false,
      calls: [
        expect.objectContaining({
          contractAddress: 0xbn,
          callerAddress: 0xan,
          isReverted: true,
          result: [9n],
        }),
      ],
      events: [{ order: 1, keys: [7n], data: [8n] }],
    });
    expect('revertReason' in trace).toBe(false);
  });

  it('reads a reverted execution as its reason, with what validated', () => {
    const trace = read(traceAnswer({ execute_invocation: { revert_reason: 'no' } }));
    expect(trace.revertReason).toBe('no');
    expect(trace.validate).toBeDefined();
    expect('execute' in trace).toBe(false);
  });

  it('takes validation and fee as absent where nothing validated or paid', () => {
    const trace = read(traceAnswer({ validate_invocation: undefined, fee_transfer_invocation: null }));
    expect(['validate' in trace, 'feeTransfer' in trace]).toEqual([false, false]);
  });

  it('reads the other kinds', () => {
    const call = invocationAnswer();
    const constructed = read({ type: 'DEPLOY_ACCOUNT', constructor_invocation: call });
    expect(constructed.constructorInvocation?.entryPointSelector).toBe(0x5e1n);
    expect(read({ type: 'L1_HANDLER', function_invocation: call }).functionInvocation).toBeDefined();
    expect(read({ type: 'L1_HANDLER', function_invocation: { revert_reason: 'no' } }).revertReason).toBe(
      'no',
    );
    expect(read({ type: 'DECLARE' })).toEqual({ transactionHash: hash, type: 'DECLARE' });
  });

  it('takes a call of a node that does not tell as one that stood', () => {
    const call = invocationAnswer({ is_reverted: undefined });
    expect(read(traceAnswer({ execute_invocation: call })).execute?.isReverted).toBe(false);
  });

  it.each([
    ['no object', []],
    ['an unknown type', traceAnswer({ type: 'DEPLOY' })],
    ['no execution', traceAnswer({ execute_invocation: undefined })],
    ['a reason that is no text', traceAnswer({ execute_invocation: { revert_reason: 5 } })],
    ['no constructor', { type: 'DEPLOY_ACCOUNT' }],
    ['a word for a truth', traceAnswer({ execute_invocation: invocationAnswer({ is_reverted: 'yes' }) })],
    ['an unknown call type', traceAnswer({ execute_invocation: invocationAnswer({ call_type: 'SEND' }) })],
    ['no list of calls', traceAnswer({ execute_invocation: invocationAnswer({ calls: undefined }) })],
    [
      'an event without order',
      traceAnswer({ execute_invocation: invocationAnswer({ events: [{ keys: [], data: [] }] }) }),
    ],
    ['address zero', traceAnswer({ execute_invocation: invocationAnswer({ contract_address: '0x0' }) })],
  ])('refuses %s', (_, answer) => {
    expect(() => read(answer)).toThrow(malformed);
  });

  it('refuses a tree that is deeper than the network can run', () => {
    let call = invocationAnswer();
    for (let depth = 0; depth < 600; depth += 1) call = invocationAnswer({ calls: [call] });
    expect(() => read(traceAnswer({ execute_invocation: call }))).toThrow(malformed);
  });
});
