//! A session account: SNIP-163 session keys and spending policies, SNIP-9 v2 outside execution.
//! A test contract, not audited. contracts/README.md is its specification.

use array::{ArrayTrait, SpanTrait};
use starknet::{ClassHash, ContractAddress};
use starknet::account::Call;

/// 'SETTING_ANCHORED' or 'SPEND_ANCHORED'. The build replaces this line to make the second class.
const FAMILY: felt252 = 'SETTING_ANCHORED';

// ---------------------------------------------------------------------------------------------
// Types
// ---------------------------------------------------------------------------------------------

#[derive(Copy, Drop, Serde, starknet::Store)]
struct SessionData {
    valid_until: u64,
    max_calls: u32,
    calls_used: u32,
    allowed_entrypoints_len: u32,
}

#[derive(Copy, Drop, Serde, starknet::Store)]
struct SpendingPolicy {
    max_per_call: u256,
    max_per_window: u256,
    window_seconds: u64,
    spent_in_window: u256,
    window_start: u64,
}

#[derive(Copy, Drop, Serde)]
struct OutsideExecution {
    caller: ContractAddress,
    nonce: felt252,
    execute_after: u64,
    execute_before: u64,
    calls: Span<Call>,
}

// ---------------------------------------------------------------------------------------------
// Interfaces
// ---------------------------------------------------------------------------------------------

#[starknet::interface]
trait IAccount<TContractState> {
    fn __validate__(ref self: TContractState, calls: Array<Call>) -> felt252;
    fn __execute__(ref self: TContractState, calls: Array<Call>) -> Array<Span<felt252>>;
    fn __validate_declare__(self: @TContractState, class_hash: felt252) -> felt252;
    fn __validate_deploy__(
        self: @TContractState, class_hash: felt252, salt: felt252, public_key: felt252
    ) -> felt252;
    fn is_valid_signature(
        self: @TContractState, hash: felt252, signature: Array<felt252>
    ) -> felt252;
    fn supports_interface(self: @TContractState, interface_id: felt252) -> bool;
}

#[starknet::interface]
trait IOwner<TContractState> {
    fn get_public_key(self: @TContractState) -> felt252;
    fn set_public_key(ref self: TContractState, new_public_key: felt252);
    fn upgrade(ref self: TContractState, new_class_hash: ClassHash);
}

#[starknet::interface]
trait ISessionKeys<TContractState> {
    fn add_or_update_session_key(
        ref self: TContractState,
        session_key: felt252,
        valid_until: u64,
        max_calls: u32,
        allowed_entrypoints: Array<felt252>
    );
    fn revoke_session_key(ref self: TContractState, session_key: felt252);
    fn set_session_signature_mode(ref self: TContractState, mode: u8);
    fn get_session_data(self: @TContractState, session_key: felt252) -> SessionData;
    fn get_session_allowed_entrypoints_len(self: @TContractState, session_key: felt252) -> u32;
    fn get_session_allowed_entrypoint_at(
        self: @TContractState, session_key: felt252, index: u32
    ) -> felt252;
    fn get_session_signature_mode(self: @TContractState) -> u8;
    fn compute_session_message_hash(
        self: @TContractState, calls: Array<Call>, nonce: felt252, valid_until: u64
    ) -> felt252;
}

#[starknet::interface]
trait ISpendingPolicies<TContractState> {
    fn set_spending_policy(
        ref self: TContractState,
        session_key: felt252,
        token: ContractAddress,
        max_per_call: u256,
        max_per_window: u256,
        window_seconds: u64
    );
    fn remove_spending_policy(
        ref self: TContractState, session_key: felt252, token: ContractAddress
    );
    fn get_spending_policy(
        self: @TContractState, session_key: felt252, token: ContractAddress
    ) -> SpendingPolicy;
}

#[starknet::interface]
trait IOutsideExecution<TContractState> {
    fn execute_from_outside_v2(
        ref self: TContractState, outside_execution: OutsideExecution, signature: Span<felt252>
    ) -> Array<Span<felt252>>;
    fn is_valid_outside_execution_nonce(self: @TContractState, nonce: felt252) -> bool;
}

// ---------------------------------------------------------------------------------------------
// Rules that need no storage
// ---------------------------------------------------------------------------------------------

