import { CurrentRequest, findTimeZone, PurserError, type RequestContext } from '#libs/api';
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { changeAs } from '../../graphql/change-as.ts';
import { ACCESS_PORTS, type AccessPorts } from '../../graphql/ports.ts';
import { Organisation } from '../../graphql/viewer.models.ts';
import { changeOrganisation, type OrganisationChange } from '../../organisations/change-organisation.ts';
import { ownTimeZone } from '../../organisations/own-time-zone.ts';
import { requireText } from '../../text.ts';
import { OrganisationInput } from './members.models.ts';

const MOST_NAME_LENGTH = 100;

@Resolver(() => Organisation)
export class OrganisationResolver {
  constructor(@Inject(ACCESS_PORTS) private readonly ports: AccessPorts) {}

  @Mutation(() => Organisation, {
    nullable: true,
    description: 'Change the organisation itself. Null only beside an error.',
  })
  async updateOrganisation(
    @Args('input', { type: () => OrganisationInput, description: 'What is to be changed.' })
    input: OrganisationInput,
    @Context() context: RequestContext,
  ): Promise<Organisation> {
    const change = changeFrom(input);
    const { publicId, name, kind } = await changeAs(this.ports, context, (work) =>
      changeOrganisation(work, change),
    );
    return { id: publicId, name, kind };
  }

  @ResolveField(() => String, {
    nullable: true,
    description:
      'Where its days begin, a name of the IANA database: for every period that names no zone. UTC until somebody says otherwise. Null of another organisation than the one that asks.',
  })
  async timeZone(
    @Parent() { id }: Organisation,
    @CurrentRequest() request: RequestContext,
  ): Promise<string | null> {
    if (request.principal?.organisation.publicId !== id) return null;
    return (await ownTimeZone(this.ports.db, request)) ?? null;
  }
}

/** @throws PurserError BAD_INPUT */
const changeFrom = ({ name, timeZone }: OrganisationInput): OrganisationChange => {
  const hasName = name !== undefined && name !== null;
  if (!hasName && timeZone === undefined)
    throw new PurserError('BAD_INPUT', 'input names nothing that is to be changed.');
  return {
    ...(hasName && { name: requireText('name', name, MOST_NAME_LENGTH) }),
    ...(timeZone !== undefined && { timeZone: requireTimeZone(timeZone ?? 'UTC') }),
  };
};

/** @throws PurserError BAD_INPUT */
const requireTimeZone = (name: string): string => {
  const found = findTimeZone(name);
  if (found === undefined)
    throw new PurserError('BAD_INPUT', 'timeZone is a name of the IANA database, such as Europe/Berlin.');
  return found;
};
