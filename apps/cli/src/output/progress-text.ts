import { showDuration } from './times.ts';

interface Work {
  readonly done: number;
  readonly total: number;
  readonly ratePerSecond?: number | null;
  readonly secondsLeft?: number | null;
}

interface Wording {
  /** What is counted: blocks, calls; nothing where the name says it. */
  readonly things?: string;
  readonly isAbout?: boolean;
}

/** One line of long work: done, total, rate and time left, as far as they are known. */
export const progressText = (
  name: string,
  { done, total, ratePerSecond, secondsLeft }: Work,
  { things, isAbout = false }: Wording = {},
): string => {
  const of = things === undefined ? '' : ` ${things}`;
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  const rate = typeof ratePerSecond === 'number' ? `, ${Math.round(ratePerSecond)}${of}/s` : '';
  const left = typeof secondsLeft === 'number' ? `, ${showDuration(secondsLeft)} left` : '';
  return `${name}: ${done} of ${isAbout ? 'about ' : ''}${total}${of} (${percent} %)${rate}${left}`;
};