/// sn_keccak of the names in the comments: Cairo 2.1 has no macro for it.
mod selectors {
    /// upgrade
    const UPGRADE: felt252 =
        0xf2f7c15cbe06c8d94597cd91fd7f3369eae842359235712def5584f8d270cd;
    /// add_or_update_session_key
    const ADD_OR_UPDATE_SESSION_KEY: felt252 =
        0x27d4f8b711f8a318b18cac75c0b7c9941844dbbece6f62ca10111055acb64c1;
    /// revoke_session_key
    const REVOKE_SESSION_KEY: felt252 =
        0x32d4c11046940bbba0d48557b365ca002c6adc3f58d28671c8b7542ab7d60e9;
    /// set_spending_policy
    const SET_SPENDING_POLICY: felt252 =
        0x27b6399a529753e66438fe0341234566c390277e9c20b0f556016eb33bb698;
    /// remove_spending_policy
    const REMOVE_SPENDING_POLICY: felt252 =
        0x28dac008d849601a4f136c3a869aa4dcb43907ea63ab552ecddfd2281144040;
    /// set_session_signature_mode
    const SET_SESSION_SIGNATURE_MODE: felt252 =
        0x13f83b66ca46057a0284a2b8a21e9684581944296aad36e98ddd329939accf;
    /// set_public_key
    const SET_PUBLIC_KEY: felt252 =
        0x2e3e21ff5952b2531241e37999d9c4c8b3034cccc89a202a6bf019bdf5294f9;
    /// setPublicKey
    const SET_PUBLIC_KEY_CAMEL: felt252 =
        0xbc0eb87884ab91e330445c3584a50d7ddf4b568f02fbeb456a6242cce3f5d9;
    /// __execute__
    const EXECUTE: felt252 =
        0x15d40a3d6ca2ac30f4031e42be28da9b056fef9bb7357ac5e85627ee876e5ad;
    /// __validate__
    const VALIDATE: felt252 =
        0x162da33a4585851fe8d3af3c2a9c60b557814e221e0d4f30ff0b2189d9c7775;
    /// execute_from_outside_v2
    const EXECUTE_FROM_OUTSIDE_V2: felt252 =
        0x34cc13b274446654ca3233ed2c1620d4c5d1d32fd20b47146a3371064bdc57d;
    /// executeFromOutsideV2
    const EXECUTE_FROM_OUTSIDE_V2_CAMEL: felt252 =
        0x331bf3b259f5a1d007866dc8fcf9a4571a7df3e172109206c8d1b0c65a17478;
    /// transfer
    const TRANSFER: felt252 =
        0x83afd3f4caedc6eebf44246fe54e38c95e3179a5ec9ea81740eca5b482d12e;
    /// approve
    const APPROVE: felt252 =
        0x219209e083275171774dab1df80982e9df2096516f06319c5c6d71ae0a8480c;
    /// increase_allowance
    const INCREASE_ALLOWANCE: felt252 =
        0x1d13ab0a76d7407b1d5faccd4b3d8a9efe42f3d3c21766431d4fafb30f45bd4;
    /// increaseAllowance
    const INCREASE_ALLOWANCE_CAMEL: felt252 =
        0x16cc063b8338363cf388ce7fe1df408bf10f16cd51635d392e21d852fafb683;
}

mod rules {
    use array::{ArrayTrait, SpanTrait};
    use starknet::ContractAddress;
    use starknet::account::Call;
    use super::selectors;

    fn spend_anchored() -> bool {
        super::FAMILY == 'SPEND_ANCHORED'
    }

    fn is_admin(selector: felt252) -> bool {
        selector == selectors::UPGRADE
            || selector == selectors::ADD_OR_UPDATE_SESSION_KEY
            || selector == selectors::REVOKE_SESSION_KEY
            || selector == selectors::SET_SPENDING_POLICY
            || selector == selectors::REMOVE_SPENDING_POLICY
            || selector == selectors::SET_SESSION_SIGNATURE_MODE
            || selector == selectors::SET_PUBLIC_KEY
            || selector == selectors::SET_PUBLIC_KEY_CAMEL
            || selector == selectors::EXECUTE
            || selector == selectors::VALIDATE
            || selector == selectors::EXECUTE_FROM_OUTSIDE_V2
            || selector == selectors::EXECUTE_FROM_OUTSIDE_V2_CAMEL
    }

    fn is_counted(selector: felt252) -> bool {
        selector == selectors::TRANSFER
            || selector == selectors::APPROVE
            || selector == selectors::INCREASE_ALLOWANCE
            || selector == selectors::INCREASE_ALLOWANCE_CAMEL
    }

