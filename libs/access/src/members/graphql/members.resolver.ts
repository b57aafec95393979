import {
  askIndex,
  type CursorScope,
  decodeCursor,
  encodeCursor,
  parsePageSize,
  pickNetwork,
  PurserError,
  type RequestContext,
  toPage,
} from '#libs/api';
import { parseAddress } from '#libs/felt';
import { Inject } from '@nestjs/common';
import { Args, Context, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { changeAs } from '../../graphql/change-as.ts';
import { ACCESS_PORTS, type AccessNetwork, type AccessPorts } from '../../graphql/ports.ts';
import { scopeOf, scopeView, secondsOf, secondsOrNull } from '../../graphql/scope.input.ts';
import { isPlainText, requireText } from '../../text.ts';
import { addMember, changeMember, disableMember, type MemberIdentity } from '../manage-members.ts';
import { type ListedMember, memberListStatement, toListedMember } from '../members.repository.ts';
import { Member, MemberConnection, MemberInput, MembersArgs, SetMemberRoleArgs } from './members.models.ts';

const MOST_NAME_LENGTH = 200;
const MOST_SUBJECT_LENGTH = 255;
const MOST_ISSUER_LENGTH = 2_048;

@Resolver()
export class MembersResolver {
  constructor(@Inject(ACCESS_PORTS) private readonly ports: AccessPorts) {}

  @Query(() => MemberConnection, {
    nullable: true,
    description:
      'The people and the accounts that may come in for the organisation. Null only beside an error.',
  })
  async members(
    @Args() { first, after }: MembersArgs,
    @Context() context: RequestContext,
  ): Promise<MemberConnection> {
    const size = parsePageSize(first);
    const cursors: CursorScope = { list: 'members', asker: context.scope, filter: {} };
    const place = after === undefined || after === null ? undefined : placeOf(cursors, after);
    const { db } = this.ports;
    const statement = memberListStatement(db.build, { after: place, limit: size + 1 });
    const rows = await askIndex(() => db.read(context.scope, statement));
    return toPage(rows, size, {
      hasPrevious: place !== undefined,
      cursorOf: (row) => encodeCursor(cursors, [row.member_id]),
      nodeOf: (row) => this.view(toListedMember(row)),
    });
  }

  @Mutation(() => Member, {
    nullable: true,
    description: 'Let somebody in. CONFLICT where he is a member already. Null only beside an error.',
  })
  async addMember(
    @Args('input', { type: () => MemberInput, description: 'Who, and as what.' }) input: MemberInput,
    @Context() context: RequestContext,
  ): Promise<Member> {
    const request = {
      name: requireText('name', input.name, MOST_NAME_LENGTH),
      role: input.role,
      scope: scopeOf(this.ports.networks, input.scope),
      identity: identityOf(this.ports.networks, input),
    };
    return this.view(await changeAs(this.ports, context, (work) => addMember(work, request)));
  }

  @Mutation(() => Member, {
    nullable: true,
    description:
      'Give a member another role and other accounts to see; both take the place of what he has. Null only beside an error.',
  })
  async setMemberRole(
    @Args() { id, role, scope }: SetMemberRoleArgs,
    @Context() context: RequestContext,
  ): Promise<Member> {
    const change = { role, scope: scopeOf(this.ports.networks, scope) };
    return this.view(await changeAs(this.ports, context, (work) => changeMember(work, id, change)));
  }

  @Mutation(() => Member, {
    nullable: true,
    description: 'Refuse a member from now on, with his keys and tokens. Null only beside an error.',
  })
  async disableMember(
    @Args('id', { type: () => ID, description: 'The member.' }) id: string,
    @Context() context: RequestContext,
  ): Promise<Member> {
    return this.view(await changeAs(this.ports, context, (work) => disableMember(work, id)));
  }

  private view(member: ListedMember): Member {
    const network = this.ports.networks.find(({ networkId }) => networkId === member.networkId);
    return {
      id: member.memberId,
      name: member.name,
      role: member.role,
      scope: scopeView(member.scope),
      issuer: member.issuer ?? null,
      subject: member.subject ?? null,
      account: member.account === undefined ? null : parseAddress(member.account),
      chainId: network?.chainId ?? null,
      createdAt: secondsOf(member.createdAt),
      disabledAt: secondsOrNull(member.disabledAt),
    };
  }
}

const identityOf = (networks: readonly AccessNetwork[], input: MemberInput): MemberIdentity => {
  const { issuer, subject, account } = input;
  const byToken = isGiven(issuer) && isGiven(subject);
  const byAccount = isGiven(account);
  if (byToken === byAccount || isGiven(issuer) !== isGiven(subject))
    throw new PurserError('BAD_INPUT', 'Say who it is by issuer and subject, or by account.');
  if (byAccount) return { networkId: pickNetwork(networks, input).networkId, account };
  if (!byToken || subject.length > MOST_SUBJECT_LENGTH || subject === '' || !isPlainText(subject))
    throw new PurserError('BAD_INPUT', `subject is 1 to ${MOST_SUBJECT_LENGTH} characters.`);
  return { issuer: requireText('issuer', issuer, MOST_ISSUER_LENGTH), subject };
};

const isGiven = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;

const MEMBER_ID = /^mem_[0-9a-f]{32}$/;

const placeOf = (cursors: CursorScope, after: string): string => {
  const [memberId = ''] = decodeCursor(cursors, after, 1);
  if (!MEMBER_ID.test(memberId)) throw new PurserError('BAD_CURSOR', 'The cursor names no member.');
  return memberId;
};
