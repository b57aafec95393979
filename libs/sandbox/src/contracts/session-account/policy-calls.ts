import { NO_POLICY, policyAsSet, spendingPolicyToFelts } from '#libs/account';
import { selectorOf } from '#libs/felt';
import type { EntryPoint } from '../../execution/native-contract.ts';
import { u256Felts } from '../calldata-reader.ts';
import { entryPoint } from '../entry-points.ts';
import type { FamilyRules } from '../family-rules.ts';
import { assertSelfCall } from './guards.ts';
import { readPolicy, writePolicy } from './storage.ts';

const SPENDING_POLICY_SET = selectorOf('SpendingPolicySet');
const SPENDING_POLICY_REMOVED = selectorOf('SpendingPolicyRemoved');
/** Entry points about spending policies. Setting and removing do not ask whether the session exists. */
export const policyEntryPoints = (rules: FamilyRules): Record<string, EntryPoint> => ({
  set_spending_policy: entryPoint(
    (reader) => ({
      sessionKey: reader.felt(),
      token: reader.address(),
      maxPerCall: reader.u256(),
      maxPerWindow: reader.u256(),
      windowSeconds: reader.u64(),
    }),
    (context, { sessionKey, token, ...terms }) => {
      assertSelfCall(context);
      writePolicy(
        context,
        sessionKey,
        token,
        policyAsSet(terms, rules.windowRule, context.block.timestampSeconds),
      );
      const { maxPerCall, maxPerWindow, windowSeconds } = terms;
      context.emit(
        [SPENDING_POLICY_SET, sessionKey, token],
        [...u256Felts(maxPerCall), ...u256Felts(maxPerWindow), windowSeconds],
      );
      return [];
    },
  ),
  remove_spending_policy: entryPoint(
    (reader) => ({ sessionKey: reader.felt(), token: reader.address() }),
    (context, { sessionKey, token }) => {
      assertSelfCall(context);
      writePolicy(context, sessionKey, token, NO_POLICY);
      context.emit([SPENDING_POLICY_REMOVED, sessionKey, token], []);
      return [];
    },
  ),
  get_spending_policy: entryPoint(
    (reader) => ({ sessionKey: reader.felt(), token: reader.address() }),
    (context, { sessionKey, token }) => spendingPolicyToFelts(readPolicy(context, sessionKey, token)),
  ),
});
