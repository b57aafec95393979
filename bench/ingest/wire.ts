/** JSON-RPC 0.10 shapes as text. Values are printed felts and numbers, so nothing needs escaping. */

export interface WireEvent {
  readonly from: string;
  readonly keys: readonly string[];
  readonly data: readonly string[];
}

export interface WireTransaction {
  readonly type: 'INVOKE' | 'DEPLOY_ACCOUNT';
  readonly hash: string;
  readonly sender: string;
  readonly nonce: number;
  readonly signature: readonly string[];
  /** Of an invoke. */
  readonly calldata: readonly string[];
  /** Of a deploy. */
  readonly deploy?: { readonly classHash: string; readonly salt: string; readonly publicKey: string };
  readonly events: readonly WireEvent[];
}

export interface WireHeader {
  readonly blockNumber: number;
  readonly blockHash: string;
  readonly parentHash: string;
  readonly timestampSeconds: number;
  readonly finality: 'ACCEPTED_ON_L2' | 'ACCEPTED_ON_L1';
  readonly stateRoot: string;
  readonly transactionCount: number;
  readonly eventCount: number;
}

const list = (felts: readonly string[]): string => (felts.length === 0 ? '[]' : `["${felts.join('","')}"]`);

const PRICE = '{"price_in_fri":"0x2a3f5c8b1d2e","price_in_wei":"0x3b9aca07"}';
const SEQUENCER = '0x1176a1bd84444c89232ec27754698e5d2e7e1a7f1539f12027f28b23ec9f3d8';
const COMMITMENT = '0x5b1c7a49a2be9f03d6a7e4f1c8b25d3e6f708192a3b4c5d6e7f80910a2b3c4d';
const BOUND = '{"max_amount":"0x186a0","max_price_per_unit":"0x5af3107a4000"}';
const TERMS =
  `"resource_bounds":{"l1_gas":${BOUND},"l1_data_gas":${BOUND},"l2_gas":${BOUND}},"tip":"0x5f5e100",` +
  '"paymaster_data":[],"nonce_data_availability_mode":"L1","fee_data_availability_mode":"L1"';
const RESOURCES = '"execution_resources":{"l1_gas":0,"l1_data_gas":512,"l2_gas":1463040}';

export const headerJson = (header: WireHeader): string =>
  `"status":"${header.finality}","block_hash":"${header.blockHash}","parent_hash":"${header.parentHash}",` +
  `"block_number":${header.blockNumber},"new_root":"${header.stateRoot}","timestamp":${header.timestampSeconds},` +
  `"sequencer_address":"${SEQUENCER}","l1_gas_price":${PRICE},"l2_gas_price":${PRICE},"l1_data_gas_price":${PRICE},` +
  `"l1_da_mode":"BLOB","starknet_version":"0.14.3","event_commitment":"${COMMITMENT}",` +
  `"transaction_commitment":"${COMMITMENT}","receipt_commitment":"${COMMITMENT}","state_diff_commitment":"${COMMITMENT}",` +
  `"event_count":${header.eventCount},"transaction_count":${header.transactionCount},"state_diff_length":64`;

const eventJson = ({ from, keys, data }: WireEvent): string =>
  `{"from_address":"${from}","keys":${list(keys)},"data":${list(data)}}`;

export const transactionJson = (transaction: WireTransaction, finality: WireHeader['finality']): string => {
  const { type, hash, sender, nonce, signature, calldata, deploy, events } = transaction;
  const body = deploy
    ? `"class_hash":"${deploy.classHash}","contract_address_salt":"${deploy.salt}",` +
      `"constructor_calldata":${list([deploy.publicKey])}`
    : `"sender_address":"${sender}","calldata":${list(calldata)},"account_deployment_data":[]`;
  const contract = deploy ? `"contract_address":"${sender}",` : '';
  return (
    `{"transaction":{"type":"${type}","version":"0x3",${body},"signature":${list(signature)},` +
    `"nonce":"0x${nonce.toString(16)}",${TERMS}},"receipt":{"type":"${type}","transaction_hash":"${hash}",${contract}` +
    `"actual_fee":{"amount":"0x1b48eb57e000","unit":"FRI"},"execution_status":"SUCCEEDED","finality_status":"${finality}",` +
    `"messages_sent":[],"events":[${events.map(eventJson).join(',')}],${RESOURCES}}}`
  );
};

export interface WireDiff {
  readonly storage: readonly {
    readonly address: string;
    readonly entries: readonly (readonly [string, string])[];
  }[];
  readonly nonces: readonly { readonly address: string; readonly nonce: number }[];
  readonly deployed: readonly { readonly address: string; readonly classHash: string }[];
}

const entryJson = ([key, value]: readonly [string, string]): string => `{"key":"${key}","value":"${value}"}`;

export const stateUpdateJson = (header: WireHeader, oldRoot: string, diff: WireDiff): string => {
  const storage = diff.storage.map(
    ({ address, entries }) =>
      `{"address":"${address}","storage_entries":[${entries.map(entryJson).join(',')}]}`,
  );
  const nonces = diff.nonces.map(
    ({ address, nonce }) => `{"contract_address":"${address}","nonce":"0x${nonce.toString(16)}"}`,
  );
  const deployed = diff.deployed.map(
    ({ address, classHash }) => `{"address":"${address}","class_hash":"${classHash}"}`,
  );
  return (
    `{"block_hash":"${header.blockHash}","new_root":"${header.stateRoot}","old_root":"${oldRoot}","state_diff":{` +
    `"storage_diffs":[${storage.join(',')}],"deprecated_declared_classes":[],"declared_classes":[],` +
    `"migrated_compiled_classes":[],"deployed_contracts":[${deployed.join(',')}],"replaced_classes":[],` +
    `"nonces":[${nonces.join(',')}]}}`
  );
};
