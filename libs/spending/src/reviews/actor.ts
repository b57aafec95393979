import type { Actor } from '#libs/access';
import type { Principal } from '#libs/api';

/** Who does it, as the audit log names him. */
export const actorOf = ({ kind, id, name }: Principal): Actor => ({
  kind: kind === 'KEY' ? 'KEY' : 'MEMBER',
  id,
  name,
});
