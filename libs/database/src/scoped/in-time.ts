/**
 * What `work` resolves to, unless its time runs out before. The work itself goes on.
 * @param untilMs in performance.now(); undefined: there is as much time as it takes
 * @throws what `late` makes
 */
export const inTime = async <T>(
  work: Promise<T>,
  untilMs: number | undefined,
  late: () => Error,
): Promise<T> => {
  if (untilMs === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), Math.max(0, untilMs - performance.now()));
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};
