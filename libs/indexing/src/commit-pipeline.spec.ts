import { describe, expect, it } from '@jest/globals';
import { CommitPipeline } from './commit-pipeline.ts';

const failing = () => Promise.reject(new Error('disk full'));

describe('a commit pipeline', () => {
  it('has one commit under way, in the order they came', async () => {
    const pipeline = new CommitPipeline();
    const first = Promise.withResolvers<undefined>();
    const steps: string[] = [];
    await pipeline.begin(() => first.promise.then(() => void steps.push('first ended')));
    const second = pipeline.begin(() => {
      steps.push('second began');
      return Promise.resolve();
    });
    await new Promise(setImmediate);
    expect(steps).toEqual([]);
    first.resolve(undefined);
    await second;
    await pipeline.settled();
    expect(steps).toEqual(['first ended', 'second began']);
  });

  it('says at once that a commit failed, while nobody begins another', async () => {
    const pipeline = new CommitPipeline();
    await pipeline.begin(failing);
    await expect(pipeline.failed).rejects.toThrow('disk full');
  });

  it('commits what is queued when all before it stands, and lets nobody wait for it', async () => {
    const pipeline = new CommitPipeline();
    const first = Promise.withResolvers<undefined>();
    const steps: string[] = [];
    await pipeline.begin(() => first.promise.then(() => void steps.push('first ended')));
    pipeline.queue(() => {
      steps.push('queued ran');
      return Promise.resolve();
    });
    steps.push('went on');
    first.resolve(undefined);
    await pipeline.settled();
    expect(steps).toEqual(['went on', 'first ended', 'queued ran']);
  });

  it('never runs what is queued behind a failure', async () => {
    const pipeline = new CommitPipeline();
    await pipeline.begin(failing);
    let ran = false;
    pipeline.queue(() => {
      ran = true;
      return Promise.resolve();
    });
    await expect(pipeline.settled()).rejects.toThrow('disk full');
    expect(ran).toBe(false);
  });

  it('never commits again after a failure', async () => {
    const pipeline = new CommitPipeline();
    await pipeline.begin(failing);
    let began = 0;
    const count = () => {
      began += 1;
      return Promise.resolve();
    };
    await expect(pipeline.begin(count)).rejects.toThrow('disk full');
    await expect(pipeline.begin(count)).rejects.toThrow('disk full');
    await expect(pipeline.settled()).rejects.toThrow('disk full');
    expect(began).toBe(0);
  });
});
