import {
  checkGrant,
  checkRevoke,
  checkSignatureMode,
  NO_SESSION,
  sessionAsGranted,
  sessionDataToFelts,
} from '#libs/account';
import { selectorOf } from '#libs/felt';
import type { ContractContext, EntryPoint } from '../../execution/native-contract.ts';
import { entryPoint } from '../entry-points.ts';
import { view } from '../erc20.ts';
import type { FamilyRules } from '../family-rules.ts';
import { assertSelfCall, panicIfRefused } from './guards.ts';
import { sessionHash } from './signatures.ts';
import {
  readEntrypoint,
  readEntrypoints,
  readSession,
  signatureModeSlot,
  writeEntrypoint,
  writeSession,
} from './storage.ts';

const SESSION_KEY_ADDED = selectorOf('SessionKeyAdded');
const SESSION_KEY_REVOKED = selectorOf('SessionKeyRevoked');
const SIGNATURE_MODE_UPDATED = selectorOf('SessionSignatureModeUpdated');
/** Entry points about session keys: the owner's calls and the views. */
export const sessionEntryPoints = (rules: FamilyRules): Record<string, EntryPoint> => ({
  add_or_update_session_key: grant(rules),
  revoke_session_key: entryPoint(
    (reader) => reader.felt(),
    (context, sessionKey) => {
      assertSelfCall(context);
      panicIfRefused(checkRevoke(rules.revokeUnknownReverts, readSession(context, sessionKey)));
      clearEntrypoints(context, sessionKey);
      writeSession(context, sessionKey, NO_SESSION);
      context.emit([SESSION_KEY_REVOKED, sessionKey], []);
      return [];
    },
  ),
  set_session_signature_mode: setSignatureMode,
  get_session_data: entryPoint(
    (reader) => reader.felt(),
    (context, sessionKey) => sessionDataToFelts(readSession(context, sessionKey)),
  ),
  get_session_allowed_entrypoints_len: entryPoint(
    (reader) => reader.felt(),
    (context, sessionKey) => [readSession(context, sessionKey).allowedEntrypointsLen],
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
      const terms = { sessionKey, validUntilSeconds: validUntil, maxCalls };
      panicIfRefused(checkGrant(rules.grantRequires, terms));
      clearEntrypoints(context, sessionKey);
      entrypoints.forEach((selector, index) => {
        writeEntrypoint(context, sessionKey, index, selector);
      });
      writeSession(context, sessionKey, sessionAsGranted({ ...terms, allowedEntrypoints: entrypoints }));
      context.emit([SESSION_KEY_ADDED, sessionKey], [validUntil, maxCalls]);
      return [];
    },
  );

const setSignatureMode: EntryPoint = entryPoint(
  (reader) => reader.u8(),
  (context, mode) => {
    assertSelfCall(context);
    const oldMode = context.read(signatureModeSlot());
    panicIfRefused(checkSignatureMode(oldMode, mode));
    context.write(signatureModeSlot(), mode);
    context.emit([SIGNATURE_MODE_UPDATED], [oldMode, mode]);
    return [];
  },
);

const clearEntrypoints = (context: ContractContext, sessionKey: bigint): void => {
  readEntrypoints(context, sessionKey).forEach((_, index) => {
    writeEntrypoint(context, sessionKey, index, 0n);
  });
};