    fn has_admin_selector(mut calls: Span<Call>) -> bool {
        loop {
            match calls.pop_front() {
                Option::Some(call) => {
                    if is_admin(*call.selector) {
                        break true;
                    }
                },
                Option::None => {
                    break false;
                },
            };
        }
    }

    fn has_call_to(mut calls: Span<Call>, target: ContractAddress) -> bool {
        loop {
            match calls.pop_front() {
                Option::Some(call) => {
                    if *call.to == target {
                        break true;
                    }
                },
                Option::None => {
                    break false;
                },
            };
        }
    }

    fn window_ended(now: u64, window_start: u64, window_seconds: u64) -> bool {
        if spend_anchored() {
            // An unstarted window opens at the first spend, and the sum below is not taken.
            if window_start == 0 {
                return true;
            }
            now > window_start + window_seconds
        } else {
            now >= window_start + window_seconds
        }
    }
}

// ---------------------------------------------------------------------------------------------
// Message hashes
// ---------------------------------------------------------------------------------------------

mod hashes {
    use array::{ArrayTrait, SpanTrait};
    use poseidon::poseidon_hash_span;
    use starknet::{get_contract_address, get_tx_info};
    use starknet::account::Call;
    use super::OutsideExecution;
    use box::BoxTrait;
    use traits::Into;

    /// selector of "StarknetDomain"("name":"shortstring","version":"shortstring",
    /// "chainId":"shortstring","revision":"shortstring")
    const DOMAIN_TYPE: felt252 = 0x1ff2f602e42168014d405a94f75e8a93d640751d71d16311266e140d8b0a210;
    /// selector of "Call"("To":"ContractAddress","Selector":"selector","Calldata":"felt*")
    const CALL_TYPE: felt252 = 0x3635c7f2a7ba93844c0d064e18e487f35ab90f7c39d00f186a781fc3f0c2ca9;
    /// selector of "OutsideExecution"("Caller":"ContractAddress","Nonce":"felt",
    /// "Execute After":"u128","Execute Before":"u128","Calls":"Call*") followed by the Call type
    const OUTSIDE_EXECUTION_TYPE: felt252 =
        0x312b56c05a7965066ddbda31c016d8d05afc305071c0ca3cdc2192c3c2f1f0f;

    fn session_hash(mode: u8, calls: Span<Call>, nonce: felt252, valid_until: u64) -> felt252 {
        let payload_hash = session_payload_hash(calls, nonce, valid_until);
        if mode == 2 {
            message_hash(domain_hash('Session.transaction'), payload_hash)
        } else {
            payload_hash
        }
    }

    fn session_payload_hash(mut calls: Span<Call>, nonce: felt252, valid_until: u64) -> felt252 {
        let mut data = ArrayTrait::new();
        data.append(get_contract_address().into());
        data.append(get_tx_info().unbox().chain_id);
        data.append(nonce);
        data.append(valid_until.into());
        loop {
            match calls.pop_front() {
                Option::Some(call) => {
                    data.append((*call.to).into());
                    data.append(*call.selector);
                    data.append(call.calldata.len().into());
                    append_all(ref data, call.calldata.span());
                },
                Option::None => {
                    break;
                },
            };
        };
        poseidon_hash_span(data.span())
    }

    /// SNIP-12 revision 1, with name 'Account.execute_from_outside' and version 2.
    fn outside_execution_hash(outside: @OutsideExecution) -> felt252 {
        let mut data = ArrayTrait::new();
        data.append(OUTSIDE_EXECUTION_TYPE);
        data.append((*outside.caller).into());
        data.append(*outside.nonce);
        data.append((*outside.execute_after).into());
        data.append((*outside.execute_before).into());
        data.append(calls_hash(*outside.calls));
        message_hash(
            domain_hash('Account.execute_from_outside'), poseidon_hash_span(data.span())
        )
    }

    fn calls_hash(mut calls: Span<Call>) -> felt252 {
        let mut data = ArrayTrait::new();
        loop {
            match calls.pop_front() {
                Option::Some(call) => {
                    data.append(call_hash(call));
                },
                Option::None => {
                    break;
                },
            };
        };
        poseidon_hash_span(data.span())
    }

    fn call_hash(call: @Call) -> felt252 {
        let mut data = ArrayTrait::new();
        data.append(CALL_TYPE);
        data.append((*call.to).into());
        data.append(*call.selector);
        data.append(poseidon_hash_span(call.calldata.span()));
        poseidon_hash_span(data.span())
    }

