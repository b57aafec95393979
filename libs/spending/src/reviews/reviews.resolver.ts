import { type Asker, CurrentAsker } from '#libs/access';
import { PurserError } from '#libs/api';
import { pickNetwork, SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { type Review, ReviewedRow, ReviewRowsArgs } from './reviews.models.ts';
import { ReviewsRepository, type RowReview } from './reviews.repository.ts';
import { decodeRowId, type LedgerRowKey } from './row-id.ts';

const MOST_IDS = 100;
const MOST_CHARACTERS = 2_000;

@Resolver()
export class ReviewsResolver {
  constructor(
    @Inject(ReviewsRepository) private readonly reviews: ReviewsRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
  ) {}

  @Mutation(() => [ReviewedRow], {
    nullable: true,
    description:
      'Says of rows of the ledgers that they were looked at, are to be looked at, or why they are as they are; for all of them or none. Repeatable: what is said already stays as it is. Null only beside an error.',
  })
  async reviewRows(
    @Args() args: ReviewRowsArgs,
    @CurrentAsker() { scope, actor }: Asker,
  ): Promise<ReviewedRow[]> {
    const rows = rowsOf(args.ids);
    const [first] = rows;
    const network = pickNetwork(this.ports.networks, {
      chainId: args.chainId ?? first?.chainId,
      network: args.network,
    });
    if (rows.some(({ chainId }) => chainId !== network.chainId))
      throw new PurserError('BAD_INPUT', 'The ids are of several networks.');
    const answer = await this.reviews.review(scope, network.networkId, {
      rows,
      state: args.state,
      note: noteOf(args),
      actor,
    });
    return args.ids.map((id, place) => ({ id, review: reviewView(answer[place]) }));
  }
}

/** @throws PurserError BAD_INPUT */
const rowsOf = (ids: readonly string[]): readonly LedgerRowKey[] => {
  if (ids.length === 0 || ids.length > MOST_IDS)
    throw new PurserError('BAD_INPUT', `ids must be between 1 and ${MOST_IDS}.`);
  if (new Set(ids).size !== ids.length) throw new PurserError('BAD_INPUT', 'ids names a row twice.');
  return ids.map(decodeRowId);
};

/** @throws PurserError BAD_INPUT */
const noteOf = ({ state, note }: ReviewRowsArgs): string | undefined => {
  const text = note?.trim() ?? '';
  if (text.includes('\0') || [...text].length > MOST_CHARACTERS)
    throw new PurserError('BAD_INPUT', `note must be up to ${MOST_CHARACTERS} characters.`);
  if (state === 'EXPLAINED' && text === '') throw new PurserError('BAD_INPUT', 'EXPLAINED needs a note.');
  if (state === 'NONE' && text !== '') throw new PurserError('BAD_INPUT', 'NONE has no note.');
  return text === '' ? undefined : text;
};

export const reviewView = (review: RowReview | undefined): Review | null =>
  review === undefined
    ? null
    : {
        state: review.state,
        note: review.note ?? null,
        reviewedBy: review.reviewedBy,
        reviewerName: review.reviewerName,
        reviewedAt: review.reviewedAtSeconds,
      };
