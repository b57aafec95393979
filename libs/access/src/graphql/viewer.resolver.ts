import { CurrentPrincipal, type Principal, RIGHTS } from '#libs/api';
import { Query, Resolver } from '@nestjs/graphql';
import { scopeView } from './scope.input.ts';
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
      scope: scopeView(scope.only),
      limits: { unitsPerMinute },
    };
  }
}
