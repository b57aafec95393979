/** Region and place, or UTC. Abbreviations (EST) and bare offsets (+02:00) have no rules for the summer. */
const NAME = /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+)$/;

/** The name that the rules of a zone of the IANA database are found by, whatever name it was given; undefined for no such zone. */
export const findTimeZone = (name: string): string | undefined => {
  if (!NAME.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
};
