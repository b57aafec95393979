import type { ChainSource } from '#libs/chain';

/** A source that tells of every call. */
export const countedSource = (source: ChainSource, count: () => void): ChainSource =>
  new Proxy(source, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        count();
        return Reflect.apply(member, target, args);
      };
    },
  });
