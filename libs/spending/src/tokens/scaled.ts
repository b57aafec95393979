/**
 * An amount in whole tokens, exact, without zeros that say nothing: 1500000 with 6 decimals is 1.5.
 * @param decimals as the token says; null where it does not, and then there is no such amount.
 */
export const scaled = (raw: bigint, decimals: number | null): string | null => {
  if (decimals === null) return null;
  const digits = (raw < 0n ? -raw : raw).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${raw < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
};
