import { CurrentPrincipal, type Principal, RIGHTS } from '#libs/api';
import { parseAddress } from '#libs/felt';
import { Query, Resolver } from '@nestjs/graphql';
import { Viewer } from './viewer.models.ts';

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Who asks: role, rights, organisation, and which accounts are seen.' })
  viewer(@CurrentPrincipal() principal: Principal): Viewer {
    const { kind, name, role, rights, organisation, scope, unitsPerMinute } = principal;
    return {
      kind,
      name,
      role,
      rights: RIGHTS.filter((right) => rights.has(right)),
      organisation: { id: organisation.publicId, name: organisation.name, kind: organisation.kind },
      scope: {
        isLimited: scope.only !== undefined,
        accounts: (scope.only?.accounts ?? []).map(addressOf),
        labels: [...(scope.only?.labels ?? [])],
      },
      limits: { unitsPerMinute },
    };
  }
}

/** Of `networkId/0x…`: the number of the network means nothing outside of this deployment. */
const addressOf = (account: string): bigint => parseAddress(account.slice(account.indexOf('/') + 1));
