/** Works while it is checked whether it may. Where both fail, what the check found is why. */
export const unlessRefused = async <T>(
  signal: AbortSignal | undefined,
  check: (signal: AbortSignal) => Promise<void>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const refusal = new AbortController();
  const either = AbortSignal.any([refusal.signal, ...(signal === undefined ? [] : [signal])]);
  const checking = check(either).catch((error: unknown) => {
    refusal.abort(error);
    throw error;
  });
  const [checked, worked] = await Promise.allSettled([checking, work(either)]);
  if (checked.status === 'rejected') throw checked.reason;
  if (worked.status === 'rejected') throw worked.reason;
  return worked.value;
};
