import { describe, expect, it } from '@jest/globals';
import { STANDARD_EVENT_SHAPES } from '#libs/account';
import { ChainError, type ChainErrorCode, type ChainSource } from '#libs/chain';
import { type ClassHash, toFelt } from '#libs/felt';
import { createScriptedChain, headerOf, testClassAbi } from '#libs/testing';
import { ClassCatalogue } from './class-catalogue.ts';

const CLASS = 0xc1a55n as ClassHash;
const BLOCK = toFelt(7n);

/** A catalogue over a node that gives these answers one after the other, the last one for ever. */
const catalogueOver = (...answers: readonly unknown[]) => {
  let asked = 0;
  const classAbi: ChainSource['classAbi'] = () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const source = { ...createScriptedChain(headerOf(1, 1n)).source, classAbi };
  const store = { load: () => Promise.resolve([]), save: () => Promise.resolve() };
  return { catalogue: new ClassCatalogue(source, store), asked: () => asked };
};

const failure = (code: ChainErrorCode): ChainError => new ChainError(code, 'scripted');
const UNREADABLE = { capabilities: undefined, eventShapes: STANDARD_EVENT_SHAPES };

describe('what is known of a class', () => {
  it('is nothing where it has no ABI, or none that can be read', async () => {
    for (const abi of [undefined, 'nonsense']) {
      expect(await catalogueOver(abi).catalogue.require(CLASS, BLOCK)).toMatchObject(UNREADABLE);
    }
  });

  it('is nothing only when the node says twice that there is no such class', async () => {
    const gone = catalogueOver(failure('CLASS_NOT_FOUND'));
    expect(await gone.catalogue.require(CLASS, BLOCK)).toMatchObject(UNREADABLE);
    expect(gone.asked()).toBe(2);
    const late = catalogueOver(failure('CLASS_NOT_FOUND'), testClassAbi('session_account_setting'));
    expect(await late.catalogue.require(CLASS, BLOCK)).toMatchObject({ capabilities: { sessions: true } });
  });

  it.each<ChainErrorCode>(['RPC_UNAVAILABLE', 'RPC_ERROR', 'RPC_INVALID_PARAMS', 'ABORTED'])(
    'stays open when the node fails with %s',
    async (code) => {
      const { catalogue } = catalogueOver(failure(code), testClassAbi('session_account_setting'));
      await expect(catalogue.require(CLASS, BLOCK)).rejects.toMatchObject({ code });
      expect(await catalogue.require(CLASS, BLOCK)).toMatchObject({ capabilities: { sessions: true } });
    },
  );
});
