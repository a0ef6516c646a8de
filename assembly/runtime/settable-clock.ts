/** The time that `Date` tells in this process. */
interface SettableClock {
  /** Makes it stand there, in milliseconds since 1970. */
  set(now: number): void;
}

/** Puts itself in the place of `Date`, which goes on as before until it is set; timers stay real. */
export function createSettableClock(): SettableClock {
  const Real = Date;
  const tell: { now: () => number } = { now: () => Real.now() };
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [tell.now()] : args, newTarget),
    apply: () => new Real(tell.now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? tell.now : Reflect.get(target, key, receiver)),
  });
  return {
    set(now) {
      tell.now = () => now;
    },
  };
}
