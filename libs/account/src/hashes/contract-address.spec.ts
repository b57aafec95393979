import { describe, expect, it } from '@jest/globals';
import { toFelt } from '#libs/felt';
import fc from 'fast-check';
import { hash } from 'starknet';
import { anyAddress, anyFelt } from '../../spec/account.builder.ts';
import { contractAddressOf } from './contract-address.ts';

describe('contract address', () => {
  it('agrees with starknet.js, deployed by a transaction or by a contract', () => {
    fc.assert(
      fc.property(
        anyFelt,
        anyFelt,
        fc.array(anyFelt, { maxLength: 3 }),
        fc.oneof(anyAddress, fc.constant(toFelt(0))),
        (classHash, salt, constructorCalldata, deployer) => {
          const theirs = hash.calculateContractAddressFromHash(
            salt,
            classHash,
            constructorCalldata,
            deployer,
          );
          expect(contractAddressOf({ classHash, salt, constructorCalldata, deployer })).toBe(BigInt(theirs));
        },
      ),
      { numRuns: 15 },
    );
  });
});
