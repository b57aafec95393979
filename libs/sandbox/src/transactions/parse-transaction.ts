import type { ResourceBound, ResourceBounds } from '#libs/account';
import { U128_MAX, U64_MAX } from '#libs/felt';
import { Fields } from '../rpc/fields.ts';
import type { Json } from '../rpc/json.ts';
import { rpcErrors } from '../rpc/rpc.error.ts';
import type {
  DataAvailabilityMode,
  DeployAccountTransaction,
  InvokeTransaction,
  Transaction,
} from './transaction.ts';

const VERSIONS = new Set(['0x3', '0x100000000000000000000000000000003']);

type CommonFields = Pick<
  InvokeTransaction,
  'version' | 'signature' | 'nonce' | 'resourceBounds' | 'tip' | 'paymasterData' | 'nonceMode' | 'feeMode'
>;

/** How a declared class is recognised: its hash comes from what the sandbox knows, not from its program. */
export type IdentifyClass = (contractClass: Json) => bigint;

/** Reads a broadcast transaction. @throws RpcError -32602 for anything malformed. */
export const parseTransaction = (json: Json, identifyClass: IdentifyClass): Transaction => {
  const fields = new Fields(json);
  const type = fields.text('type');
  switch (type) {
    case 'INVOKE':
      return parseInvoke(fields);
    case 'DEPLOY_ACCOUNT':
      return parseDeployAccount(fields);
    case 'DECLARE':
      return {
        type: 'DECLARE',
        ...parseCommon(fields, 'declare'),
        senderAddress: fields.address('sender_address'),
        classHash: identifyClass(fields.raw('contract_class')),
        compiledClassHash: fields.felt('compiled_class_hash'),
        accountDeploymentData: fields.felts('account_deployment_data'),
      };
    default:
      throw rpcErrors.invalidParams(
        `unknown variant \`${type}\`, expected one of \`INVOKE\`, \`DECLARE\`, \`DEPLOY_ACCOUNT\``,
      );
  }
};

const parseInvoke = (fields: Fields): InvokeTransaction => ({
  type: 'INVOKE',
  ...parseCommon(fields, 'invoke'),
  senderAddress: fields.address('sender_address'),
  calldata: fields.felts('calldata'),
  accountDeploymentData: fields.felts('account_deployment_data'),
});

const parseDeployAccount = (fields: Fields): DeployAccountTransaction => ({
  type: 'DEPLOY_ACCOUNT',
  ...parseCommon(fields, 'deploy account'),
  classHash: fields.felt('class_hash'),
  salt: fields.felt('contract_address_salt'),
  constructorCalldata: fields.felts('constructor_calldata'),
});

const parseCommon = (fields: Fields, kind: string): CommonFields => {
  const version = fields.raw('version');
  if (typeof version !== 'string' || !VERSIONS.has(version)) {
    throw rpcErrors.invalidParams(`Invalid version of ${kind} transaction: ${JSON.stringify(version)}`);
  }
  return {
    version: BigInt(version),
    signature: fields.felts('signature'),
    nonce: fields.felt('nonce'),
    resourceBounds: parseBounds(fields.struct('resource_bounds')),
    tip: fields.quantity('tip', U64_MAX),
    paymasterData: fields.felts('paymaster_data'),
    nonceMode: parseMode(fields.text('nonce_data_availability_mode')),
    feeMode: parseMode(fields.text('fee_data_availability_mode')),
  };
};

const parseBounds = (fields: Fields): ResourceBounds => ({
  l1Gas: parseBound(fields.struct('l1_gas')),
  l1DataGas: parseBound(fields.struct('l1_data_gas')),
  l2Gas: parseBound(fields.struct('l2_gas')),
});

const parseBound = (fields: Fields): ResourceBound => ({
  maxAmount: fields.quantity('max_amount', U64_MAX),
  maxPricePerUnit: fields.quantity('max_price_per_unit', U128_MAX),
});

const parseMode = (text: string): DataAvailabilityMode => {
  if (text === 'L1' || text === 'L2') return text;
  throw rpcErrors.invalidParams(`unknown variant \`${text}\`, expected \`L1\` or \`L2\``);
};
