import { describe, expect, it } from '@jest/globals';
import type { Command } from './command.ts';
import { printStep } from './command.ts';
import { generateSequence } from './generate-sequence.ts';

const printed = (seed: number): string => generateSequence(seed, 60).map(printStep).join('\n');

describe('generateSequence', () => {
  it('gives equal sequences for equal seeds, and others for others', () => {
    expect(printed(7)).toBe(printed(7));
    expect(printed(7)).not.toBe(printed(8));
  });

  it('meets every kind of command, every way to sponsor and both kinds of time within a few seeds', () => {
    const steps = [1, 2, 3, 4].flatMap((seed) => generateSequence(seed, 100));
    const commands: readonly Command[] = steps.flatMap((step) =>
      step.kind === 'BLOCK' ? step.commands : [],
    );
    const actions = commands.flatMap((command) => (command.kind === 'OWNER' ? command.actions : []));
    const met = new Set<string>([
      ...steps.map(({ kind }) => kind),
      ...steps.flatMap((step) => (step.kind === 'BLOCK' && 'edge' in step.time ? [step.time.edge] : [])),
      ...commands.map(({ kind }) => kind),
      ...commands.flatMap((command) => (command.kind === 'SPONSORED' ? [command.via] : [])),
      ...actions.map(({ action }) => action),
    ]);
    const wanted = [
      ...['BLOCK', 'ABORT', 'WINDOW_END', 'EXPIRY', 'EXPIRY_HOUR_END'],
      ...['OWNER', 'SESSION', 'SPONSORED', 'STRANGER', 'REPEAT'],
      ...['DIRECT', 'FORWARD', 'TRY_FORWARD', 'FORWARD_TWICE'],
      ...['GRANT', 'REVOKE', 'SET_POLICY', 'REMOVE_POLICY', 'SET_MODE', 'SET_OWNER', 'UPGRADE', 'CALL'],
    ];
    expect(wanted.filter((name) => !met.has(name))).toEqual([]);
  });
});
