import { beforeAll } from '@jest/globals';
import { SELECTORS } from '#libs/account';
import { type Felt, splitU256, toAddress } from '#libs/felt';
import { foldSpending, writeSpending } from '#libs/spending';
import { headerOf, hexOf, testClassAbi, testClassHash, type TestDatabase } from '#libs/testing';
import {
  ACCOUNT,
  KEY,
  movedFact,
  OTHER,
  OTHER_KEY,
  SHOP,
  TOKEN,
  useFact,
} from '../../libs/spending/spec/facts.builder.ts';
import { HEAD, type ServedSpec } from './with-server.ts';

const SETTING = testClassHash('session_account_setting');
const ABI = testClassAbi('session_account_setting');
/** Not followed yet. */
export const PENDING = toAddress(0x9e4dn);
/** Of which nothing before block 50 is known. */
export const LATE = toAddress(0x1a7en);
export const COIN = toAddress(0xc014n);
/** Of which the index knows the decimals by some other account alone. */
export const FOREIGN = toAddress(0xf04e16n);
const FAR = 1_000n + 3_600n;

/** Ledgers of one account over three blocks, two keys of it, and tokens that say what they hold. Call at the top of a describe. */
export const withLedgers = (database: TestDatabase, spec: ServedSpec): void => {
  beforeAll(async () => {
    const { rows, networkId, chain } = spec;
    const blocks = [
      [97, 700n],
      [98, 800n],
      [99, 900n],
    ] as const;
    for (const [number, seconds] of blocks) await rows.head(networkId, headerOf(number, seconds));
    await rows.head(networkId, HEAD);
    await rows.account(networkId, ACCOUNT, { classHash: SETTING, abi: ABI, row: { followed_from_block: 7 } });
    await rows.account(networkId, LATE, { classHash: SETTING, abi: ABI, stateFrom: 50 });
    await rows.account(networkId, PENDING, { row: { status: 'PENDING', followed_from_block: null } });
    const listed = {
      allowed_entrypoints: [SELECTORS.transfer, SELECTORS.approve].map(hexOf),
      allowed_entrypoints_len: 2,
      valid_until_seconds: FAR,
    };
    for (const account of [ACCOUNT, LATE]) {
      await rows.session(networkId, account, KEY, listed);
      await rows.policy(networkId, account, KEY, TOKEN, {
        window_start_seconds: 950n,
        window_seconds: 3_600n,
      });
    }
    await rows.session(networkId, ACCOUNT, OTHER_KEY, { valid_until_seconds: 0n, lifecycle: 'REVOKED' });
    const entries = [
      [
        97,
        [
          useFact([{}, { name: 'approve', amount: 70n, failed: true }]),
          movedFact(0),
          movedFact(1, { from: SHOP, to: ACCOUNT, amount: 4n }),
        ],
      ],
      [
        98,
        [
          useFact([{ name: 'approve', amount: 30n }]),
          movedFact(0, { token: COIN, authorities: ['OWNER'], transactionIndex: 5 }),
        ],
      ],
      [
        99,
        [
          useFact([{ amount: 2n }, { name: 'approve', to: COIN, counted: false }], { sessionKey: OTHER_KEY }),
          movedFact(0, { amount: 2n }),
          movedFact(1, { amount: 50n, to: OTHER }),
        ],
      ],
    ] as const;
    await database.commit((trx) =>
      writeSpending(
        trx,
        networkId,
        entries.map(([number, facts]) => ({
          account: ACCOUNT,
          block: headerOf(number, 0n),
          entries: foldSpending(ACCOUNT, facts),
        })),
      ),
    );
    const token = (balance: bigint, allowed: bigint | undefined) => ({
      classHash: SETTING,
      abi: [],
      views: (selector: Felt): readonly Felt[] | undefined => {
        if (selector === SELECTORS.balance_of) return splitU256(balance);
        return selector === SELECTORS.allowance && allowed !== undefined ? splitU256(allowed) : undefined;
      },
    });
    chain.accounts.set(TOKEN, token(10_000n, 25n));
    chain.accounts.set(COIN, token(10_000n, undefined));
    chain.accounts.set(FOREIGN, token(10_000n, undefined));
  });
};
