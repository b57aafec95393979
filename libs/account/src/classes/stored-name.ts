const STORED_NAME = /^[A-Za-z0-9_:.<>, ()]+$/;
const MAX_LENGTH = 200;

/**
 * Whether a name of an ABI may be kept and quoted. Compilers write only such names; an ABI by hand may hold anything:
 * characters that no database column takes, or a name that means something to JavaScript.
 */
export const isStoredName = (name: string): boolean =>
  name.length <= MAX_LENGTH && STORED_NAME.test(name) && name !== '__proto__';