    /// Both domains have version 2 and revision 1, hashed as integers.
    fn domain_hash(name: felt252) -> felt252 {
        let mut data = ArrayTrait::new();
        data.append(DOMAIN_TYPE);
        data.append(name);
        data.append(2);
        data.append(get_tx_info().unbox().chain_id);
        data.append(1);
        poseidon_hash_span(data.span())
    }

    fn message_hash(domain: felt252, content: felt252) -> felt252 {
        let mut data = ArrayTrait::new();
        data.append('StarkNet Message');
        data.append(domain);
        data.append(get_contract_address().into());
        data.append(content);
        poseidon_hash_span(data.span())
    }

    fn append_all(ref data: Array<felt252>, mut values: Span<felt252>) {
        loop {
            match values.pop_front() {
                Option::Some(value) => {
                    data.append(*value);
                },
                Option::None => {
                    break;
                },
            };
        };
    }
}

// ---------------------------------------------------------------------------------------------
// The account
// ---------------------------------------------------------------------------------------------

#[starknet::contract]
mod SessionAccount {
    use array::{ArrayTrait, SpanTrait};
    use box::BoxTrait;
    use ecdsa::check_ecdsa_signature;
    use option::OptionTrait;
    use starknet::{ClassHash, ContractAddress};
    use starknet::{
        get_block_timestamp, get_caller_address, get_contract_address, get_tx_info
    };
    use starknet::account::Call;
    use starknet::syscalls::{call_contract_syscall, replace_class_syscall};
    use traits::{Into, TryInto};
    use zeroable::Zeroable;
    use super::{OutsideExecution, SessionData, SpendingPolicy};
    use super::{hashes, rules};

    const SRC5_ID: felt252 = 0x3f918d17e5ee77373b56385708f855659a07f75997f365cf87748628532a055;
    const SRC6_ID: felt252 = 0x2ceccef7f994940b3962a6c67e0ba4fcd37df7d131417c604f91e03caecc1cd;
    const SRC9_V2_ID: felt252 = 0x1d1144bb2138366ff28d8e9ab57456b1d332ac42196230c3a602003c89872;

    #[storage]
    struct Storage {
        Account_public_key: felt252,
        session_keys: LegacyMap<felt252, SessionData>,
        session_entrypoints: LegacyMap<(felt252, u32), felt252>,
        policies: LegacyMap<(felt252, ContractAddress), SpendingPolicy>,
        session_signature_mode: u8,
        SRC9_nonces: LegacyMap<felt252, bool>,
    }

    // ------------------------------------------------------------------------------- events

    #[event]
    #[derive(Drop, starknet::Event)]
    enum Event {
        OwnerAdded: OwnerAdded,
        OwnerRemoved: OwnerRemoved,
        Upgraded: Upgraded,
        SessionKeyAdded: SessionKeyAdded,
        SessionKeyRevoked: SessionKeyRevoked,
        SessionSignatureModeUpdated: SessionSignatureModeUpdated,
        SpendingPolicySet: SpendingPolicySet,
        SpendingPolicyRemoved: SpendingPolicyRemoved,
        CallFailed: CallFailed,
    }

    #[derive(Drop, starknet::Event)]
    struct OwnerAdded {
        #[key]
        new_owner_guid: felt252,
    }

    #[derive(Drop, starknet::Event)]
    struct OwnerRemoved {
        #[key]
        removed_owner_guid: felt252,
    }

    #[derive(Drop, starknet::Event)]
    struct Upgraded {
        class_hash: ClassHash,
    }

    #[derive(Drop, starknet::Event)]
    struct SessionKeyAdded {
        #[key]
        session_key: felt252,
        valid_until: u64,
        max_calls: u32,
    }

    #[derive(Drop, starknet::Event)]
    struct SessionKeyRevoked {
        #[key]
        session_key: felt252,
    }

    #[derive(Drop, starknet::Event)]
    struct SessionSignatureModeUpdated {
        old_mode: u8,
        new_mode: u8,
    }

    #[derive(Drop, starknet::Event)]
    struct SpendingPolicySet {
        #[key]
        session_key: felt252,
        #[key]
        token: ContractAddress,
        max_per_call: u256,
        max_per_window: u256,
        window_seconds: u64,
    }

    #[derive(Drop, starknet::Event)]
    struct SpendingPolicyRemoved {
        #[key]
        session_key: felt252,
        #[key]
        token: ContractAddress,
    }

