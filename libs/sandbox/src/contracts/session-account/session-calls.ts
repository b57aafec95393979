import { selectorOf } from '#libs/felt';
import type { ContractContext, EntryPoint } from '../../execution/native-contract.ts';
import { assertOrPanic } from '../../execution/panic.ts';
import { entryPoint } from '../entry-points.ts';
import { view } from '../erc20.ts';
import type { FamilyRules } from '../family-rules.ts';
import { assertSelfCall } from './guards.ts';
import { sessionHash } from './signatures.ts';
import {
  readEntrypoint,
  readSession,
  sessionFelts,
  signatureModeSlot,
  type StoredSession,
  writeEntrypoint,
  writeSession,
} from './storage.ts';

const SESSION_KEY_ADDED = selectorOf('SessionKeyAdded');
const SESSION_KEY_REVOKED = selectorOf('SessionKeyRevoked');
const SIGNATURE_MODE_UPDATED = selectorOf('SessionSignatureModeUpdated');
const NO_SESSION: StoredSession = { validUntil: 0n, maxCalls: 0n, callsUsed: 0n, entrypointsLength: 0n };

/** Entry points about session keys: the owner's calls and the views. */
export const sessionEntryPoints = (rules: FamilyRules): Record<string, EntryPoint> => ({
  add_or_update_session_key: grant(rules),
  revoke_session_key: entryPoint(
    (reader) => reader.felt(),
    (context, sessionKey) => {
      assertSelfCall(context);
      if (rules.revokeRequiresSession) {
        assertOrPanic(readSession(context, sessionKey).validUntil !== 0n, 'Session: not registered');
      }
      clearEntrypoints(context, sessionKey);
      writeSession(context, sessionKey, NO_SESSION);
      context.emit([SESSION_KEY_REVOKED, sessionKey], []);
      return [];
    },
  ),
  set_session_signature_mode: setSignatureMode,
  get_session_data: entryPoint(
    (reader) => reader.felt(),
    (context, sessionKey) => sessionFelts(readSession(context, sessionKey)),
  ),
  get_session_allowed_entrypoints_len: entryPoint(
    (reader) => reader.felt(),
    (context, sessionKey) => [readSession(context, sessionKey).entrypointsLength],
  ),
  get_session_allowed_entrypoint_at: entryPoint(
    (reader) => ({ sessionKey: reader.felt(), index: reader.u32() }),
    (context, { sessionKey, index }) => [readEntrypoint(context, sessionKey, Number(index))],
  ),
  get_session_signature_mode: view((context) => [context.read(signatureModeSlot())]),
  compute_session_message_hash: entryPoint(
    (reader) => ({ calls: reader.calls(), nonce: reader.felt(), validUntil: reader.u64() }),
    (context, { calls, nonce, validUntil }) => [sessionHash(context, calls, nonce, validUntil)],
  ),
});

const grant = (rules: FamilyRules): EntryPoint =>
  entryPoint(
    (reader) => ({
      sessionKey: reader.felt(),
      validUntil: reader.u64(),
      maxCalls: reader.u32(),
      entrypoints: reader.felts(),
    }),
    (context, { sessionKey, validUntil, maxCalls, entrypoints }) => {
      assertSelfCall(context);
      if (rules.grantRequiresNonZero) {
        assertOrPanic(sessionKey !== 0n, 'Session: zero key');
        assertOrPanic(validUntil > 0n, 'Session: zero expiry');
        assertOrPanic(maxCalls > 0n, 'Session: zero calls');
      }
      clearEntrypoints(context, sessionKey);
      entrypoints.forEach((selector, index) => {
        writeEntrypoint(context, sessionKey, index, selector);
      });
      const entrypointsLength = BigInt(entrypoints.length);
      writeSession(context, sessionKey, { validUntil, maxCalls, callsUsed: 0n, entrypointsLength });
      context.emit([SESSION_KEY_ADDED, sessionKey], [validUntil, maxCalls]);
      return [];
    },
  );

const setSignatureMode: EntryPoint = entryPoint(
  (reader) => reader.u8(),
  (context, mode) => {
    assertSelfCall(context);
    assertOrPanic(mode === 1n || mode === 2n, 'Session: invalid mode');
    const oldMode = context.read(signatureModeSlot());
    assertOrPanic(mode >= oldMode, 'Session: mode downgrade');
    context.write(signatureModeSlot(), mode);
    context.emit([SIGNATURE_MODE_UPDATED], [oldMode, mode]);
    return [];
  },
);

const clearEntrypoints = (context: ContractContext, sessionKey: bigint): void => {
  const length = readSession(context, sessionKey).entrypointsLength;
  for (let index = 0; BigInt(index) < length; index += 1) writeEntrypoint(context, sessionKey, index, 0n);
};
