/** How a field is told that says another one in whole tokens. */
export const inWholeTokens = (field: string, more = '') =>
  ({
    nullable: true,
    description: `\`${field}\` in whole tokens; null where it is, and where the decimals of the token are not known${more}.`,
  }) as const;
