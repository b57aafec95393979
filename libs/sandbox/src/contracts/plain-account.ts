import { verifyEcdsa } from '#libs/account';
import { encodeShortString, selectorOf } from '#libs/felt';
import type { ContractContext, EntryPoint, NativeContract } from '../execution/native-contract.ts';
import { assertOrPanic } from '../execution/panic.ts';
import { serializeResults } from './calldata-reader.ts';
import { bySelector, entryPoint } from './entry-points.ts';
import { view } from './erc20.ts';
import { callOrPanic } from './forwarder.ts';
import { cachedMapSlot } from './slot-cache.ts';

const VALID = encodeShortString('VALID');
const OWNER_ADDED = selectorOf('OwnerAdded');
const SRC5_ID = 0x3f918d17e5ee77373b56385708f855659a07f75997f365cf87748628532a055n;
const SRC6_ID = 0x2ceccef7f994940b3962a6c67e0ba4fcd37df7d131417c604f91e03caecc1cdn;

const publicKeySlot = (): bigint => cachedMapSlot('Account_public_key');
const interfaceSlot = (id: bigint): bigint => cachedMapSlot('SRC5_supported_interfaces', id);

/** An owner's account without sessions, as the predeployed ones are: a failing inner call reverts everything. */
export const createPlainAccount = (): NativeContract => ({
  argumentErrors: 'NUMBERED',
  constructor: entryPoint(
    (reader) => reader.felt(),
    (context, publicKey) => {
      context.write(interfaceSlot(SRC6_ID), 1n);
      context.write(publicKeySlot(), publicKey);
      context.emit([OWNER_ADDED, publicKey], []);
      return [];
    },
  ),
  entryPoints: bySelector({
    __validate__: validate((reader) => reader.calls()),
    __validate_declare__: validate((reader) => reader.felt()),
    __validate_deploy__: validate((reader) => [reader.felt(), reader.felt(), reader.felt()]),
    __execute__: entryPoint(
      (reader) => reader.calls(),
      (context, calls) => {
        assertOrPanic(context.callerAddress === 0n, 'Account: invalid caller');
        assertOrPanic(context.transaction.version > 0n, 'Account: invalid tx version');
        return serializeResults(calls.map((call) => callOrPanic(context, call)));
      },
    ),
    'is_valid_signature isValidSignature': entryPoint(
      (reader) => ({ hash: reader.felt(), signature: reader.felts() }),
      (context, { hash, signature }) => [isOwnerSignature(context, hash, signature) ? VALID : 0n],
    ),
    'get_public_key getPublicKey': view((context) => [context.read(publicKeySlot())]),
    supports_interface: entryPoint(
      (reader) => reader.felt(),
      (context, id) => [id === SRC5_ID || context.read(interfaceSlot(id)) !== 0n ? 1n : 0n],
    ),
  }),
});

/** The slots that devnet writes for a predeployed account, in place of a constructor. */
export const plainAccountSlots = (publicKey: bigint): Map<bigint, bigint> =>
  new Map([
    [interfaceSlot(SRC6_ID), 1n],
    [publicKeySlot(), publicKey],
  ]);

const validate = (read: Parameters<typeof entryPoint>[0]): EntryPoint =>
  entryPoint(read, (context) => {
    const { transactionHash, signature } = context.transaction;
    assertOrPanic(isOwnerSignature(context, transactionHash, signature), 'Account: invalid signature');
    return [VALID];
  });

const isOwnerSignature = (context: ContractContext, hash: bigint, signature: readonly bigint[]): boolean => {
  const [r, s] = signature;
  if (signature.length !== 2 || r === undefined || s === undefined) return false;
  return verifyEcdsa(hash, context.read(publicKeySlot()), r, s);
};
