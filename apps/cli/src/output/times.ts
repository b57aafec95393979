/** Unix seconds as a person reads them. Block times are u64, dates are not. */
export const showTime = (seconds: bigint): string => {
  if (seconds > 253_402_300_799n) return `${seconds} (beyond the year 9999)`;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
};

/** Whole seconds in the two largest units. */
export const showDuration = (seconds: number): string => {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.slice(0, 2).join(' ') || '0 s';
};
