import { describe, expect, it } from '@jest/globals';
import {
  createSandbox,
  createScenario,
  loadArtifactClasses,
  type Sandbox,
  type ScenarioStep,
} from '../index.ts';

const classes = loadArtifactClasses('contracts/artifacts');

const openScenario = async (sandbox: Sandbox, steps: ScenarioStep[]) =>
  createScenario({
    rpc: { request: (method, params) => Promise.resolve(sandbox.request(method, params)) },
    seed: 3,
    deployer: sandbox.accounts[0]!,
    classes,
    onStep: (step) => steps.push(step),
  });

describe('the scenario', () => {
  it('deploys, grants and uses: one use reverts, one is sponsored, one session runs low', async () => {
    const sandbox = createSandbox({ classes, accounts: 1, seed: 3 });
    const steps: ScenarioStep[] = [];
    const scenario = await openScenario(sandbox, steps);
    await scenario.open();
    expect(steps.filter(({ outcome }) => outcome === 'REVERTED')).toHaveLength(1);
    expect(steps.some(({ title }) => title.includes('sponsor'))).toBe(true);
    const [payroll] = scenario.cast.accounts;
    const refunds = payroll!.sessions.find(({ label }) => label === 'refunds')!;
    const used = steps.filter(({ title }) => title.includes('refunds" pays')).length;
    expect(refunds.maxCalls - BigInt(used)).toBeLessThan(5n);

    const height = sandbox.latest.number;
    await scenario.open();
    expect(sandbox.latest.number).toBe(height);

    const next = [await scenario.next(), await scenario.next()];
    expect(next.every(({ transactionHash }) => transactionHash.startsWith('0x'))).toBe(true);
    expect(sandbox.latest.number).toBeGreaterThanOrEqual(height + 2);
  });
});
