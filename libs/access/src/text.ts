import { PurserError } from '#libs/api';

const CONTROL = /\p{Cc}/u;

/** Whether PostgreSQL takes it, and people can read it: no control characters, no halves of characters. */
export const isPlainText = (value: string): boolean => !CONTROL.test(value) && value.isWellFormed();

/** Text that people gave, without the blanks around it. @throws PurserError BAD_INPUT for nothing, or for too much */
export const requireText = (field: string, value: string, most: number): string => {
  const text = value.trim();
  if (text.length === 0 || text.length > most || !isPlainText(text))
    throw new PurserError('BAD_INPUT', `${field} is 1 to ${most} characters, without control characters.`);
  return text;
};
