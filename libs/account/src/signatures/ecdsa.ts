import { getStarkKey, Point, sign } from '@scure/starknet';
import type { Felt } from '#libs/felt';
import { feltToHex, PRIME, toFelt } from '#libs/felt';
import { AccountError } from '../account.error.ts';

/** The two felts of a Stark ECDSA signature. */
export interface EcdsaSignature {
  readonly r: Felt;
  readonly s: Felt;
}

type CurvePoint = InstanceType<typeof Point>;

const { n: ORDER, b: CURVE_B } = Point.CURVE();
const { Fp } = Point;

/**
 * Verifies as Cairo's `check_ecdsa_signature` does: the public key and r are x coordinates only, so that
 * (hash G + r Q).x and (hash G - r Q).x both count. Never throws: what is no curve point is false. A few milliseconds.
 * @param messageHash any felt; unlike off-chain libraries no bound of 2^251 and no truncation.
 */
export const verifyEcdsa = (messageHash: bigint, publicKey: bigint, r: bigint, s: bigint): boolean => {
  if (s === 0n || s === ORDER || r === ORDER) return false;
  const key = pointFromX(publicKey);
  const nonce = pointFromX(r);
  if (key === undefined || nonce === undefined) return false;
  const sR = multiply(nonce, s);
  const zG = multiply(Point.BASE, messageHash);
  const rQ = multiply(key, r);
  return [zG.add(rQ), zG.subtract(rQ)].some((point) => sameX(point, sR));
};

/**
 * Signs a hash with the deterministic nonce of RFC 6979, as wallets do.
 * @throws AccountError INVALID_PRIVATE_KEY unless the key is in [1, curve order).
 * @throws RangeError for a hash of 2^251 or more, which no signer of Starknet accepts (chance 2^-55 for a Poseidon hash).
 */
export const signEcdsa = (messageHash: bigint, privateKey: bigint): EcdsaSignature => {
  const { r, s } = sign(feltToHex(messageHash).slice(2), privateKeyHex(privateKey));
  return { r: toFelt(r), s: toFelt(s) };
};

/** The public key of a private key: the x coordinate. @throws AccountError INVALID_PRIVATE_KEY as signEcdsa. */
export const publicKeyOf = (privateKey: bigint): Felt =>
  toFelt(BigInt(getStarkKey(privateKeyHex(privateKey))));

/** True where a felt is the x coordinate of a point on the Stark curve, so a key that can sign at all. */
export const isOnCurve = (x: bigint): boolean => pointFromX(x) !== undefined;

const privateKeyHex = (privateKey: bigint): string => {
  if (privateKey <= 0n || privateKey >= ORDER) {
    throw new AccountError('INVALID_PRIVATE_KEY', 'a private key is between 1 and the order of the curve');
  }
  return privateKey.toString(16).padStart(64, '0');
};

const pointFromX = (x: bigint): CurvePoint | undefined => {
  if (x < 0n || x >= PRIME) return undefined;
  const ySquared = Fp.add(Fp.add(Fp.mul(Fp.sqr(x), x), x), CURVE_B);
  try {
    return Point.fromAffine({ x, y: Fp.sqrt(ySquared) });
  } catch {
    return undefined;
  }
};

const multiply = (point: CurvePoint, scalar: bigint): CurvePoint => {
  const reduced = scalar % ORDER;
  return reduced === 0n ? Point.ZERO : point.multiplyUnsafe(reduced);
};

const sameX = (a: CurvePoint, b: CurvePoint): boolean =>
  !a.is0() && !b.is0() && a.toAffine().x === b.toAffine().x;
