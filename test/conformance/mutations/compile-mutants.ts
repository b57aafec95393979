import { compileContract } from '../../../contracts/compile.ts';
import { sourceOf } from '../../../contracts/sources.ts';
import type { DeclarableClass } from '../play/world.ts';
import { applyMutation, type Mutation } from './mutations.ts';

const COMPILERS_AT_ONCE = 2;

/** The classes of the mutations, in their order. About 11 s each on a core. */
export const compileMutants = async (mutations: readonly Mutation[]): Promise<readonly DeclarableClass[]> => {
  const compiled: DeclarableClass[] = [];
  const left = [...mutations.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      compiled[next[0]] = await compileMutant(next[1]);
    }
  };
  await Promise.all(Array.from({ length: COMPILERS_AT_ONCE }, work));
  return compiled;
};

const compileMutant = async (mutation: Mutation): Promise<DeclarableClass> => {
  const name = mutation.account === 'SETTING' ? 'session_account_setting' : 'session_account_spend';
  const sourceText = applyMutation(await sourceOf(name), mutation);
  return compileContract({ sourceText, fileName: 'session_account.cairo' });
};
