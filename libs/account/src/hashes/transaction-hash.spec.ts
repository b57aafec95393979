import { describe, expect, it } from '@jest/globals';
import { encodeShortString, feltToHex, toClassHash, toFelt, U128_MAX, U64_MAX } from '#libs/felt';
import fc from 'fast-check';
import { hash } from 'starknet';
import { ACCOUNT, anyAddress, anyFelt, anyU64, codeOf } from '../../spec/account.builder.ts';
import { contractAddressOf } from './contract-address.ts';
import {
  declareV3TransactionHash,
  deployAccountV3TransactionHash,
  invokeV3TransactionHash,
} from './transaction-hash.ts';
import type { ResourceBounds } from './transaction-hash.ts';

const anyBound = fc.record({ maxAmount: anyU64, maxPricePerUnit: fc.bigInt(0n, U128_MAX) });
const anyFelts = fc.array(anyFelt, { maxLength: 4 });
const anyCommon = fc.record({
  chainId: fc.constantFrom('SN_MAIN', 'SN_SEPOLIA').map(encodeShortString),
  nonce: anyU64,
  tip: anyU64,
  resourceBounds: fc.record({ l1Gas: anyBound, l1DataGas: anyBound, l2Gas: anyBound }),
  paymasterData: anyFelts,
  nonceDataAvailabilityMode: fc.constantFrom(0, 1),
  feeDataAvailabilityMode: fc.constantFrom(0, 1),
});
type Common = typeof anyCommon extends fc.Arbitrary<infer T> ? T : never;

const theirBounds = ({ l1Gas, l1DataGas, l2Gas }: ResourceBounds) => {
  const [l1_gas, l1_data_gas, l2_gas] = [l1Gas, l1DataGas, l2Gas].map((bound) => ({
    max_amount: bound.maxAmount,
    max_price_per_unit: bound.maxPricePerUnit,
  }));
  return { l1_gas: l1_gas!, l1_data_gas: l1_data_gas!, l2_gas: l2_gas! };
};
const theirCommon = (tx: Common) => ({
  version: '0x3' as const,
  chainId: feltToHex(tx.chainId) as never,
  nonce: tx.nonce,
  tip: tx.tip,
  resourceBounds: theirBounds(tx.resourceBounds),
  paymasterData: tx.paymasterData,
  nonceDataAvailabilityMode: tx.nonceDataAvailabilityMode,
  feeDataAvailabilityMode: tx.feeDataAvailabilityMode,
});

describe('transaction hash, version 3', () => {
  it('of an invoke agrees with starknet.js, proof facts included', () => {
    fc.assert(
      fc.property(
        anyCommon,
        anyAddress,
        anyFelts,
        anyFelts,
        anyFelts,
        (common, sender, calldata, deployment, facts) => {
          const theirs = hash.calculateInvokeTransactionHash({
            ...theirCommon(common),
            senderAddress: feltToHex(sender),
            compiledCalldata: calldata.map(feltToHex),
            accountDeploymentData: deployment,
            proofFacts: facts,
          });
          const ours = invokeV3TransactionHash({
            ...common,
            senderAddress: sender,
            calldata,
            accountDeploymentData: deployment,
            proofFacts: facts,
          });
          expect(feltToHex(ours)).toBe(theirs);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of a deploy account agrees with starknet.js', () => {
    fc.assert(
      fc.property(anyCommon, anyFelt, anyFelt, anyFelts, (common, classHash, salt, calldata) => {
        const deployed = { classHash: toClassHash(classHash), salt, constructorCalldata: calldata };
        const theirs = hash.calculateDeployAccountTransactionHash({
          ...theirCommon(common),
          contractAddress: feltToHex(contractAddressOf({ ...deployed, deployer: 0n })),
          classHash: feltToHex(classHash),
          compiledConstructorCalldata: calldata.map(feltToHex),
          salt,
        });
        expect(feltToHex(deployAccountV3TransactionHash({ ...common, ...deployed }))).toBe(theirs);
      }),
      { numRuns: 20 },
    );
  });

  it('of a declare agrees with starknet.js', () => {
    fc.assert(
      fc.property(
        anyCommon,
        anyAddress,
        anyFelt,
        anyFelt,
        anyFelts,
        (common, sender, classHash, compiled, deployment) => {
          const theirs = hash.calculateDeclareTransactionHash({
            ...theirCommon(common),
            senderAddress: feltToHex(sender),
            classHash: feltToHex(classHash),
            compiledClassHash: feltToHex(compiled),
            accountDeploymentData: deployment,
          });
          const ours = declareV3TransactionHash({
            ...common,
            senderAddress: sender,
            classHash: toClassHash(classHash),
            compiledClassHash: compiled,
            accountDeploymentData: deployment,
          });
          expect(feltToHex(ours)).toBe(theirs);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('takes lists left out as empty, modes left out as 0, and a query version as given', () => {
    const zero = { maxAmount: 0n, maxPricePerUnit: 0n };
    const resourceBounds = { l1Gas: zero, l1DataGas: zero, l2Gas: zero };
    const bare = {
      chainId: encodeShortString('SN_MAIN'),
      nonce: 0n,
      tip: 0n,
      resourceBounds,
      senderAddress: ACCOUNT,
      calldata: [],
    };
    const full = { ...bare, paymasterData: [], accountDeploymentData: [], proofFacts: [], version: 3n };
    expect(invokeV3TransactionHash(bare)).toBe(invokeV3TransactionHash(full));
    expect(invokeV3TransactionHash({ ...bare, version: 3n + 2n ** 128n })).not.toBe(
      invokeV3TransactionHash(bare),
    );
  });

  it('refuses bounds, tips and modes beyond their types', () => {
    const zero = { maxAmount: 0n, maxPricePerUnit: 0n };
    const resourceBounds = { l1Gas: zero, l1DataGas: zero, l2Gas: zero };
    const tx = {
      chainId: toFelt(1),
      nonce: 0n,
      tip: 0n,
      resourceBounds,
      senderAddress: ACCOUNT,
      calldata: [],
    };
    const withL1 = (l1Gas: typeof zero) => ({ ...tx, resourceBounds: { ...resourceBounds, l1Gas } });
    expect(codeOf(() => invokeV3TransactionHash({ ...tx, tip: U64_MAX + 1n }))).toBe('TRANSACTION_MALFORMED');
    expect(codeOf(() => invokeV3TransactionHash(withL1({ ...zero, maxAmount: U64_MAX + 1n })))).toBe(
      'TRANSACTION_MALFORMED',
    );
    expect(codeOf(() => invokeV3TransactionHash(withL1({ ...zero, maxPricePerUnit: U128_MAX + 1n })))).toBe(
      'TRANSACTION_MALFORMED',
    );
    expect(codeOf(() => invokeV3TransactionHash({ ...tx, feeDataAvailabilityMode: 2 ** 32 }))).toBe(
      'TRANSACTION_MALFORMED',
    );
  });
});
