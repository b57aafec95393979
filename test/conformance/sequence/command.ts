/** A session account under test; its family is the one it was deployed with. */
export type AccountName = 'SETTING' | 'SPEND';
export type KeyName = 'A' | 'B' | 'C';
/** The two event layouts, and the token that fees are paid in. */
export type TokenName = 'KEYED' | 'LEGACY' | 'STRK';

/** A call made by an account. Addresses are names: the same sequence runs against several worlds. */
export interface InnerCall {
  readonly to: TokenName | 'SELF' | 'FORWARDER' | 'NOWHERE';
  readonly entrypoint: string;
  /** For the calls of a token that move or allow an amount. */
  readonly amount?: bigint;
  /** SHORT leaves the last felt out; WIDE_HALF makes the low half 2^128. */
  readonly shape?: 'SHORT' | 'WIDE_HALF';
  /** The plain arguments of any other entry point. */
  readonly args?: readonly bigint[];
}

export interface PolicyTerms {
  readonly token: TokenName;
  readonly perCall: bigint;
  readonly perWindow: bigint;
  readonly windowSeconds: bigint;
}

/** Seconds after the block it runs in, a full hour from the one it is in, or a value as it is. */
export type Expiry = { readonly inSeconds: number } | { readonly hoursOn: number } | { readonly at: bigint };

export type OwnerAction =
  | {
      readonly action: 'GRANT';
      readonly key: KeyName | 'ZERO';
      readonly expires: Expiry;
      readonly maxCalls: bigint;
      readonly entrypoints: readonly string[];
    }
  | { readonly action: 'REVOKE'; readonly key: KeyName }
  | { readonly action: 'SET_POLICY'; readonly key: KeyName; readonly terms: PolicyTerms }
  | { readonly action: 'REMOVE_POLICY'; readonly key: KeyName; readonly token: TokenName }
  | { readonly action: 'SET_MODE'; readonly mode: bigint }
  | { readonly action: 'SET_OWNER'; readonly owner: 'FIRST' | 'SECOND' }
  | { readonly action: 'UPGRADE'; readonly to: AccountName | 'UNDECLARED' }
  | { readonly action: 'CALL'; readonly call: InnerCall };

/** The fourth felt of a session's signature. */
export type SignedExpiry = 'STORED' | 'STORED_PLUS_1' | 'STORED_MINUS_1' | 'NOW' | 'PAST' | 'BEYOND_U64';

export type SignatureFault =
  | 'WRONG_KEY'
  | 'BAD_S'
  | 'ZERO_R'
  | 'THREE_FELTS'
  | 'FIVE_FELTS'
  | 'OTHER_CALLS'
  | 'OTHER_MODE'
  | 'OTHER_NONCE';

export type Command =
  | {
      readonly kind: 'OWNER';
      readonly account: AccountName;
      readonly actions: readonly OwnerAction[];
      readonly fault?: SignatureFault;
    }
  | {
      readonly kind: 'SESSION';
      readonly account: AccountName;
      readonly key: KeyName;
      readonly calls: readonly InnerCall[];
      readonly validUntil?: SignedExpiry;
      readonly fault?: SignatureFault;
    }
  | SponsoredCommand
  /** Somebody without a key calls the account or draws on an approval. */
  | { readonly kind: 'STRANGER'; readonly account: AccountName; readonly call: InnerCall }
  /** The very same transaction once more. */
  | { readonly kind: 'REPEAT' };

export interface SponsoredCommand {
  readonly kind: 'SPONSORED';
  readonly account: AccountName;
  readonly by: KeyName | 'OWNER';
  readonly calls: readonly InnerCall[];
  readonly via: 'DIRECT' | 'FORWARD' | 'TRY_FORWARD' | 'FORWARD_TWICE';
  readonly validUntil?: SignedExpiry;
  readonly fault?: SignatureFault;
  readonly nonce?: 'FRESH' | 'LAST';
  readonly caller?: 'ANY' | 'ZERO' | 'SENDER' | 'OTHER';
  /** NARROW, the default, is open for this one second. */
  readonly bounds?: 'OPEN' | 'NARROW' | 'AFTER_IS_NOW' | 'BEFORE_IS_NOW';
}

/** When a block is: looked up on the chain, so that edges are hit whatever happened before. */
export type TimeRef =
  | { readonly after: number }
  | {
      readonly edge: 'WINDOW_END';
      readonly account: AccountName;
      readonly key: KeyName;
      readonly token: TokenName;
      readonly offset: number;
    }
  | {
      readonly edge: 'EXPIRY' | 'EXPIRY_HOUR_END';
      readonly account: AccountName;
      readonly key: KeyName;
      readonly offset: number;
    };

export type Step =
  | { readonly kind: 'BLOCK'; readonly time: TimeRef; readonly commands: readonly Command[] }
  | { readonly kind: 'ABORT'; readonly blocks: number };

export type Sequence = readonly Step[];

export const printStep = (step: Step): string =>
  JSON.stringify(step, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
