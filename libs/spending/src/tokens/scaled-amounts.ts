import { loaderFor, type RequestContext } from '#libs/api';
import { feltToHex } from '#libs/felt';
import { SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { Inject, Injectable } from '@nestjs/common';
import { scaled } from './scaled.ts';
import { TokenDecimalsRepository } from './token-decimals.repository.ts';

/** An amount of a token of a chain. */
export interface TokenAmount {
  readonly chainId: bigint;
  readonly token: bigint;
  readonly amount: bigint | null;
}

/** Amounts in whole tokens, beside those that are raw: the decimals of a token are looked up once in a request. */
@Injectable()
export class ScaledAmounts {
  constructor(
    @Inject(TokenDecimalsRepository) private readonly tokens: TokenDecimalsRepository,
    @Inject(SESSION_READ_PORTS) private readonly ports: SessionReadPorts,
  ) {}

  /** Null where there is no amount, or the decimals are not known. @throws PurserError INDEX_UNAVAILABLE */
  async of(request: RequestContext, { chainId, token, amount }: TokenAmount): Promise<string | null> {
    const network = this.ports.networks.find((served) => served.chainId === chainId);
    if (amount === null || network === undefined) return null;
    const { networkId } = network;
    const loader = loaderFor(
      request,
      `decimals of tokens ${networkId}`,
      (keys: readonly string[]) => this.tokens.find(request.scope, networkId, keys),
      { remembers: true },
    );
    return scaled(amount, await loader.load(feltToHex(token)));
  }
}
