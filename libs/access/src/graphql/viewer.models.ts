import {
  AddressScalar,
  CountScalar,
  type OrganisationKind,
  type PrincipalKind,
  type Right,
  type Role,
} from '#libs/api';
import { Field, ID, ObjectType } from '@nestjs/graphql';
import { OrganisationKindEnum, PrincipalKindEnum, RightEnum, RoleEnum } from './access.enums.ts';

@ObjectType({ description: 'A tenant: people and keys that see the accounts it follows, and no others.' })
export class Organisation {
  @Field(() => ID, { description: 'Its id: `org_` and 32 hex digits.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => OrganisationKindEnum, { description: 'Whose it is.' })
  kind!: OrganisationKind;
}

@ObjectType({ description: 'Which of the accounts that the organisation follows a key or a member sees.' })
export class KeyScope {
  @Field(() => Boolean, { description: 'False: all of them.' })
  isLimited!: boolean;

  @Field(() => [AddressScalar], { description: 'These accounts.' })
  accounts!: bigint[];

  @Field(() => [String], { description: 'And those with one of these labels.' })
  labels!: string[];
}

@ObjectType({ description: 'How much may be asked.' })
export class Limits {
  @Field(() => CountScalar, { description: 'Units of cost a minute.' })
  unitsPerMinute!: number;
}

@ObjectType({ description: 'Who asks.' })
export class Viewer {
  @Field(() => PrincipalKindEnum, { description: 'How he showed who he is.' })
  kind!: PrincipalKind;

  @Field(() => String, { description: 'The name of the key or of the member.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'His role in the organisation.' })
  role!: Role;

  @Field(() => [RightEnum], {
    description: 'What he may do: those of the role, less what his scope takes away.',
  })
  rights!: Right[];

  @Field(() => Organisation, { description: 'The organisation he asks for.' })
  organisation!: Organisation;

  @Field(() => KeyScope, { description: 'Which of its accounts he sees.' })
  scope!: KeyScope;

  @Field(() => Limits, { description: 'How much he may ask.' })
  limits!: Limits;
}
