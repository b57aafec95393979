const FELT = 'core::felt252';
const U256 = 'core::integer::u256';
const ADDRESS = 'core::starknet::contract_address::ContractAddress';
const FELTS = 'core::array::Array::<core::felt252>';
const CALLS = 'core::array::Array::<core::starknet::account::Call>';

const callable = (
  name: string,
  inputs: Readonly<Record<string, string>>,
  outputs: readonly string[],
  stateMutability: 'view' | 'external',
): object => ({
  type: 'function',
  name,
  inputs: Object.entries(inputs).map(([input, type]) => ({ name: input, type })),
  outputs: outputs.map((type) => ({ type })),
  state_mutability: stateMutability,
});

const CALL_STRUCT = {
  type: 'struct',
  name: 'core::starknet::account::Call',
  members: [
    { name: 'to', type: ADDRESS },
    { name: 'selector', type: FELT },
    { name: 'calldata', type: FELTS },
  ],
};

const U256_STRUCT = {
  type: 'struct',
  name: U256,
  members: [
    { name: 'low', type: 'core::integer::u128' },
    { name: 'high', type: 'core::integer::u128' },
  ],
};

const TRANSFER_EVENT = {
  type: 'event',
  name: 'Transfer',
  kind: 'struct',
  members: [
    { name: 'from', type: ADDRESS, kind: 'key' },
    { name: 'to', type: ADDRESS, kind: 'key' },
    { name: 'value', type: U256, kind: 'data' },
  ],
};

const TOKEN = [
  U256_STRUCT,
  callable('name', {}, ['core::byte_array::ByteArray'], 'view'),
  callable('symbol', {}, ['core::byte_array::ByteArray'], 'view'),
  callable('decimals', {}, ['core::integer::u8'], 'view'),
  callable('total_supply', {}, [U256], 'view'),
  callable('balance_of', { account: ADDRESS }, [U256], 'view'),
  callable('balanceOf', { account: ADDRESS }, [U256], 'view'),
  callable('allowance', { owner: ADDRESS, spender: ADDRESS }, [U256], 'view'),
  callable('transfer', { recipient: ADDRESS, amount: U256 }, ['core::bool'], 'external'),
  callable(
    'transfer_from',
    { sender: ADDRESS, recipient: ADDRESS, amount: U256 },
    ['core::bool'],
    'external',
  ),
  callable('approve', { spender: ADDRESS, amount: U256 }, ['core::bool'], 'external'),
  TRANSFER_EVENT,
];

const ACCOUNT = [
  CALL_STRUCT,
  callable('__validate__', { calls: CALLS }, [FELT], 'external'),
  callable(
    '__execute__',
    { calls: CALLS },
    ['core::array::Array::<core::array::Span::<core::felt252>>'],
    'external',
  ),
  callable('is_valid_signature', { hash: FELT, signature: FELTS }, [FELT], 'view'),
  callable('get_public_key', {}, [FELT], 'view'),
  callable('supports_interface', { interface_id: FELT }, ['core::bool'], 'view'),
];

const DEPLOYER = [
  callable(
    'deployContract',
    { classHash: FELT, salt: FELT, unique: 'core::bool', calldata: 'core::array::Span::<core::felt252>' },
    [ADDRESS],
    'external',
  ),
];

/** ABIs of the predeployed classes, as far as the sandbox implements them. */
export const SYSTEM_ABIS = {
  strk_token: TOKEN,
  eth_token: TOKEN,
  plain_account: ACCOUNT,
  cairo0_account: ACCOUNT,
  deployer: DEPLOYER,
  legacy_deployer: DEPLOYER,
} as const;
