/**
 * The limit from latency: it rises while calls take as long as they normally do, and falls as they take longer.
 */
import { clamp, Drops, type Algorithm, type Bounds } from "./algorithm.ts"

/** How much longer than normal calls may take before the limit falls, as a factor (Netflix's Gradient2: 1.5). */
const tolerance = 1.5
/** What is added for calls that may queue at the service (Gradient2: 4), so that a limit that is too low rises. */
const queueSize = 4
/** The weight of the new limit against the old (Gradient2: 0.2). */
const smoothing = 0.2
/** The lowest gradient: one window takes half of the limit at most, and a tenth after smoothing (Gradient2: 0.5). */
const steepest = 0.5
/** How many windows the baseline remembers (Gradient2: 600), and how many it begins with as a plain mean (10). */
const longWindow = 600
const warmUp = 10
/** A baseline of more than twice the latency of now is of the past: it falls by this factor a window (Gradient2: 0.95). */
const decay = 0.95
/** The shortest time of a window, in milliseconds, and the fewest calls in it (Netflix's WindowedLimit: 1 s, 10). */
const windowTime = 1000
const windowCalls = 10
/** After so many windows the floor is measured: two minutes (Envoy's adaptive concurrency: 1 min). */
const probeEvery = 120
/** How much of the latency at most is left with half of the calls, where it is their number that makes them slow. */
const helped = 0.75

/**
 * Netflix's Gradient2 over windows, with a guard against drift.
 *
 * **Details**
 *
 * At the end of each window `limit · gradient + 4`, smoothed, with `gradient = 1.5 · baseline / latency` between 0.5 and
 * 1. A window lasts 1 s, or twice the latency if that is longer, so that it sees what the window before has changed, and
 * has ten calls. Windows that use less than half of the limit teach nothing.
 *
 * The baseline of Gradient2 is a long mean of the latency, and so of what the limit itself lets happen: under lasting
 * load, or with a service that takes less and less, both rise together forever. Here the baseline stays below
 * `maxHealthy` and within `maxDrift` of the floor: the latency without a queue at the service. The floor is measured, by
 * a probe every 120 windows. It lets half as many calls through as there were, for one window in which those in flight
 * end and one in which it looks; then half of that, until fewer calls are no quicker. What they take then is the floor,
 * be it lower than before or higher: then it is the service itself that has become slower.
 */
export class Gradient implements Algorithm {
  limit: number
  private readonly drops = new Drops()
  /** The window: since when, how many calls, their latencies in sum, the most in flight. */
  private since = 0
  private calls = 0
  private sum = 0
  private peak = 0
  /** The long mean of the latency, over so many windows. */
  private long = 0
  private windows = 0
  private floor = Infinity
  /** A probe: what it lets through, and the latency with twice as many. */
  private probe: { readonly allowed: number; readonly before: number; readonly settled: boolean } | undefined =
    undefined

  constructor(limit: number) {
    this.limit = limit
  }

  get baseline(): number | undefined {
    return this.windows === 0 ? undefined : this.long
  }

  allowed(bounds: Bounds): number {
    return clamp(Math.min(this.probe?.allowed ?? Infinity, this.limit), bounds)
  }

  succeeded(bounds: Bounds, latency: number, inFlight: number, now: number): void {
    if (this.calls === 0) this.since = Math.max(this.since, now - latency)
    this.calls++
    this.sum += latency
    if (inFlight > this.peak) this.peak = inFlight
    const mean = this.sum / this.calls
    if (this.calls < windowCalls || now - this.since < Math.max(windowTime, 2 * mean)) return
    const { peak } = this
    this.since = now
    this.calls = this.sum = this.peak = 0
    // The clock counts whole milliseconds: below one it measures nothing.
    const shown = Math.max(mean, 1)
    if (this.probe !== undefined) this.look(bounds, shown)
    else if (peak * 2 >= this.limit) this.learn(bounds, shown, peak)
  }

  dropped(bounds: Bounds, sentAt: number, now: number): void {
    this.limit = this.drops.lower(this.limit, bounds, sentAt, now)
  }

  private learn(bounds: Bounds, latency: number, peak: number): void {
    this.windows++
    this.long += (latency - this.long) / (this.windows <= warmUp ? this.windows : (longWindow + 1) / 2)
    if (this.long > 2 * latency) this.long *= decay
    this.long = Math.min(this.long, this.floor * bounds.maxDrift, bounds.maxHealthy)
    const gradient = Math.min(Math.max((tolerance * this.long) / latency, steepest), 1)
    const next = this.limit * gradient + queueSize
    this.limit = clamp(this.limit + smoothing * (next - this.limit), bounds)
    // The first probe comes early: what was learned until then may be the latency of an overload.
    if (this.windows % probeEvery === warmUp) this.halve(bounds, Math.min(peak, this.limit), latency)
  }

  private look(bounds: Bounds, latency: number): void {
    const { allowed, before, settled } = this.probe as NonNullable<typeof this.probe>
    if (!settled) {
      this.probe = { allowed, before, settled: true }
    } else if (latency <= helped * before && allowed > bounds.min) {
      this.halve(bounds, allowed, latency)
    } else {
      this.probe = undefined
      this.floor = latency
    }
  }

  private halve(bounds: Bounds, inFlight: number, before: number): void {
    this.probe = { allowed: Math.max(Math.floor(inFlight / 2), bounds.min), before, settled: false }
  }
}
