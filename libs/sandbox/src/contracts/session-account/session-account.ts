import { selectorOf } from '#libs/felt';
import type { EntryPoint, NativeContract } from '../../execution/native-contract.ts';
import { type CalldataReader, serializeResults } from '../calldata-reader.ts';
import { bySelector, entryPoint } from '../entry-points.ts';
import { view } from '../erc20.ts';
import type { FamilyRules } from '../family-rules.ts';
import { consumeCall, debitPolicies, runCalls } from './execution.ts';
import { assertCalledByProtocol, assertSelfCall } from './guards.ts';
import { outsideEntryPoints } from './outside-execution.ts';
import { policyEntryPoints } from './policy-calls.ts';
import { sessionEntryPoints } from './session-calls.ts';
import {
  asSessionSignature,
  isOwnerSignature,
  isSessionInvokeValid,
  isSessionSignatureValid,
  validOrZero,
} from './signatures.ts';
import { publicKeySlot } from './storage.ts';

const OWNER_ADDED = selectorOf('OwnerAdded');
const OWNER_REMOVED = selectorOf('OwnerRemoved');
const UPGRADED = selectorOf('Upgraded');
const INTERFACES: ReadonlySet<bigint> = new Set([
  0x3f918d17e5ee77373b56385708f855659a07f75997f365cf87748628532a055n, // SRC5
  0x2ceccef7f994940b3962a6c67e0ba4fcd37df7d131417c604f91e03caecc1cdn, // SRC6
  0x1d1144bb2138366ff28d8e9ab57456b1d332ac42196230c3a602003c89872n, // SRC9 version 2
]);

/** The session account of contracts/README.md, in the given family. */
export const createSessionAccount = (rules: FamilyRules): NativeContract => ({
  argumentErrors: 'PLAIN',
  constructor: entryPoint(
    (reader) => reader.felt(),
    (context, publicKey) => {
      context.write(publicKeySlot(), publicKey);
      context.emit([OWNER_ADDED, publicKey], []);
      return [];
    },
  ),
  entryPoints: bySelector({
    ...protocolEntryPoints(rules),
    ...ownerEntryPoints,
    ...sessionEntryPoints(rules),
    ...policyEntryPoints(rules),
    ...outsideEntryPoints(rules),
  }),
});

/** What deployments and declarations are checked by: only the owner can sign them. */
const validateOwner = (read: (reader: CalldataReader) => unknown): EntryPoint =>
  entryPoint(read, (context) => {
    const { transactionHash, signature } = context.transaction;
    return [validOrZero(isOwnerSignature(context, transactionHash, signature))];
  });

const protocolEntryPoints = (rules: FamilyRules): Record<string, EntryPoint> => ({
  __validate__: validateCalls(rules),
  __execute__: entryPoint(
    (reader) => reader.calls(),
    (context, calls) => {
      assertCalledByProtocol(context);
      const session = asSessionSignature(context.transaction.signature);
      if (session) debitPolicies(context, rules, session.sessionKey, calls);
      return serializeResults(runCalls(context, rules, calls));
    },
  ),
  __validate_declare__: validateOwner((reader) => reader.felt()),
  __validate_deploy__: validateOwner((reader) => [reader.felt(), reader.felt(), reader.felt()]),
  is_valid_signature: entryPoint(
    (reader) => ({ hash: reader.felt(), signature: reader.felts() }),
    (context, { hash, signature }) => {
      const session = asSessionSignature(signature);
      const valid = session
        ? isSessionSignatureValid(context, hash, session)
        : isOwnerSignature(context, hash, signature);
      return [validOrZero(valid)];
    },
  ),
  supports_interface: entryPoint(
    (reader) => reader.felt(),
    (_context, interfaceId) => [INTERFACES.has(interfaceId) ? 1n : 0n],
  ),
});

const validateCalls = (rules: FamilyRules): EntryPoint =>
  entryPoint(
    (reader) => reader.calls(),
    (context, calls) => {
      assertCalledByProtocol(context);
      const { signature, transactionHash } = context.transaction;
      const session = asSessionSignature(signature);
      if (!session) return [validOrZero(isOwnerSignature(context, transactionHash, signature))];
      if (!isSessionInvokeValid(context, rules, calls, session)) return [validOrZero(false)];
      // Written here, so it stays when `__execute__` reverts.
      consumeCall(context, session.sessionKey);
      return [validOrZero(true)];
    },
  );

const ownerEntryPoints: Record<string, EntryPoint> = {
  get_public_key: view((context) => [context.read(publicKeySlot())]),
  set_public_key: entryPoint(
    (reader) => reader.felt(),
    (context, newPublicKey) => {
      assertSelfCall(context);
      context.emit([OWNER_REMOVED, context.read(publicKeySlot())], []);
      context.write(publicKeySlot(), newPublicKey);
      context.emit([OWNER_ADDED, newPublicKey], []);
      return [];
    },
  ),
  upgrade: entryPoint(
    (reader) => reader.felt(),
    (context, newClassHash) => {
      assertSelfCall(context);
      context.replaceClass(newClassHash);
      context.emit([UPGRADED], [newClassHash]);
      return [];
    },
  ),
};
