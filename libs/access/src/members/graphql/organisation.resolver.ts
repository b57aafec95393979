import type { RequestContext } from '#libs/api';
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { changeAs } from '../../graphql/change-as.ts';
import { ACCESS_PORTS, type AccessPorts } from '../../graphql/ports.ts';
import { Organisation } from '../../graphql/viewer.models.ts';
import { renameOrganisation } from '../../organisations/change-organisation.ts';
import { requireText } from '../../text.ts';
import { OrganisationInput } from './members.models.ts';

const MOST_NAME_LENGTH = 100;

@Resolver()
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
    const name = requireText('name', input.name, MOST_NAME_LENGTH);
    const { publicId, kind } = await changeAs(this.ports, context, (work) => renameOrganisation(work, name));
    return { id: publicId, name, kind };
  }
}
