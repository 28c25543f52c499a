/**
 * Replaces the clock of one process of the command; loaded with `--import` before anything else.
 *
 * `HOLDFAST_BENCH_CLOCK` holds JSON: `shift` milliseconds are added to the time of day, and timers and the monotonic clock run
 * `factor` times as fast. The time of day keeps its normal rate, because servers state it.
 */
const { factor = 1, shift = 0 } = JSON.parse(process.env["HOLDFAST_BENCH_CLOCK"] ?? "{}") as {
  readonly factor?: number
  readonly shift?: number
}

if (shift !== 0) {
  const Real = Date
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [Real.now() + shift] : args, newTarget),
    apply: () => new Real(Real.now() + shift).toString(),
    get: (target, key) => (key === "now" ? () => Real.now() + shift : Reflect.get(target, key)),
  })
}

if (factor !== 1) {
  const { setInterval, setTimeout } = globalThis
  const { bigint } = process.hrtime
  const now = performance.now.bind(performance)
  const [started, startedMillis] = [bigint(), now()]
  // A wait of the maximum timer length is not shortened.
  const shorter = (millis: number | undefined) =>
    millis === undefined || millis >= 2 ** 31 - 1 ? millis : millis / factor
  process.hrtime.bigint = () => started + (bigint() - started) * BigInt(factor)
  performance.now = () => startedMillis + (now() - startedMillis) * factor
  globalThis.setTimeout = Object.assign(
    (run: (...args: Array<unknown>) => void, millis?: number, ...args: Array<unknown>) =>
      setTimeout(run, shorter(millis), ...args),
    { __promisify__: setTimeout.__promisify__ },
  ) as typeof setTimeout
  globalThis.setInterval = ((run: (...args: Array<unknown>) => void, millis?: number, ...args: Array<unknown>) =>
    setInterval(run, shorter(millis), ...args)) as typeof setInterval
}