    #[derive(Drop, starknet::Event)]
    struct CallFailed {
        #[key]
        call_index: u32,
        to: ContractAddress,
        selector: felt252,
    }

    #[constructor]
    fn constructor(ref self: ContractState, public_key: felt252) {
        self.Account_public_key.write(public_key);
        self.emit(OwnerAdded { new_owner_guid: public_key });
    }

    // ----------------------------------------------------------------- validate and execute

    #[external(v0)]
    impl AccountImpl of super::IAccount<ContractState> {
        fn __validate__(ref self: ContractState, calls: Array<Call>) -> felt252 {
            assert_called_by_protocol();
            let tx = get_tx_info().unbox();
            if tx.signature.len() != 4 {
                return valid_or_zero(self.is_owner_signature(tx.transaction_hash, tx.signature));
            }
            if !self.is_session_invoke_valid(calls.span(), tx.nonce, tx.signature) {
                return 0;
            }
            // Written here, so it stays when `__execute__` reverts.
            self.consume_call(*tx.signature.at(0));
            starknet::VALIDATED
        }

        fn __execute__(ref self: ContractState, calls: Array<Call>) -> Array<Span<felt252>> {
            assert_called_by_protocol();
            let signature = get_tx_info().unbox().signature;
            if signature.len() == 4 {
                self.debit_calls(*signature.at(0), calls.span());
            }
            self.run_calls(calls.span())
        }

        fn __validate_declare__(self: @ContractState, class_hash: felt252) -> felt252 {
            self.validate_owner()
        }

        fn __validate_deploy__(
            self: @ContractState, class_hash: felt252, salt: felt252, public_key: felt252
        ) -> felt252 {
            self.validate_owner()
        }

        fn is_valid_signature(
            self: @ContractState, hash: felt252, signature: Array<felt252>
        ) -> felt252 {
            let signature = signature.span();
            if signature.len() == 4 {
                return valid_or_zero(self.is_session_signature(hash, signature));
            }
            valid_or_zero(self.is_owner_signature(hash, signature))
        }

        fn supports_interface(self: @ContractState, interface_id: felt252) -> bool {
            interface_id == SRC5_ID || interface_id == SRC6_ID || interface_id == SRC9_V2_ID
        }
    }

    // -------------------------------------------------------------------------------- owner

    #[external(v0)]
    impl OwnerImpl of super::IOwner<ContractState> {
        fn get_public_key(self: @ContractState) -> felt252 {
            self.Account_public_key.read()
        }

        fn set_public_key(ref self: ContractState, new_public_key: felt252) {
            assert_self_call();
            self.emit(OwnerRemoved { removed_owner_guid: self.Account_public_key.read() });
            self.Account_public_key.write(new_public_key);
            self.emit(OwnerAdded { new_owner_guid: new_public_key });
        }

        fn upgrade(ref self: ContractState, new_class_hash: ClassHash) {
            assert_self_call();
            replace_class_syscall(new_class_hash).unwrap_syscall();
            self.emit(Upgraded { class_hash: new_class_hash });
        }
    }

    // ------------------------------------------------------------------------- session keys

    #[external(v0)]
    impl SessionKeysImpl of super::ISessionKeys<ContractState> {
        fn add_or_update_session_key(
            ref self: ContractState,
            session_key: felt252,
            valid_until: u64,
            max_calls: u32,
            allowed_entrypoints: Array<felt252>
        ) {
            assert_self_call();
            if rules::spend_anchored() {
                assert(session_key != 0, 'Session: zero key');
                assert(valid_until > 0, 'Session: zero expiry');
                assert(max_calls > 0, 'Session: zero calls');
            }
            let entrypoints = allowed_entrypoints.span();
            self.clear_entrypoints(session_key);
            self.write_entrypoints(session_key, entrypoints);
            let session = SessionData {
                valid_until,
                max_calls,
                calls_used: 0,
                allowed_entrypoints_len: entrypoints.len()
            };
            self.session_keys.write(session_key, session);
            self.emit(SessionKeyAdded { session_key, valid_until, max_calls });
        }

        fn revoke_session_key(ref self: ContractState, session_key: felt252) {
            assert_self_call();
            if rules::spend_anchored() {
                let session = self.session_keys.read(session_key);
                assert(session.valid_until != 0, 'Session: not registered');
            }
            self.clear_entrypoints(session_key);
            let session = SessionData {
                valid_until: 0, max_calls: 0, calls_used: 0, allowed_entrypoints_len: 0
            };
            self.session_keys.write(session_key, session);
            self.emit(SessionKeyRevoked { session_key });
        }

