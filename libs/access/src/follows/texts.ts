/** What an organisation says of an account, and the most characters that it may have. */
export const LONGEST_TEXTS = { label: 200, team: 100, costCentre: 100 } as const;

export type TextName = keyof typeof LONGEST_TEXTS;

export const TEXT_NAMES = Object.keys(LONGEST_TEXTS) as readonly TextName[];

export type TextFault = 'TEXT_TOO_LONG' | 'TEXT_NOT_PRINTABLE';

// Controls, line ends, halves of characters, and what turns the direction of writing: none is seen, all mislead.
const NOT_PRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Without blanks around it, in one composed form; null where nothing is left. */
export const tidyText = (text: string): string | null => {
  const tidy = text.trim().normalize('NFC');
  return tidy === '' ? null : tidy;
};

/** What is wrong with a tidy text of at most so many characters; undefined: nothing. */
export const faultOfText = (text: string, longest: number): TextFault | undefined => {
  if (NOT_PRINTABLE.test(text)) return 'TEXT_NOT_PRINTABLE';
  // As PostgreSQL counts: a character beyond the basic plane is one.
  return [...text].length > longest ? 'TEXT_TOO_LONG' : undefined;
};
