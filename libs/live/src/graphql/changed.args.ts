import { AddressScalar, NetworkArgs, PurserError, SessionKeyScalar } from '#libs/api';
import { type Address, feltToHex, type SessionKey } from '#libs/felt';
import { ArgsType, Field } from '@nestjs/graphql';
import type { Change, Subject } from '../change.ts';
import { SUBJECTS, subjectOf } from '../change.ts';
import { type ChangedKind, ChangedKindEnum } from './changed.enums.ts';

const MOST_ACCOUNTS = 100;

@ArgsType()
export class ChangedArgs extends NetworkArgs {
  @Field(() => [AddressScalar], {
    nullable: true,
    description:
      'Only changes of these accounts, 1 to 100; left out: of all that you follow and see. What you do not follow tells nothing, whether it is named or not.',
  })
  accounts?: Address[] | null;

  @Field(() => SessionKeyScalar, { nullable: true, description: 'Only changes of this session key.' })
  sessionKey?: SessionKey | null;

  @Field(() => [ChangedKindEnum], {
    nullable: true,
    description:
      'Only these kinds; left out: all. Retractions come with the kinds that they take back, and cannot be asked for or left out. FINALIZED is told of the network, whatever accounts and key are asked for.',
  })
  kinds?: ChangedKind[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where to go on: the `cursor` of the last event that was read, under the same arguments; or `block:<number>:<hash>` out of the `asOf` of an answer, so that nothing is missing between the two. Left out: from now on.',
  })
  after?: string | null;
}

/** What somebody wants to be told of, parsed. */
export interface ChangeFilter {
  /** As printed, in order. */
  readonly accounts: readonly string[] | undefined;
  readonly sessionKey: string | undefined;
  readonly subjects: readonly Subject[];
  /** Whether it is told what became final. */
  readonly finality: boolean;
}

/** @throws PurserError BAD_INPUT */
export const parseFilter = ({ accounts, sessionKey, kinds }: ChangedArgs): ChangeFilter => ({
  accounts: accounts === null || accounts === undefined ? undefined : parseAccounts(accounts),
  sessionKey: sessionKey === null || sessionKey === undefined ? undefined : feltToHex(sessionKey),
  ...(kinds === null || kinds === undefined ? { subjects: SUBJECTS, finality: true } : parseKinds(kinds)),
});

const parseAccounts = (accounts: readonly Address[]): readonly string[] => {
  if (accounts.length < 1 || accounts.length > MOST_ACCOUNTS)
    throw new PurserError('BAD_INPUT', `accounts must be 1 to ${MOST_ACCOUNTS}.`);
  return [...new Set(accounts.map(feltToHex))].sort();
};

const parseKinds = (kinds: readonly ChangedKind[]): Pick<ChangeFilter, 'subjects' | 'finality'> => {
  const subjects = SUBJECTS.filter((subject) => kinds.includes(subject));
  if (kinds.length > 0 && !kinds.includes('RETRACTED'))
    return { subjects, finality: kinds.includes('FINALIZED') };
  throw new PurserError(
    'BAD_INPUT',
    `kinds are some of ${SUBJECTS.join(', ')}, FINALIZED: RETRACTED comes with them.`,
  );
};

export const acceptsOf =
  ({ accounts, sessionKey, subjects }: ChangeFilter) =>
  (change: Change): boolean => {
    const [account, key] = change.place;
    return (
      (accounts === undefined || accounts.includes(account)) &&
      (sessionKey === undefined || sessionKey === key) &&
      subjects.includes(subjectOf(change))
    );
  };