        fn set_session_signature_mode(ref self: ContractState, mode: u8) {
            assert_self_call();
            assert(mode == 1 || mode == 2, 'Session: invalid mode');
            let old_mode = self.session_signature_mode.read();
            assert(mode >= old_mode, 'Session: mode downgrade');
            self.session_signature_mode.write(mode);
            self.emit(SessionSignatureModeUpdated { old_mode, new_mode: mode });
        }

        fn get_session_data(self: @ContractState, session_key: felt252) -> SessionData {
            self.session_keys.read(session_key)
        }

        fn get_session_allowed_entrypoints_len(
            self: @ContractState, session_key: felt252
        ) -> u32 {
            self.session_keys.read(session_key).allowed_entrypoints_len
        }

        fn get_session_allowed_entrypoint_at(
            self: @ContractState, session_key: felt252, index: u32
        ) -> felt252 {
            self.session_entrypoints.read((session_key, index))
        }

        fn get_session_signature_mode(self: @ContractState) -> u8 {
            self.session_signature_mode.read()
        }

        fn compute_session_message_hash(
            self: @ContractState, calls: Array<Call>, nonce: felt252, valid_until: u64
        ) -> felt252 {
            hashes::session_hash(
                self.session_signature_mode.read(), calls.span(), nonce, valid_until
            )
        }
    }

    // -------------------------------------------------------------------- spending policies

    #[external(v0)]
    impl SpendingPoliciesImpl of super::ISpendingPolicies<ContractState> {
        fn set_spending_policy(
            ref self: ContractState,
            session_key: felt252,
            token: ContractAddress,
            max_per_call: u256,
            max_per_window: u256,
            window_seconds: u64
        ) {
            assert_self_call();
            let window_start = if rules::spend_anchored() {
                0
            } else {
                get_block_timestamp()
            };
            let policy = SpendingPolicy {
                max_per_call, max_per_window, window_seconds, spent_in_window: 0, window_start
            };
            self.policies.write((session_key, token), policy);
            self
                .emit(
                    SpendingPolicySet {
                        session_key, token, max_per_call, max_per_window, window_seconds
                    }
                );
        }

        fn remove_spending_policy(
            ref self: ContractState, session_key: felt252, token: ContractAddress
        ) {
            assert_self_call();
            let policy = SpendingPolicy {
                max_per_call: 0,
                max_per_window: 0,
                window_seconds: 0,
                spent_in_window: 0,
                window_start: 0
            };
            self.policies.write((session_key, token), policy);
            self.emit(SpendingPolicyRemoved { session_key, token });
        }

        fn get_spending_policy(
            self: @ContractState, session_key: felt252, token: ContractAddress
        ) -> SpendingPolicy {
            self.policies.read((session_key, token))
        }
    }

    // -------------------------------------------------------------- outside execution (SNIP-9)

    #[external(v0)]
    impl OutsideExecutionImpl of super::IOutsideExecution<ContractState> {
        fn execute_from_outside_v2(
            ref self: ContractState, outside_execution: OutsideExecution, signature: Span<felt252>
        ) -> Array<Span<felt252>> {
            assert_outside_caller(outside_execution.caller);
            let now = get_block_timestamp();
            assert(outside_execution.execute_after < now, 'SRC9: now <= execute_after');
            assert(now < outside_execution.execute_before, 'SRC9: now >= execute_before');
            let nonce = outside_execution.nonce;
            assert(!self.SRC9_nonces.read(nonce), 'SRC9: duplicated nonce');
            self.SRC9_nonces.write(nonce, true);

            let hash = hashes::outside_execution_hash(@outside_execution);
            if signature.len() == 4 {
                self.use_session_from_outside(hash, outside_execution.calls, signature);
            } else {
                assert(self.is_owner_signature(hash, signature), 'SRC9: invalid signature');
            }
            self.run_calls(outside_execution.calls)
        }

        fn is_valid_outside_execution_nonce(self: @ContractState, nonce: felt252) -> bool {
            !self.SRC9_nonces.read(nonce)
        }
    }

    // ----------------------------------------------------------------------- session rules

