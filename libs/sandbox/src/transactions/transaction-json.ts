import type { ResourceBounds } from '#libs/account';
import { feltToHex } from '#libs/felt';
import type { JsonObject } from '../rpc/json.ts';
import { deployedAddressOf, type Transaction } from './transaction.ts';

export const hexList = (values: readonly bigint[]): string[] => values.map(feltToHex);

/** A transaction as the node returns it, without its hash; members in devnet's order. */
export const transactionToJson = (transaction: Transaction): JsonObject => {
  const common = {
    version: feltToHex(transaction.version),
    signature: hexList(transaction.signature),
    nonce: feltToHex(transaction.nonce),
    resource_bounds: boundsToJson(transaction.resourceBounds),
    tip: feltToHex(transaction.tip),
    paymaster_data: hexList(transaction.paymasterData),
    nonce_data_availability_mode: transaction.nonceMode,
    fee_data_availability_mode: transaction.feeMode,
  };
  switch (transaction.type) {
    case 'INVOKE':
      return {
        type: 'INVOKE',
        ...common,
        account_deployment_data: hexList(transaction.accountDeploymentData),
        sender_address: feltToHex(transaction.senderAddress),
        calldata: hexList(transaction.calldata),
      };
    case 'DEPLOY_ACCOUNT':
      return {
        type: 'DEPLOY_ACCOUNT',
        ...common,
        contract_address_salt: feltToHex(transaction.salt),
        constructor_calldata: hexList(transaction.constructorCalldata),
        class_hash: feltToHex(transaction.classHash),
      };
    case 'DECLARE':
      return {
        type: 'DECLARE',
        ...common,
        sender_address: feltToHex(transaction.senderAddress),
        compiled_class_hash: feltToHex(transaction.compiledClassHash),
        class_hash: feltToHex(transaction.classHash),
        account_deployment_data: hexList(transaction.accountDeploymentData),
      };
  }
};

/** `contract_address` of a receipt: only a deployed account has one. */
export const receiptAddressOf = (transaction: Transaction): string | undefined =>
  transaction.type === 'DEPLOY_ACCOUNT' ? feltToHex(deployedAddressOf(transaction)) : undefined;

const boundsToJson = (bounds: ResourceBounds): JsonObject => ({
  l1_gas: boundToJson(bounds.l1Gas),
  l1_data_gas: boundToJson(bounds.l1DataGas),
  l2_gas: boundToJson(bounds.l2Gas),
});

const boundToJson = (bound: { maxAmount: bigint; maxPricePerUnit: bigint }): JsonObject => ({
  max_amount: feltToHex(bound.maxAmount),
  max_price_per_unit: feltToHex(bound.maxPricePerUnit),
});
