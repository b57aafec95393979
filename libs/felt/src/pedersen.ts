import { pedersen as pedersenByBits, Point } from '@scure/starknet';
import { PRIME as P } from './felt.ts';

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

// The constants of the Starknet Pedersen hash: where the sum starts, and for each of the two inputs the points that its
// low 248 and its high 4 bits are counted in. https://docs.starkware.co/starkex/pedersen-hash-function.html
const SHIFT: Affine = {
  x: 2089986280348253421170679821480865132823066470938446095505822317253594081284n,
  y: 1713931329540660377023406109199410414810705867260802078187082345529207694986n,
};
const LOW: readonly Affine[] = [
  {
    x: 996781205833008774514500082376783249102396023663454813447423147977397232763n,
    y: 1668503676786377725805489344771023921079126552019160156920634619255970485781n,
  },
  {
    x: 2138414695194151160943305727036575959195309218611738193261179310511854807447n,
    y: 113410276730064486255102093846540133784865286929052426931474106396135072156n,
  },
];
const HIGH: readonly Affine[] = [
  {
    x: 2251563274489750535117886426533222435294046428347329203627021249169616184184n,
    y: 1798716007562728905295480679789526322175868328062420237419143593021674992973n,
  },
  {
    x: 2379962749567351885752724891227938183011949129833673362440656643086021394946n,
    y: 776496453633298175483985398648758586525933812536653089401905292063708816422n,
  },
];

const BYTES = 31;
const BYTE = 0xffn;

/** `multiples[k]` is k times a point; there is nothing at 0. */
type Multiples = readonly (Affine | undefined)[];
interface Tables {
  /** For each byte of the low 248 bits, the multiples of what its lowest bit counts. */
  readonly low: readonly Multiples[];
  readonly high: Multiples;
}

let tables: readonly Tables[] | undefined;

/** A point in Jacobian coordinates. Remainders may be negative on the way. */
interface Jacobian {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

/**
 * Pedersen of two field elements, a byte at a time from tables: 64 additions where the sum by bits takes 252. The tables
 * (2 MB) are made at the first hash. What an input adds to the sum is remembered for a while: slots of one key hash the
 * same key with several names, those of one token the same token with many keys, and take half of the additions or fewer.
 * @throws RangeError for a value that is not in the field.
 */
export const pedersen = (a: bigint, b: bigint): bigint => {
  if (a < 0n || a >= P || b < 0n || b >= P) throw new RangeError('a Pedersen input is not in the field');
  const [first, second] = [partOf(0, a), partOf(1, b)];
  const sum = first && second && addParts(addParts({ ...SHIFT, z: 1n }, first), second);
  return sum ? xOf(sum) : BigInt(pedersenByBits(a, b));
};

/** Parts that are remembered of each input: some 100 kB. */
const MOST_PARTS = 500;
const parts = [new Map<bigint, Jacobian>(), new Map<bigint, Jacobian>()] as const;

/** What one input adds to the sum: the point at infinity for 0. Nothing where the formula cannot tell. */
const partOf = (input: 0 | 1, value: bigint): Jacobian | undefined => {
  const known = parts[input];
  const remembered = known.get(value);
  if (remembered !== undefined) return remembered;
  tables ??= LOW.map((low, index) => tablesOf(low, HIGH[index] ?? low));
  const part = sumOf(pointsOf(value, tables[input]));
  if (known.size >= MOST_PARTS) known.clear();
  if (part !== undefined) known.set(value, part);
  return part;
};

const INFINITY: Jacobian = { x: 1n, y: 1n, z: 0n };

const pointsOf = (value: bigint, table: Tables | undefined): Affine[] => {
  const points: Affine[] = [];
  const add = (point: Affine | undefined) => point !== undefined && points.push(point);
  let rest = value;
  for (let byte = 0; byte < BYTES; byte += 1) {
    add(table?.low[byte]?.[Number(rest & BYTE)]);
    rest >>= 8n;
  }
  add(table?.high[Number(rest)]);
  return points;
};

/** Nothing where two points to be added have the same x, which the formula cannot do and nobody knows inputs for. */
const sumOf = ([first, ...points]: readonly Affine[]): Jacobian | undefined => {
  if (first === undefined) return INFINITY;
  let { x, y } = first;
  let z = 1n;
  for (const point of points) {
    const zz = (z * z) % P;
    const h = (point.x * zz - x) % P;
    if (h === 0n) return undefined;
    const r = (point.y * ((z * zz) % P) - y) % P;
    const hh = (h * h) % P;
    const hhh = (h * hh) % P;
    const v = (x * hh) % P;
    x = (r * r - hhh - 2n * v) % P;
    y = (r * (v - x) - y * hhh) % P;
    z = (z * h) % P;
  }
  return { x, y, z };
};

/** As above, of two points that are sums themselves. */
const addParts = (a: Jacobian | undefined, b: Jacobian): Jacobian | undefined => {
  if (a === undefined || b.z === 0n) return a;
  const aa = (a.z * a.z) % P;
  const bb = (b.z * b.z) % P;
  const u = (a.x * bb) % P;
  const s = (a.y * ((b.z * bb) % P)) % P;
  const h = (b.x * aa - u) % P;
  if (h === 0n) return undefined;
  const r = (b.y * ((a.z * aa) % P) - s) % P;
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const v = (u * hh) % P;
  const x = (r * r - hhh - 2n * v) % P;
  return { x, y: (r * (v - x) - s * hhh) % P, z: (((a.z * b.z) % P) * h) % P };
};

const xOf = ({ x, z }: Jacobian): bigint => {
  const inverse = Point.Fp.inv(Point.Fp.create(z));
  return Point.Fp.create(x * ((inverse * inverse) % P));
};

const tablesOf = (low: Affine, high: Affine): Tables => {
  const places = [low];
  for (let bit = 1; bit < BYTES * 8; bit += 1) places.push(double(places[bit - 1] ?? low));
  const bytes = places.filter((_, bit) => bit % 8 === 0);
  const [highMultiples = []] = multiplesOf([high], 16);
  return { low: multiplesOf(bytes, 256), high: highMultiples };
};

const double = ({ x, y }: Affine): Affine => {
  // The curve is y^2 = x^3 + x + b.
  const slope = ((3n * x * x + 1n) * Point.Fp.inv(2n * y)) % P;
  return meet({ x, y }, x, slope);
};

/** The third point of a line, mirrored. */
const meet = (point: Affine, otherX: bigint, slope: bigint): Affine => {
  const x = Point.Fp.create(slope * slope - point.x - otherX);
  return { x, y: Point.Fp.create(slope * (point.x - x) - point.y) };
};

/** Multiples of many points in step, so that one inversion serves them all. */
const multiplesOf = (bases: readonly Affine[], count: number): Multiples[] => {
  const multiples: (Affine | undefined)[][] = bases.map((base) => [undefined, base, double(base)]);
  for (let factor = 3; factor < count; factor += 1) {
    const before = multiples.map((row, index) => row[factor - 1] ?? bases[index]) as Affine[];
    const inverses = Point.Fp.invertBatch(
      before.map(({ x }, index) => Point.Fp.sub(bases[index]?.x ?? 0n, x)),
    );
    before.forEach((point, index) => {
      const base = bases[index] ?? point;
      const slope = ((base.y - point.y) * (inverses[index] ?? 0n)) % P;
      multiples[index]?.push(meet(point, base.x, slope));
    });
  }
  return multiples;
};
