import { signEcdsa } from '#libs/account';
import { feltToHex, selectorOf, U256_MAX } from '#libs/felt';
import type { PredeployedAccount } from '../../accounts/predeployed.ts';
import type { BlockRecord } from '../../chain/block-record.ts';
import { balanceSlot, readU256 } from '../../contracts/erc20.ts';
import { ETH_ADDRESS, MINTER_ADDRESS, MINTER_PRIVATE_KEY, STRK_ADDRESS } from '../../contracts/well-known.ts';
import { u256Felts } from '../../contracts/calldata-reader.ts';
import { type InvokeTransaction, transactionHashOf } from '../../transactions/transaction.ts';
import { isPending } from '../block-json.ts';
import { readBlockId } from '../block-id-param.ts';
import { type Fields, readBoolean, readText } from '../fields.ts';
import type { Json, JsonObject } from '../json.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcContext, type RpcMethods } from '../rpc-context.ts';
import { SPEC_VERSION } from './chain-methods.ts';

const PERMISSIONED_MINT = selectorOf('permissioned_mint');
const MINT_BOUNDS = { maxPricePerUnit: 1_000_000_000n };
const DEVNET_VERSION = '0.10.1';

export const devnetMethods: RpcMethods = {
  devnet_createBlock: method([], ({ chain }) => ({ block_hash: chain.createBlock().hash })),
  devnet_abortBlocks: method(['starting_block_id'], (context, fields) => ({
    aborted: abortBlocks(context, fields).map(({ hash }) => hash),
  })),
  devnet_acceptOnL1: method(['starting_block_id'], (context, fields) => {
    const block = context.chain.findBlock(readBlockId(fields.raw('starting_block_id')));
    if (!block) throw rpcErrors.wildcard('No block found');
    if (isPending(block)) throw rpcErrors.wildcard('Pre-confirmed block cannot be accepted on L1');
    if (block.acceptedOnL1) throw rpcErrors.wildcard('Block already accepted on L1');
    return { accepted: context.chain.acceptOnL1(block.number).map(({ hash }) => hash) };
  }),
  devnet_setTime: method(['time', 'generate_block?'], ({ chain }, fields) => {
    const time = fields.number('time');
    chain.options.time.set(time);
    const isBuilt = fields.optional('generate_block', readBoolean) ?? true;
    return { block_timestamp: time, block_hash: isBuilt ? chain.createBlock().hash : null };
  }),
  devnet_increaseTime: method(['time'], ({ chain }, fields) => {
    const time = fields.number('time');
    chain.options.time.increase(time);
    return { timestamp_increased_by: time, block_hash: chain.createBlock().hash };
  }),
  devnet_mint: method(['address', 'amount', 'unit?'], mint),
  devnet_getPredeployedAccounts: method(['with_balance?'], (context, fields) => {
    const withBalance = fields.optional('with_balance', readBoolean) ?? false;
    return context.accounts.map((account) => accountToJson(context, account, withBalance));
  }),
  devnet_getAccountBalance: method(['address', 'unit?', 'block_id?'], ({ chain }, fields) => {
    const unit = readUnit(fields);
    const id = fields.optional('block_id', readBlockId) ?? { kind: 'LATEST' };
    const amount = balanceOf({ chain }, fields.address('address'), unit, chain.requireBlock(id).number);
    return { amount: amount.toString(), unit };
  }),
  devnet_getStatus: method([], ({ chain }) => ({
    block_count: chain.latest.number + 1,
    transaction_count: chain.transactionCount,
    pre_confirmed_tx_count: chain.pending.transactions.length,
    chain_id: chain.chainName,
    protocol_version: SPEC_VERSION,
    devnet_version: DEVNET_VERSION,
    is_forked: false,
    impersonated_accounts: [],
    auto_impersonate: false,
  })),
};

