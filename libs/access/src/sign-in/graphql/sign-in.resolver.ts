import { pickNetwork, type RequestContext } from '#libs/api';
import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { ACCESS_PORTS, type AccessPorts } from '../../graphql/ports.ts';
import { secondsOf } from '../../graphql/scope.input.ts';
import { SignIn, type SignedInKey } from '../sign-in.ts';
import {
  OpenSignInArgs,
  SignInArgs,
  SignInChallenge,
  type SignInKey,
  SignInResult,
} from './sign-in.models.ts';

@Resolver()
export class SignInResolver {
  private readonly signIns: SignIn;

  constructor(@Inject(ACCESS_PORTS) private readonly ports: AccessPorts) {
    this.signIns = new SignIn(ports);
  }

  @Mutation(() => SignInChallenge, {
    nullable: true,
    description: 'Begin a sign-in with a Starknet account. Needs no key. Null only beside an error.',
  })
  async openSignIn(
    @Args() { account, ...choice }: OpenSignInArgs,
    @Context() context: RequestContext,
  ): Promise<SignInChallenge> {
    const network = pickNetwork(this.ports.networks, choice);
    const { challengeId, typedData, messageHash, message } = await this.signIns.open(
      context,
      network,
      account,
    );
    return {
      challengeId,
      typedData: JSON.stringify(typedData),
      messageHash,
      expiresAt: message.expiresAtSeconds,
    };
  }

  @Mutation(() => SignInResult, {
    nullable: true,
    description:
      "End a sign-in: the account itself is asked whether the signature is its owner's. Needs no key. Null only beside an error.",
  })
  async signIn(
    @Args() { challengeId, signature }: SignInArgs,
    @Context() context: RequestContext,
  ): Promise<SignInResult> {
    return { keys: (await this.signIns.signIn(context, challengeId, signature)).map(keyView) };
  }
}

const keyView = ({ keyId, text, membership, expiresAt }: SignedInKey): SignInKey => {
  const { organisation, role } = membership;
  return {
    key: text,
    keyId,
    organisation: { id: organisation.publicId, name: organisation.name, kind: organisation.kind },
    role,
    expiresAt: secondsOf(expiresAt),
  };
};
