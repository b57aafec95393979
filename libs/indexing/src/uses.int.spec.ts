import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Address, feltToHex, toFelt } from '#libs/felt';
import { UsesWorld, withDatabase } from '#libs/testing';

describe.each(['session_account_setting', 'session_account_spend'])('uses of %s', (className) => {
  const database = withDatabase();
  let world: UsesWorld;
  beforeEach(() => {
    world = new UsesWorld(database, className);
  });
  afterEach(() => world.close());

  it('has one row for an invoke, with its debit, fee and inner call', async () => {
    world.grant();
    const hash = world.spend(30n);
    const [use, ...others] = await world.uses();
    expect(others).toEqual([]);
    expect(use).toMatchObject({
      transaction_hash: feltToHex(hash),
      path: 'INVOKE',
      outcome: 'SUCCEEDED',
      attribution: 'REPLAY',
      calls_used_before: 0,
      calls_used_after: 1,
      max_calls: 10,
      fee_unit: 'FRI',
      fee_payer: feltToHex(world.account.address),
      fee_shared: false,
      refusal: null,
    });
    expect(use!.fee_amount! > 0n).toBe(true);
    expect(use!.debits).toMatchObject([{ amount: '30', spentBefore: '0', spentAfter: '30' }]);
    expect(use!.calls).toMatchObject([
      { to: feltToHex(world.token), failed: className === 'session_account_spend' ? false : null },
    ]);
  });

  it('burns a call for a reverted invoke, and says which rule refused it', async () => {
    world.grant();
    world.spend(51n);
    const [use] = await world.uses();
    expect(use).toMatchObject({ outcome: 'REVERTED', calls_burned: 1, debits: [] });
    expect(use!.refusal).toMatchObject({ code: 'SPENDING_PER_CALL_EXCEEDED', confirmed: true });
  });

  it('attributes a sponsored use to its key, and the fee to the sender', async () => {
    world.grant();
    world.sponsor(world.outside(10n));
    expect(await world.uses()).toMatchObject([
      {
        path: 'OUTSIDE_EXECUTION',
        outcome: 'SUCCEEDED',
        top_level: true,
        sender: feltToHex(world.relayer.address),
        fee_payer: feltToHex(world.relayer.address),
        attribution: 'REPLAY',
        outside_nonce: feltToHex(world.nonce),
      },
    ]);
  });

  it('finds what a forwarder calls by the trace, twice in one transaction', async () => {
    world.grant();
    world.sponsor(world.throughInOne(world.outside(10n), world.outside(20n)));
    const rows = await world.uses();
    expect(rows).toMatchObject([
      { attribution: 'TRACE', top_level: false, calls_used_after: 1, fee_shared: false },
      { attribution: 'TRACE', top_level: false, calls_used_after: 2, fee_shared: true },
    ]);
    expect(rows[1]!.debits).toMatchObject([{ spentBefore: '10', spentAfter: '30' }]);
    expect(rows[0]!.calls).toMatchObject([{ failed: false }]);
  });

  it('burns nothing where the call failed inside a transaction that succeeded', async () => {
    world.grant();
    world.sponsor(world.through('try_forward', world.outside(51n)));
    const [use, ...others] = await world.uses();
    expect(others).toEqual([]);
    expect(use).toMatchObject({ outcome: 'FAILED_INSIDE', calls_burned: 0, attribution: 'TRACE' });
    expect(use!.refusal).toMatchObject({ code: 'SPENDING_PER_CALL_EXCEEDED', confirmed: true });
  });

  it('burns nothing where the relayer goes on after the failure', async () => {
    world.grant();
    world.sponsor(world.outside(51n), world.outside(5n));
    expect(await world.uses()).toMatchObject([
      { outcome: 'FAILED_INSIDE', calls_burned: 0, top_level: true },
      { outcome: 'SUCCEEDED', calls_burned: 1, top_level: true },
    ]);
  });

  it('keeps a sponsored transaction that reverted as denied', async () => {
    world.grant();
    world.sponsor(world.through('forward', world.outside(51n)), {
      ...world.pay(1n),
      to: toFelt(0xdead) as bigint as Address,
    });
    expect(await world.uses()).toMatchObject([
      { outcome: 'REVERTED', calls_burned: 0, refusal: { code: 'SPENDING_PER_CALL_EXCEEDED' } },
    ]);
  });

  it('has no quarantine after all of this', async () => {
    world.grant();
    world.spend(1n);
    await world.uses();
    expect(await world.attribution()).toBe('EXACT');
  });

  it('follows uses around a new grant within one block, of which the diff shows nothing', async () => {
    world.grant();
    world.spend(1n);
    Object.assign(world.chain.sandbox.chain.options, { blockPerTransaction: false });
    world.spend(2n);
    world.grant();
    world.spend(3n);
    world.sponsor(world.outside(4n));
    world.chain.sandbox.createBlock();
    await world.follow();
    const rows = await world.storedUses();
    expect(rows.map((row) => [row.calls_used_before, row.calls_used_after, row.attribution])).toEqual([
      [0, 1, 'REPLAY'],
      [1, 2, 'REPLAY'],
      [0, 1, 'REPLAY'],
      [1, 2, 'TRACE'],
    ]);
    expect(await world.attribution()).toBe('EXACT');
  });
});
