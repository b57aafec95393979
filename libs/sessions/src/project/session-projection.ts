import type {
  AccountProjection,
  FactBlock,
  FoldComplaint,
  ProjectedAccount,
  ProjectedRow,
  Projection,
} from '#libs/facts';
import { KeyRows } from './key-rows.ts';
import { POLICY_WORDS, SESSION_WORDS, StateStretch } from './state-stretch.ts';

const LIFECYCLE = ['lifecycle', 'lifecycle_block', 'lifecycle_tx'] as const;
/** Sessions, policies and classes of accounts, from what their facts say. */
export const sessionProjection: Projection = {
  name: 'sessions',
  tables: [
    {
      name: 'account_versions',
      key: ['account', 'valid_from_block'],
      columns: ['valid_to_block', 'class_hash', 'public_key', 'signature_mode'],
    },
    { name: 'session_keys', key: ['account', 'session_key'], columns: ['slot_base', 'entrypoints_base'] },
    {
      name: 'session_versions',
      key: ['account', 'session_key', 'valid_from_block'],
      columns: ['valid_to_block', ...SESSION_WORDS, 'allowed_entrypoints', 'entrypoints_known', ...LIFECYCLE],
    },
    { name: 'policy_keys', key: ['account', 'session_key', 'token'], columns: ['slot_base'] },
    {
      name: 'policy_versions',
      key: ['account', 'session_key', 'token', 'valid_from_block'],
      columns: ['valid_to_block', ...POLICY_WORDS, ...LIFECYCLE],
    },
  ],
  begin: (account) => new SessionFold(account),
};

class SessionFold implements AccountProjection {
  readonly #account: ProjectedAccount;
  readonly #keys: KeyRows;
  /** What is followed, and below it what of a history is read so far: nothing is known between them. */
  readonly #stretches: readonly StateStretch[];

  constructor(account: ProjectedAccount) {
    const { address, followedFromBlock, history } = account;
    this.#account = account;
    this.#keys = new KeyRows(address);
    this.#stretches = [
      ...(history ? [new StateStretch(address, history.fromBlock, history.toBlock)] : []),
      ...(followedFromBlock === undefined ? [] : [new StateStretch(address, followedFromBlock)]),
    ];
  }

  block(block: FactBlock): void {
    this.orphaned(block);
    if (this.#account.followedFromBlock === undefined) return;
    for (const stretch of this.#stretches) stretch.block(block);
  }

  orphaned(block: FactBlock): void {
    for (const fact of block.facts) this.#keys.see(fact);
  }

  take(end: boolean): Readonly<Record<string, readonly ProjectedRow[]>> {
    return {
      account_versions: this.#stretches.flatMap((stretch) => stretch.classes.take(end)),
      session_keys: this.#keys.takeSessions(),
      session_versions: this.#stretches.flatMap((stretch) => stretch.sessions.take(end)),
      policy_keys: this.#keys.takePolicies(),
      policy_versions: this.#stretches.flatMap((stretch) => stretch.policies.take(end)),
    };
  }

  complaints(): readonly FoldComplaint[] {
    return this.#stretches.flatMap((stretch) => stretch.takeComplaints());
  }
}
