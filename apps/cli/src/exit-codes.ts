/** What the process says at its end; after sysexits.h where there is a word for it. */
export const EXIT = {
  OK: 0,
  /** A fault of Purser. */
  INTERNAL: 70,
  /** The command line is wrong. */
  USAGE: 64,
  /** The question was understood and the answer is an error, for example SESSION_NOT_REGISTERED. */
  REFUSED: 65,
  /** Something that is needed does not answer or is taken: the service, a database, a node, a port. */
  UNAVAILABLE: 69,
  /** The data directory cannot be written. */
  CANNOT_CREATE: 73,
  /** The service does not know who asks: no key, or one that it refuses. */
  NO_PERMISSION: 77,
  /** The settings are wrong; all faults are listed. */
  CONFIG: 78,
} as const;