const abortBlocks = ({ chain }: RpcContext, fields: Fields): readonly BlockRecord[] => {
  const id = readBlockId(fields.raw('starting_block_id'));
  if (id.kind === 'PRE_CONFIRMED') chain.createBlock();
  const wanted = id.kind === 'PRE_CONFIRMED' ? chain.latest : chain.findBlock(id);
  if (!wanted) throw rpcErrors.wildcard('No block found');
  if (wanted.number === 0) throw rpcErrors.wildcard("Genesis block can't be aborted");
  return chain.abortFrom(wanted.number);
};

type Unit = 'FRI' | 'WEI';

const readUnit = (fields: Fields): Unit => {
  const unit = fields.optional('unit', readText) ?? 'FRI';
  if (unit === 'FRI' || unit === 'WEI') return unit;
  throw rpcErrors.invalidParams(`unknown variant \`${unit}\`, expected \`WEI\` or \`FRI\``);
};

const tokenOf = (unit: Unit): bigint => (unit === 'FRI' ? STRK_ADDRESS : ETH_ADDRESS);

const balanceOf = (
  { chain }: Pick<RpcContext, 'chain'>,
  account: bigint,
  unit: Unit,
  blockNumber: number,
): bigint => {
  const reader = chain.readerAt(blockNumber);
  return readU256({ read: (slot) => reader.storageAt(tokenOf(unit), slot) }, balanceSlot(account));
};

/** Minting is a transaction like any other: an INVOKE of the account that may mint. */
function mint(context: RpcContext, fields: Fields): JsonObject {
  const { chain } = context;
  const address = fields.address('address');
  const amount = readAmount(fields.raw('amount'));
  const unit = readUnit(fields);
  const calldata = [address, ...u256Felts(amount)];
  const unsigned: InvokeTransaction = {
    type: 'INVOKE',
    version: 3n,
    signature: [],
    nonce: chain.readerAt(chain.pending.number).nonceAt(MINTER_ADDRESS),
    resourceBounds: {
      l1Gas: { ...MINT_BOUNDS, maxAmount: 1_000_000n },
      l1DataGas: { ...MINT_BOUNDS, maxAmount: 1_000_000n },
      l2Gas: { ...MINT_BOUNDS, maxAmount: 1_000_000_000n },
    },
    tip: 0n,
    paymasterData: [],
    nonceMode: 'L1',
    feeMode: 'L1',
    senderAddress: MINTER_ADDRESS,
    calldata: [1n, tokenOf(unit), PERMISSIONED_MINT, BigInt(calldata.length), ...calldata],
    accountDeploymentData: [],
  };
  const { r, s } = signEcdsa(transactionHashOf(unsigned, chain.options.chainId), MINTER_PRIVATE_KEY);
  const hash = chain.submit({ ...unsigned, signature: [r, s] });
  const revertReason = chain.findTransaction(hash)?.transaction.receipt.revert_reason;
  if (revertReason !== undefined) {
    const overflow = "The requested minting amount overflows the token contract's total_supply.";
    const reason = revertReason.includes('u256_add Overflow') ? overflow : revertReason;
    throw rpcErrors.wildcard('Minting reverted', { tx_hash: hash, revert_reason: reason });
  }
  return {
    new_balance: balanceOf(context, address, unit, chain.pending.number).toString(),
    unit,
    tx_hash: hash,
  };
}

/** Amounts come as a JSON number or as decimal text. */
const readAmount = (value: Json): bigint => {
  const text = typeof value === 'number' ? BigInt(value).toString() : readText(value);
  if (!/^[0-9]+$/.test(text) || BigInt(text) > U256_MAX) throw rpcErrors.invalidParams('invalid amount');
  return BigInt(text);
};

const accountToJson = (
  context: RpcContext,
  account: PredeployedAccount,
  withBalance: boolean,
): JsonObject => {
  const balance = (unit: Unit): JsonObject => ({
    amount: balanceOf(context, account.address, unit, context.chain.pending.number).toString(),
    unit,
  });
  return {
    initial_balance: context.initialBalance.toString(),
    address: feltToHex(account.address),
    public_key: feltToHex(account.publicKey),
    private_key: feltToHex(account.privateKey),
    balance: withBalance ? { eth: balance('WEI'), strk: balance('FRI') } : null,
  };
};
