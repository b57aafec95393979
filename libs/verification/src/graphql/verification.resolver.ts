import {
  AddressScalar,
  ChainIdScalar,
  CountScalar,
  CurrentScope,
  parsePageSize,
  PurserError,
} from '#libs/api';
import type { RequestScope } from '#libs/database';
import {
  type Incident,
  incidentListStatement,
  networkListStatement,
  toIncident,
  toNetwork,
} from '#libs/facts';
import { type Address, feltToHex, parseFelt } from '#libs/felt';
import { pickNetwork, SESSION_READ_PORTS, type ServedNetwork, type SessionReadPorts } from '#libs/sessions';
import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, Int, Query, Resolver } from '@nestjs/graphql';
import { type Digests, digestsWithin } from '../digest/compute-digests.ts';
import { VerificationError } from '../verification.error.ts';
import { DigestModel, IncidentModel } from './verification.models.ts';

@ArgsType()
class NetworkArgs {
  @Field(() => ChainIdScalar, {
    nullable: true,
    description: 'The chain that is meant, where several are served.',
  })
  chainId?: bigint | null;

  @Field(() => String, { nullable: true, description: 'The name this deployment gives the network.' })
  network?: string | null;
}

@ArgsType()
export class IncidentsArgs extends NetworkArgs {
  @Field(() => Boolean, { defaultValue: true, description: 'Only those that are open.' })
  open!: boolean;

  @Field(() => Int, { defaultValue: 25, description: 'How many, the newest first, 1 to 100.' })
  first!: number;
}

@ArgsType()
export class DigestArgs extends NetworkArgs {
  @Field(() => AddressScalar, { description: 'The account; it must be followed.' })
  account!: Address;

  @Field(() => CountScalar, {
    nullable: true,
    description: 'The last block; the newest indexed one where left out.',
  })
  at?: number | null;
}

/** A digest over more facts than this is the command line's work. */
const MOST_FACTS = 100_000;

@Resolver()
export class VerificationResolver {
  constructor(@Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts) {}

  @Query(() => [IncidentModel], {
    nullable: true,
    description:
      'What went wrong on a network and waits for somebody, the newest first. Null only beside an error.',
  })
  async incidents(
    @Args() args: IncidentsArgs,
    @CurrentScope() scope: RequestScope,
  ): Promise<IncidentModel[]> {
    const { networkId } = pickNetwork(this.ports.networks, args);
    const limit = parsePageSize(args.first);
    const { db } = this.ports;
    const statement = incidentListStatement(db.build, networkId, { onlyOpen: args.open, limit });
    return (await db.read(scope, statement)).map((row) => toModel(toIncident(row)));
  }

  @Query(() => DigestModel, {
    nullable: true,
    description:
      'The digest of the facts of an account at a block, to compare with another operator. `purser digest` on the host gives the one over all accounts. Null only beside an error.',
  })
  async digest(@Args() args: DigestArgs, @CurrentScope() scope: RequestScope): Promise<DigestModel> {
    const digests = await this.compute(scope, pickNetwork(this.ports.networks, args), args);
    const { blockNumber, blockHash, accounts } = digests;
    const base = { blockNumber, blockHash: parseFelt(blockHash) };
    const [one] = accounts;
    if (one === undefined)
      throw new PurserError('DIGEST_UNAVAILABLE', 'No fact of the account is known at that block.');
    return { ...base, digest: one.digest, facts: one.facts, fromBlock: one.fromBlock };
  }

  private async compute(
    scope: RequestScope,
    { networkId }: ServedNetwork,
    { account, at }: DigestArgs,
  ): Promise<Digests> {
    const { db } = this.ports;
    const stored = await db.read(scope, networkListStatement(db.build));
    const network = stored.map(toNetwork).find((row) => row.networkId === networkId);
    if (network === undefined)
      throw new PurserError('DIGEST_UNAVAILABLE', 'Nothing of the network is indexed yet.');
    try {
      const options = {
        account: feltToHex(account),
        onlyVisible: true,
        ...(typeof at === 'number' && { atBlock: at }),
        mostFacts: MOST_FACTS,
      };
      return await db.transact(scope, (trx) => digestsWithin(trx, network, options), {
        isolationLevel: 'repeatable read',
      });
    } catch (cause) {
      if (!(cause instanceof VerificationError)) throw cause;
      throw new PurserError('DIGEST_UNAVAILABLE', 'The digest cannot be given.', {
        cause,
        details: { reason: cause.code },
      });
    }
  }
}

const seconds = (date: Date): bigint => BigInt(Math.floor(date.getTime() / 1000));

const toModel = ({
  incidentId,
  kind,
  account,
  block,
  occurrences,
  openedAt,
  resolved,
  details,
}: Incident): IncidentModel => ({
  id: String(incidentId),
  kind,
  account: account ?? null,
  blockNumber: block?.blockNumber ?? null,
  blockHash: block?.blockHash ?? null,
  occurrences,
  openedAt: seconds(openedAt),
  resolvedAt: resolved === undefined ? null : seconds(resolved.at),
  resolution: resolved?.resolution ?? null,
  details: JSON.stringify(details),
});