    #[generate_trait]
    impl SessionRules of SessionRulesTrait {
        /// The INVOKE path: the signature's own expiry comes first, and nothing panics.
        fn is_session_invoke_valid(
            self: @ContractState, calls: Span<Call>, nonce: felt252, signature: Span<felt252>
        ) -> bool {
            let valid_until: u64 = match (*signature.at(3)).try_into() {
                Option::Some(valid_until) => valid_until,
                Option::None => {
                    return false;
                },
            };
            if get_block_timestamp() > valid_until {
                return false;
            }
            if !self.session_allows(*signature.at(0), calls) {
                return false;
            }
            let mode = self.session_signature_mode.read();
            let hash = hashes::session_hash(mode, calls, nonce, valid_until);
            is_signed_by_session(hash, signature)
        }

        /// The SNIP-9 path: the signature's own expiry comes last, and each refusal has a text.
        fn use_session_from_outside(
            ref self: ContractState, hash: felt252, calls: Span<Call>, signature: Span<felt252>
        ) {
            let session_key = *signature.at(0);
            let valid_until: u64 = (*signature.at(3))
                .try_into()
                .expect('Session: valid_until exceeded');
            let session = self.session_keys.read(session_key);
            assert(valid_until <= session.valid_until, 'Session: valid_until exceeded');
            assert(self.session_allows(session_key, calls), 'Session: unauthorized selector');
            assert(get_block_timestamp() <= valid_until, 'SRC9: invalid signature');
            assert(is_signed_by_session(hash, signature), 'SRC9: invalid signature');
            self.consume_call(session_key);
            self.debit_calls(session_key, calls);
        }

        /// Accepts any hash: no whitelist, no budget, no count.
        fn is_session_signature(
            self: @ContractState, hash: felt252, signature: Span<felt252>
        ) -> bool {
            let valid_until: u64 = match (*signature.at(3)).try_into() {
                Option::Some(valid_until) => valid_until,
                Option::None => {
                    return false;
                },
            };
            if !is_live(self.session_keys.read(*signature.at(0))) {
                return false;
            }
            if get_block_timestamp() > valid_until {
                return false;
            }
            is_signed_by_session(hash, signature)
        }

        fn session_allows(
            self: @ContractState, session_key: felt252, calls: Span<Call>
        ) -> bool {
            let session = self.session_keys.read(session_key);
            if !is_live(session) {
                return false;
            }
            if rules::has_admin_selector(calls) {
                return false;
            }
            // SETTING_ANCHORED lets a key with a whitelist call its own account.
            if rules::spend_anchored() || session.allowed_entrypoints_len == 0 {
                if rules::has_call_to(calls, get_contract_address()) {
                    return false;
                }
            }
            if session.allowed_entrypoints_len == 0 {
                return true;
            }
            self.all_listed(session_key, session.allowed_entrypoints_len, calls)
        }

        fn all_listed(
            self: @ContractState, session_key: felt252, len: u32, mut calls: Span<Call>
        ) -> bool {
            loop {
                match calls.pop_front() {
                    Option::Some(call) => {
                        if !self.is_listed(session_key, len, *call.selector) {
                            break false;
                        }
                    },
                    Option::None => {
                        break true;
                    },
                };
            }
        }

        fn is_listed(
            self: @ContractState, session_key: felt252, len: u32, selector: felt252
        ) -> bool {
            let mut index = 0;
            loop {
                if index == len {
                    break false;
                }
                if self.session_entrypoints.read((session_key, index)) == selector {
                    break true;
                }
                index += 1;
            }
        }

        fn consume_call(ref self: ContractState, session_key: felt252) {
            let mut session = self.session_keys.read(session_key);
            session.calls_used += 1;
            self.session_keys.write(session_key, session);
        }

        fn clear_entrypoints(ref self: ContractState, session_key: felt252) {
            let len = self.session_keys.read(session_key).allowed_entrypoints_len;
            let mut index = 0;
            loop {
                if index == len {
                    break;
                }
                self.session_entrypoints.write((session_key, index), 0);
                index += 1;
            };
        }

        fn write_entrypoints(
            ref self: ContractState, session_key: felt252, mut entrypoints: Span<felt252>
        ) {
            let mut index = 0;
            loop {
                match entrypoints.pop_front() {
                    Option::Some(entrypoint) => {
                        self.session_entrypoints.write((session_key, index), *entrypoint);
                        index += 1;
                    },
                    Option::None => {
                        break;
                    },
                };
            };
        }
    }

    // ---------------------------------------------------------------------- spending rules

