import type { Slot } from '#libs/database';
import { type Address, feltToHex, type SessionKey, toAddress, toSessionKey } from '#libs/felt';

/** Values of statements that are compiled once. */
export const ADDRESS_SLOT: Slot<Address> = {
  type: 'text',
  sample: (number) => toAddress(BigInt(number)),
  print: feltToHex,
};

export const SESSION_KEY_SLOT: Slot<SessionKey> = {
  type: 'text',
  sample: (number) => toSessionKey(BigInt(number)),
  print: feltToHex,
};
