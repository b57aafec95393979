/** ABIs of accounts, generation by generation, as compilers write them. */
const felt = 'core::felt252';
const u32 = 'core::integer::u32';
const u64 = 'core::integer::u64';
const u256 = 'core::integer::u256';
const address = 'core::starknet::contract_address::ContractAddress';

const entrypoint = (name: string, types: readonly string[], output?: string) => ({
  type: 'function',
  name,
  inputs: types.map((type, index) => ({ name: `argument_${index}`, type })),
  outputs: output === undefined ? [] : [{ type: output }],
  state_mutability: 'external',
});

const struct = (name: string, members: Readonly<Record<string, string>>) => ({
  type: 'struct',
  name,
  members: Object.entries(members).map(([member, type]) => ({ name: member, type })),
});

export const sessionFunctions = [
  entrypoint('add_or_update_session_key', [felt, u64, u32, 'core::array::Array::<core::felt252>']),
  entrypoint('revoke_session_key', [felt]),
  entrypoint('get_session_data', [felt], 'account::SessionData'),
];

const policyFunctions = [
  entrypoint('set_spending_policy', [felt, address, u256, u256, u64]),
  entrypoint('remove_spending_policy', [felt, address]),
  entrypoint('get_spending_policy', [felt, address], 'account::SpendingPolicy'),
];

export const structs = [
  struct('core::integer::u256', { low: 'core::integer::u128', high: 'core::integer::u128' }),
  struct('account::SessionData', {
    valid_until: u64,
    max_calls: u32,
    calls_used: u32,
    allowed_entrypoints_len: u32,
  }),
  struct('account::SpendingPolicy', {
    max_per_call: u256,
    max_per_window: u256,
    window_seconds: u64,
    spent_in_window: u256,
    window_start: u64,
  }),
];

/** `members`: name to type, a leading # for a key. */
export const structEvent = (name: string, members: Readonly<Record<string, string>>) => ({
  type: 'event',
  kind: 'struct',
  name,
  members: Object.entries(members).map(([member, type]) => ({
    name: member.replace('#', ''),
    type,
    kind: member.startsWith('#') ? 'key' : 'data',
  })),
});

/** `variants`: name to type, a leading ~ for a flat one. */
export const enumEvent = (name: string, variants: Readonly<Record<string, string>>) => ({
  type: 'event',
  kind: 'enum',
  name,
  variants: Object.entries(variants).map(([variant, type]) => ({
    name: variant.replace('~', ''),
    type,
    kind: variant.startsWith('~') ? 'flat' : 'nested',
  })),
});

export const sessionEvents = [
  structEvent('account::SessionKeyAdded', { '#session_key': felt, valid_until: u64, max_calls: u32 }),
  structEvent('account::SessionKeyRevoked', { '#session_key': felt }),
  enumEvent('account::SessionComponent::Event', {
    SessionKeyAdded: 'account::SessionKeyAdded',
    SessionKeyRevoked: 'account::SessionKeyRevoked',
  }),
];

const policyEvents = [
  structEvent('policy::SpendingPolicySet', {
    '#session_key': felt,
    '#token': address,
    max_per_call: u256,
    max_per_window: u256,
    window_seconds: u64,
  }),
  structEvent('policy::SpendingPolicyRemoved', { '#session_key': felt, '#token': address }),
  enumEvent('policy::Event', {
    SpendingPolicySet: 'policy::SpendingPolicySet',
    SpendingPolicyRemoved: 'policy::SpendingPolicyRemoved',
  }),
];

/** A Cairo 2 account: functions in interfaces, two components whose events are flat or nested. */
export const cairo2Abi = (component: 'flat' | 'nested') => {
  const mark = component === 'flat' ? '~' : '';
  return [
    { type: 'impl', name: 'SessionImpl', interface_name: 'account::ISession' },
    ...structs,
    { type: 'interface', name: 'account::ISession', items: sessionFunctions },
    { type: 'interface', name: 'policy::IPolicy', items: policyFunctions },
    { type: 'constructor', name: 'constructor', inputs: [{ name: 'public_key', type: felt }] },
    ...sessionEvents,
    ...policyEvents,
    enumEvent('account::Account::Event', {
      [`${mark}SessionEvent`]: 'account::SessionComponent::Event',
      [`${mark}PolicyEvent`]: 'policy::Event',
    }),
  ];
};

/** A Cairo 1 relative: functions at the top level, events with everything in data under `inputs`. */
export const cairo1Abi = [
  ...structs,
  ...sessionFunctions,
  {
    type: 'event',
    name: 'SessionKeyRegistered',
    inputs: [
      { name: 'key', type: felt },
      { name: 'valid_after', type: u64 },
      { name: 'valid_until', type: u64 },
      { name: 'max_calls', type: u32 },
    ],
  },
  { type: 'event', name: 'SessionKeyRevoked', inputs: [{ name: 'key', type: felt }] },
];

/** A Cairo 0 relative: `keys` and `data`, names of types without paths. */
export const cairo0Abi = [
  {
    type: 'event',
    name: 'SessionKeyAdded',
    keys: [],
    data: [
      { name: 'session_key', type: 'felt' },
      { name: 'valid_until', type: 'felt' },
      { name: 'max_calls', type: 'felt' },
    ],
  },
  { type: 'event', name: 'SessionKeyRevoked', keys: [{ name: 'session_key', type: 'felt' }], data: [] },
];
