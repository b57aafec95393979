//! Calls accounts from inside, as a paymaster does, so that an account's use is not top-level.
//! A test contract, not audited. contracts/README.md is its specification.

use array::{ArrayTrait, SpanTrait};
use starknet::ContractAddress;
use starknet::account::Call;

#[starknet::interface]
trait IForwarder<TContractState> {
    fn forward(
        ref self: TContractState, to: ContractAddress, selector: felt252, calldata: Array<felt252>
    ) -> Span<felt252>;
    fn try_forward(
        ref self: TContractState, to: ContractAddress, selector: felt252, calldata: Array<felt252>
    ) -> bool;
    fn forward_many(ref self: TContractState, calls: Array<Call>) -> Array<Span<felt252>>;
}

#[starknet::contract]
mod Forwarder {
    use array::{ArrayTrait, SpanTrait};
    use starknet::ContractAddress;
    use starknet::account::Call;
    use starknet::syscalls::call_contract_syscall;

    #[storage]
    struct Storage {}

    #[external(v0)]
    impl ForwarderImpl of super::IForwarder<ContractState> {
        fn forward(
            ref self: ContractState,
            to: ContractAddress,
            selector: felt252,
            calldata: Array<felt252>
        ) -> Span<felt252> {
            call_contract_syscall(to, selector, calldata.span()).unwrap_syscall()
        }

        /// False when the call failed: its effects are rolled back, this transaction goes on.
        fn try_forward(
            ref self: ContractState,
            to: ContractAddress,
            selector: felt252,
            calldata: Array<felt252>
        ) -> bool {
            match call_contract_syscall(to, selector, calldata.span()) {
                Result::Ok(result) => true,
                Result::Err(reason) => false,
            }
        }

        fn forward_many(ref self: ContractState, calls: Array<Call>) -> Array<Span<felt252>> {
            let mut calls = calls.span();
            let mut results = ArrayTrait::new();
            loop {
                match calls.pop_front() {
                    Option::Some(call) => {
                        let result = call_contract_syscall(
                            *call.to, *call.selector, call.calldata.span()
                        );
                        results.append(result.unwrap_syscall());
                    },
                    Option::None => {
                        break;
                    },
                };
            };
            results
        }
    }
}