    #[generate_trait]
    impl SpendingRules of SpendingRulesTrait {
        /// All debits come before the first inner call: a call that fails later stays debited.
        fn debit_calls(ref self: ContractState, session_key: felt252, mut calls: Span<Call>) {
            loop {
                match calls.pop_front() {
                    Option::Some(call) => {
                        if rules::is_counted(*call.selector) {
                            self.debit_call(session_key, *call.to, call.calldata.span());
                        }
                    },
                    Option::None => {
                        break;
                    },
                };
            };
        }

        fn debit_call(
            ref self: ContractState,
            session_key: felt252,
            token: ContractAddress,
            calldata: Span<felt252>
        ) {
            let mut policy = self.policies.read((session_key, token));
            if policy.max_per_window == 0 {
                return;
            }
            assert(calldata.len() >= 3, 'Spending: calldata too short');
            let amount = u256 {
                low: (*calldata.at(1)).try_into().expect('Spending: invalid amount'),
                high: (*calldata.at(2)).try_into().expect('Spending: invalid amount')
            };
            assert(amount <= policy.max_per_call, 'Spending: exceeds per-call');
            let now = get_block_timestamp();
            if rules::window_ended(now, policy.window_start, policy.window_seconds) {
                policy.spent_in_window = 0;
                policy.window_start = now;
            }
            let spent = policy.spent_in_window + amount;
            assert(spent <= policy.max_per_window, 'Spending: exceeds window limit');
            policy.spent_in_window = spent;
            self.policies.write((session_key, token), policy);
        }
    }

    // ------------------------------------------------------------------------- inner calls

    #[generate_trait]
    impl InnerCalls of InnerCallsTrait {
        fn run_calls(ref self: ContractState, mut calls: Span<Call>) -> Array<Span<felt252>> {
            let mut results = ArrayTrait::new();
            let mut call_index = 0;
            loop {
                match calls.pop_front() {
                    Option::Some(call) => {
                        results.append(self.run_call(call_index, call));
                        call_index += 1;
                    },
                    Option::None => {
                        break;
                    },
                };
            };
            results
        }

        fn run_call(ref self: ContractState, call_index: u32, call: @Call) -> Span<felt252> {
            let to = *call.to;
            let selector = *call.selector;
            match call_contract_syscall(to, selector, call.calldata.span()) {
                Result::Ok(result) => result,
                Result::Err(reason) => {
                    if rules::spend_anchored() {
                        self.emit(CallFailed { call_index, to, selector });
                    }
                    ArrayTrait::new().span()
                },
            }
        }
    }

    // -------------------------------------------------------------------- owner's signature

    #[generate_trait]
    impl OwnerRules of OwnerRulesTrait {
        fn is_owner_signature(
            self: @ContractState, hash: felt252, signature: Span<felt252>
        ) -> bool {
            if signature.len() != 2 {
                return false;
            }
            let public_key = self.Account_public_key.read();
            check_ecdsa_signature(hash, public_key, *signature.at(0), *signature.at(1))
        }

        fn validate_owner(self: @ContractState) -> felt252 {
            let tx = get_tx_info().unbox();
            valid_or_zero(self.is_owner_signature(tx.transaction_hash, tx.signature))
        }
    }

    // -------------------------------------------------------------------------- small checks

    /// Registered, not expired (inclusive) and with calls left.
    fn is_live(session: SessionData) -> bool {
        if session.valid_until == 0 {
            return false;
        }
        if get_block_timestamp() > session.valid_until {
            return false;
        }
        session.calls_used < session.max_calls
    }

    fn is_signed_by_session(hash: felt252, signature: Span<felt252>) -> bool {
        check_ecdsa_signature(hash, *signature.at(0), *signature.at(1), *signature.at(2))
    }

    fn valid_or_zero(valid: bool) -> felt252 {
        if valid {
            starknet::VALIDATED
        } else {
            0
        }
    }

    fn assert_called_by_protocol() {
        assert(get_caller_address().is_zero(), 'Account: invalid caller');
    }

    fn assert_self_call() {
        assert(get_caller_address() == get_contract_address(), 'Account: unauthorized');
    }

    fn assert_outside_caller(caller: ContractAddress) {
        let caller_felt: felt252 = caller.into();
        let anyone = caller_felt == 'ANY_CALLER' || caller_felt == 0;
        assert(anyone || caller == get_caller_address(), 'SRC9: invalid caller');
    }
}
