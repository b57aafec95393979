import type { Address } from '#libs/felt';

interface Refused {
  /** Of the error that was answered. */
  readonly code: string;
  /** What is wrong in particular, where the code leaves it open. */
  readonly reason?: string;
  readonly requestId?: string;
}

/** A Starknet account that somebody tried to sign in with. */
export interface RefusedAccount extends Refused {
  readonly kind: 'ACCOUNT';
  readonly networkId: number;
  readonly account: Address;
}

/** A bearer token of an identity provider. */
export interface RefusedToken extends Refused {
  readonly kind: 'TOKEN';
  readonly issuer: string;
  readonly subject: string;
  /** Public id of the organisation that the request named. Only of a token that its issuer vouches for. */
  readonly wanted?: string;
}

/** An API key whose id is known. */
interface RefusedKey extends Refused {
  readonly kind: 'KEY';
  readonly keyId: string;
  readonly organisationId: number;
}

/** A credential that was refused, as far as it tells whom that concerns. Never the credential. */
export type Refusal = RefusedAccount | RefusedToken | RefusedKey;

/** Returns at once: neither the answer nor its time tells what is noted. */
export type NoteRefusal = (refusal: Refusal) => void;

/** What is counted together. */
export const nameOfRefusal = (refusal: Refusal): string => {
  const { kind, code, reason = '' } = refusal;
  return JSON.stringify([kind, code, reason, ...whoseOf(refusal)]);
};

const whoseOf = (refusal: Refusal): readonly (string | number)[] => {
  switch (refusal.kind) {
    case 'ACCOUNT':
      return [refusal.networkId, String(refusal.account)];
    case 'TOKEN':
      return [refusal.issuer, refusal.subject, refusal.wanted ?? ''];
    case 'KEY':
      return [refusal.keyId];
  }
};
