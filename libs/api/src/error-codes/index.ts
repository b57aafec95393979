import { accessCodes } from './access-codes.ts';
import { accountCodes } from './account-codes.ts';
import { financeCodes } from './finance-codes.ts';
import { inputCodes } from './input-codes.ts';
import { liveCodes } from './live-codes.ts';
import { limitsCodes } from './limits-codes.ts';
import { serviceCodes } from './service-codes.ts';
import { sessionCodes } from './session-codes.ts';

export type { ErrorCodeEntry } from './error-code-entry.ts';

/** Every code that Purser gives, in one place. The reference page docs/reference/errors.md is printed from it. */
export const ERROR_CODES = {
  ...inputCodes,
  ...accountCodes,
  ...sessionCodes,
  ...accessCodes,
  ...limitsCodes,
  ...liveCodes,
  ...financeCodes,
  ...serviceCodes,
};

export type PurserErrorCode = keyof typeof ERROR_CODES;

export const isPurserErrorCode = (code: unknown): code is PurserErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
