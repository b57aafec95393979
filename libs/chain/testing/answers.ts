import { feltToHex } from '#libs/felt';
import type { BlockHeader } from '../src/types.ts';

type Json = Record<string, unknown>;

const V3 = {
  version: '0x3',
  signature: ['0x1', '0x2'],
  nonce: '0x5',
  resource_bounds: {
    l1_gas: { max_amount: '0x1', max_price_per_unit: '0x2' },
    l1_data_gas: { max_amount: '0x3', max_price_per_unit: '0x4' },
    l2_gas: { max_amount: '0xffffffffffffffff', max_price_per_unit: '0xffffffffffffffffffffffffffffffff' },
  },
  tip: '0x7',
  paymaster_data: [],
  nonce_data_availability_mode: 'L1',
  fee_data_availability_mode: 'L2',
};

export const invokeAnswer = (hash = '0xaa', overrides: Json = {}): Json => ({
  transaction: {
    type: 'INVOKE',
    ...V3,
    account_deployment_data: [],
    sender_address: '0x0ACC',
    calldata: ['0x1', '0xfeed'],
    ...overrides,
  },
  receipt: receiptAnswer('INVOKE', hash),
});

export const receiptAnswer = (type: string, hash: string, overrides: Json = {}): Json => ({
  type,
  transaction_hash: hash,
  actual_fee: { unit: 'FRI', amount: '0x6b655744de000' },
  messages_sent: [],
  events: [{ from_address: '0x5', keys: ['0x99', '0x0'], data: ['0x3e8', '0x0'] }],
  execution_status: 'SUCCEEDED',
  finality_status: 'ACCEPTED_ON_L2',
  execution_resources: { l1_gas: 0, l1_data_gas: 256, l2_gas: 1889040 },
  ...overrides,
});

const invokeV0 = (): Json => ({
  transaction: {
    type: 'INVOKE',
    version: '0x0',
    contract_address: '0x77',
    calldata: [],
    signature: [],
    max_fee: '0x1',
  },
  receipt: receiptAnswer('INVOKE', '0xb0', { execution_status: 'REVERTED', revert_reason: 'no gas' }),
});

const deployAccount = (): Json => ({
  transaction: {
    type: 'DEPLOY_ACCOUNT',
    ...V3,
    contract_address_salt: '0x1',
    constructor_calldata: ['0x9'],
    class_hash: '0xc1a55',
  },
  receipt: receiptAnswer('DEPLOY_ACCOUNT', '0xb1', { contract_address: '0xdeb' }),
});

const declare = (): Json => ({
  transaction: {
    type: 'DECLARE',
    ...V3,
    account_deployment_data: [],
    sender_address: '0x78',
    class_hash: '0xc2',
  },
  receipt: receiptAnswer('DECLARE', '0xb2'),
});

const l1Handler = (): Json => ({
  transaction: {
    type: 'L1_HANDLER',
    version: '0x0',
    nonce: '0x1',
    contract_address: '0x79',
    entry_point_selector: '0x2',
    calldata: ['0x3'],
  },
  receipt: receiptAnswer('L1_HANDLER', '0xb3', { message_hash: '0x1' }),
});

/** One of each kind that is not an invoke of version 3. */
export const otherTransactions = (): Json[] => [invokeV0(), deployAccount(), declare(), l1Handler()];

export const headerAnswer = (header: BlockHeader): Json => ({
  status: header.finality,
  block_hash: feltToHex(header.blockHash),
  parent_hash: feltToHex(header.parentHash),
  block_number: header.blockNumber,
  timestamp: Number(header.timestampSeconds),
  sequencer_address: '0x1000',
  new_root: '0x0',
  starknet_version: '0.14.4',
});

export const blockAnswer = (
  header: BlockHeader,
  transactions: readonly unknown[],
  counts: Json = {},
): Json => ({
  ...headerAnswer(header),
  transaction_count: transactions.length,
  ...counts,
  transactions,
});

export const stateUpdateAnswer = (blockHash: bigint): Json => ({
  block_hash: feltToHex(blockHash),
  new_root: '0x0',
  old_root: '0x0',
  state_diff: {
    storage_diffs: [
      {
        address: '0xa',
        storage_entries: [
          { key: '0x1', value: '0x0' },
          { key: '0x2', value: '0x5' },
        ],
      },
      { address: '0xb', storage_entries: [{ key: '0x1', value: '0x7' }] },
    ],
    nonces: [{ contract_address: '0xa', nonce: '0x3' }],
    replaced_classes: [{ contract_address: '0xb', class_hash: '0xc1' }],
    deployed_contracts: [{ address: '0xc', class_hash: '0xc2' }],
    declared_classes: [],
    deprecated_declared_classes: [],
  },
});

export const eventAnswer = (blockNumber: number, overrides: Json = {}): Json => ({
  from_address: '0xa',
  keys: ['0x1', '0x2'],
  data: [],
  block_number: blockNumber,
  block_hash: feltToHex(BigInt(blockNumber) + 1000n),
  transaction_hash: feltToHex(BigInt(blockNumber) + 2000n),
  transaction_index: 0,
  event_index: 0,
  ...overrides,
});

export const invocationAnswer = (overrides: Json = {}): Json => ({
  contract_address: '0xa',
  entry_point_selector: '0x5e1',
  calldata: ['0x1'],
  caller_address: '0x0',
  class_hash: '0xc1a55',
  entry_point_type: 'EXTERNAL',
  call_type: 'CALL',
  result: [],
  calls: [],
  events: [],
  messages: [],
  execution_resources: { l1_gas: 0, l2_gas: 400000 },
  is_reverted: false,
  ...overrides,
});

export const traceAnswer = (overrides: Json = {}): Json => ({
  type: 'INVOKE',
  validate_invocation: invocationAnswer({ result: ['0x56414c4944'] }),
  execute_invocation: invocationAnswer({
    calls: [
      invocationAnswer({
        contract_address: '0xb',
        caller_address: '0xa',
        is_reverted: true,
        result: ['0x9'],
      }),
    ],
    events: [{ order: 1, keys: ['0x7'], data: ['0x8'] }],
  }),
  fee_transfer_invocation: invocationAnswer(),
  state_diff: {},
  ...overrides,
});
