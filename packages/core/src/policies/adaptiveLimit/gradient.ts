/**
 * Derives the limit from latency: it rises while calls take as long as normal and falls when they take longer.
 */
import { clamp, Drops, type Algorithm, type Bounds } from "./algorithm.ts"

/** How much longer than normal calls may take before the limit falls, as a factor (Netflix's Gradient2: 1.5). */
const tolerance = 1.5
/** The allowance for calls queued at the service (Gradient2: 4), so that a limit that is too low rises. */
const queueSize = 4
/** The weight of the new limit relative to the old (Gradient2: 0.2). */
const smoothing = 0.2
/** The lowest gradient: one window halves the limit at most, or lowers it by a tenth after smoothing (Gradient2: 0.5). */
const steepest = 0.5
/** How many windows the baseline averages over (Gradient2: 600), and how many it starts with as a plain mean (10). */
const longWindow = 600
const warmUp = 10
/** A baseline of more than twice the current latency is outdated: it falls by this factor per window (Gradient2: 0.95). */
const decay = 0.95
/** The minimum duration of a window, in milliseconds, and its minimum number of calls (Netflix's WindowedLimit: 1 s, 10). */
const windowTime = 1000
const windowCalls = 10
/** How many windows pass between measurements of the floor: two minutes' worth (Envoy's adaptive concurrency: 1 min). */
const probeEvery = 120
/** The latency must fall to this fraction with half of the calls to show that the number of calls makes them slow. */
const helped = 0.75

/**
 * Netflix's Gradient2 over windows, protected against drift.
 *
 * **Details**
 *
 * At the end of each window the limit becomes `limit · gradient + 4`, smoothed, with `gradient = 1.5 · baseline / latency`
 * between 0.5 and 1. A window has at least ten calls and lasts 1 s, or twice the latency if that is longer, so that it shows
 * the effect of the previous change. Windows that use less than half of the limit are ignored.
 *
 * The baseline of Gradient2 is a long-term mean of the latency, which the limit itself influences. Under lasting load, or if
 * the service slows down steadily, both would rise forever. Here the baseline stays below `maxHealthy` and within `maxDrift` of
 * the floor: the latency without queueing at the service. A probe measures the floor every 120 windows. It admits half as many
 * calls for two windows: in the first, calls in flight end; in the second it measures. It halves again until fewer calls are no
 * faster. The latency then is the new floor, whether lower or higher than before: a higher one means that the service itself
 * has become slower.
 */
export class Gradient implements Algorithm {
  limit: number
  private readonly drops = new Drops()
  /** The current window: its start, number of calls, sum of latencies, and most calls in flight. */
  private since = 0
  private calls = 0
  private sum = 0
  private peak = 0
  /** The long-term mean of the latency, and the number of windows it covers. */
  private long = 0
  private windows = 0
  private floor = Infinity
  /** A running probe: how many calls it admits, and the latency with twice as many. */
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
    // The clock counts whole milliseconds, so latencies below one are not measured.
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
    // The first probe comes early: the baseline learned until then may be the latency of an overload.
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
