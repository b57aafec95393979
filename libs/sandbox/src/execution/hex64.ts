/** The padded form that error texts of the network use: 64 digits. */
export const hex64 = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;
