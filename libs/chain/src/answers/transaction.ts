import type { Address } from '#libs/felt';
import type { ChainEvent, ResourceBound, TransactionReceipt, TransactionV3Terms } from '../types.ts';
import {
  addressField,
  arrayField,
  asObject,
  classHashField,
  feltField,
  feltsField,
  hexIntegerField,
  type JsonObject,
  objectField,
  textField,
  wordField,
} from './fields.ts';
import { mismatch } from './header.ts';

const TYPES = ['INVOKE', 'DEPLOY_ACCOUNT', 'DEPLOY', 'DECLARE', 'L1_HANDLER'] as const;
const STATUSES = ['SUCCEEDED', 'REVERTED'] as const;
const LAYERS = ['L1', 'L2'] as const;

/** Reads one `{transaction, receipt}` of a block with receipts. */
export const readTransaction = (item: unknown, transactionIndex: number): TransactionReceipt => {
  const raw = asObject(item, 'transaction');
  const transaction = objectField(raw, 'transaction');
  const receipt = objectField(raw, 'receipt');
  const type = wordField(transaction, 'type', TYPES);
  if (receipt['type'] !== type) throw mismatch('a receipt is of another type than its transaction');
  const executionStatus = wordField(receipt, 'execution_status', STATUSES);
  const version = hexIntegerField(transaction, 'version');
  return {
    transactionHash: feltField(receipt, 'transaction_hash'),
    transactionIndex,
    type,
    version,
    executionStatus,
    ...(executionStatus === 'REVERTED' ? { revertReason: revertReasonOf(receipt) } : {}),
    actualFee: readFee(objectField(receipt, 'actual_fee')),
    events: readEvents(receipt),
    ...readSender(transaction, receipt, type),
    ...readPayload(transaction),
    ...(version === 3n && type !== 'L1_HANDLER' ? { v3: readV3Terms(transaction) } : {}),
  };
};

export const readEvent = (item: unknown): ChainEvent => {
  const raw = asObject(item, 'event');
  return {
    fromAddress: addressField(raw, 'from_address'),
    keys: feltsField(raw, 'keys'),
    data: feltsField(raw, 'data'),
  };
};

const readEvents = (receipt: JsonObject): ChainEvent[] => {
  const items = arrayField(receipt, 'events');
  const events = new Array<ChainEvent>(items.length);
  for (let index = 0; index < items.length; index += 1) events[index] = readEvent(items[index]);
  return events;
};

const revertReasonOf = (receipt: JsonObject): string =>
  typeof receipt['revert_reason'] === 'string' ? receipt['revert_reason'] : '';

const readFee = (fee: JsonObject): TransactionReceipt['actualFee'] => ({
  amount: hexIntegerField(fee, 'amount'),
  unit: textField(fee, 'unit'),
});

const readSender = (
  transaction: JsonObject,
  receipt: JsonObject,
  type: TransactionReceipt['type'],
): { senderAddress?: Address } => {
  switch (type) {
    case 'INVOKE': // version 0 named its contract instead of a sender
      return {
        senderAddress:
          transaction['sender_address'] === undefined
            ? addressField(transaction, 'contract_address')
            : addressField(transaction, 'sender_address'),
      };
    case 'DECLARE':
      return { senderAddress: addressField(transaction, 'sender_address') };
    case 'DEPLOY':
    case 'DEPLOY_ACCOUNT':
      return { senderAddress: addressField(receipt, 'contract_address') };
    case 'L1_HANDLER':
      // Sent by L1 to an address that the sender chose: nobody here sent it, and it may be no address at all.
      return {};
  }
};

const readPayload = (
  raw: JsonObject,
): Pick<TransactionReceipt, 'calldata' | 'signature' | 'nonce' | 'classHash'> => ({
  ...(raw['calldata'] !== undefined ? { calldata: feltsField(raw, 'calldata') } : {}),
  ...(raw['constructor_calldata'] !== undefined ? { calldata: feltsField(raw, 'constructor_calldata') } : {}),
  ...(raw['signature'] !== undefined ? { signature: feltsField(raw, 'signature') } : {}),
  ...(raw['nonce'] !== undefined ? { nonce: hexIntegerField(raw, 'nonce') } : {}),
  ...(raw['class_hash'] !== undefined ? { classHash: classHashField(raw, 'class_hash') } : {}),
});

const readV3Terms = (raw: JsonObject): TransactionV3Terms => {
  const bounds = objectField(raw, 'resource_bounds');
  return {
    tip: hexIntegerField(raw, 'tip'),
    l1Gas: readBound(objectField(bounds, 'l1_gas')),
    l2Gas: readBound(objectField(bounds, 'l2_gas')),
    ...(bounds['l1_data_gas'] !== undefined
      ? { l1DataGas: readBound(objectField(bounds, 'l1_data_gas')) }
      : {}),
    paymasterData: feltsField(raw, 'paymaster_data'),
    // Deploys have no such field: they are the deployment.
    accountDeploymentData:
      raw['account_deployment_data'] === undefined ? [] : feltsField(raw, 'account_deployment_data'),
    nonceDataAvailabilityMode: wordField(raw, 'nonce_data_availability_mode', LAYERS),
    feeDataAvailabilityMode: wordField(raw, 'fee_data_availability_mode', LAYERS),
    ...(raw['proof_facts'] !== undefined ? { proofFacts: feltsField(raw, 'proof_facts') } : {}),
  };
};

const readBound = (raw: JsonObject): ResourceBound => ({
  maxAmount: hexIntegerField(raw, 'max_amount'),
  maxPricePerUnit: hexIntegerField(raw, 'max_price_per_unit'),
});
