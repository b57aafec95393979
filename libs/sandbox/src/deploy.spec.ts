import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { feltToHex, selectorOf } from '#libs/felt';
import type { Account } from 'starknet';
import { FEES, SpecStage, textIn } from '../spec/stage.builder.ts';

describe('contracts and classes', () => {
  let stage: SpecStage;
  let account: Account;

  beforeAll(async () => {
    stage = await SpecStage.open();
    account = await stage.deployAccount('session_account_setting');
  });
  afterAll(() => stage.close());

  const upgradeTo = (classHash: string) =>
    stage.send(account, [{ contractAddress: account.address, entrypoint: 'upgrade', calldata: [classHash] }]);

  it('deploys an account by its own transaction, with the constructor event before the fee', () => {
    const block = stage.ask('starknet_getBlockWithReceipts', { block_id: 'latest' });
    const [{ receipt }] = block['transactions'] as [
      { receipt: { type: string; events: { keys: string[] }[] } },
    ];
    expect(receipt.type).toBe('DEPLOY_ACCOUNT');
    const names = receipt.events.map(({ keys }) => keys[0]);
    expect(names).toEqual([selectorOf('OwnerAdded'), selectorOf('Transfer')].map(feltToHex));
    const update = stage.ask('starknet_getStateUpdate', { block_id: 'latest' });
    expect((update['state_diff'] as { deployed_contracts: object[] }).deployed_contracts).toEqual([
      { address: feltToHex(BigInt(account.address)), class_hash: stage.classHash('session_account_setting') },
    ]);
  });

  it('deploys through the Universal Deployer at the address starknet.js foresees', async () => {
    const request = {
      classHash: stage.classHash('token_legacy'),
      salt: '0x9',
      unique: true,
      constructorCalldata: ['0x1', '0x2', 6, 1000, 0, stage.deployer.address],
    };
    const {
      contract_address: [address],
    } = await stage.deployer.deploy(request, FEES);
    expect(await stage.provider.getClassHashAt(address!)).toBe(request.classHash);
    expect(stage.view(address!, 'totalSupply')).toEqual([1000n, 0n]);
  });

  it('puts from and to of a transfer into the keys, or all into data, by the class', async () => {
    const shapes = [];
    for (const name of ['token_keyed', 'token_legacy'] as const) {
      const contractAddress = await stage.deployToken(name);
      const receipt = await stage.send(stage.deployer, [
        { contractAddress, entrypoint: 'transfer', calldata: ['0x5', 3, 0] },
      ]);
      const [event] = receipt['events'] as [{ keys: string[]; data: string[] }];
      shapes.push([event.keys.length, event.data.length]);
    }
    expect(shapes).toEqual([
      [3, 2],
      [1, 4],
    ]);
  });

  it('switches class by an upgrade, in replaced_classes, and runs the new one at once', async () => {
    const next = stage.classHash('session_account_spend');
    await upgradeTo(next);
    const update = stage.ask('starknet_getStateUpdate', { block_id: 'latest' });
    const { replaced_classes, deployed_contracts } = update['state_diff'] as Record<string, object[]>;
    expect(replaced_classes).toEqual([
      { contract_address: feltToHex(BigInt(account.address)), class_hash: next },
    ]);
    expect(deployed_contracts).toEqual([]);
    const zeroKey = {
      contractAddress: account.address,
      entrypoint: 'add_or_update_session_key',
      calldata: [0, 5, 5, 0],
    };
    const receipt = await stage.send(account, [zeroKey]);
    const [failed] = receipt['events'] as [{ keys: string[] }];
    expect(failed.keys[0]).toBe(feltToHex(selectorOf('CallFailed')));
  });

  it('fails a whole transaction that upgrades to a class nobody declared', async () => {
    expect((await upgradeTo('0x12345'))['revert_reason']).toMatch(
      /Class with hash 0x0+12345 is not declared\.$/,
    );
  });

  it('serves the artefact of a class, and the class of a contract at an old block', async () => {
    const known = await stage.provider.getClass(stage.classHash('forwarder'));
    expect(JSON.stringify(known.abi)).toContain('forward_many');
    const before = stage.ask('starknet_getClassHashAt', {
      block_id: { block_number: 2 },
      contract_address: account.address,
    });
    expect(before).toBe(stage.classHash('session_account_setting'));
  });

  it('reverts a constructor that panics, with its text', async () => {
    const receipt = await stage.send(stage.deployer, [
      {
        contractAddress: '0x2ceed65a4bd731034c01113685c831b01c15d7d432f71afb1cf1634b53a2125',
        entrypoint: 'deployContract',
        calldata: [stage.classHash('token_keyed'), '0x8', 0, 1, 5],
      },
    ]);
    expect(textIn(receipt)).toBe('Input too short for arguments');
  });
});
