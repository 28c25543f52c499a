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
/** The weight of a window in the latency from which the floor is taken: the luck of one window is not the floor. */
const floorWeight = 0.2
/** How much of the latency has to go when half of the limit has gone, for the limit to be what lowered it. */
const helped = 0.75

/**
 * Netflix's Gradient2 over windows, with a guard against drift.
 *
 * **Details**
 *
 * At the end of each window `limit · gradient + 4`, smoothed, with `gradient = 1.5 · baseline / latency` between 0.5 and
 * 1. A window lasts 1 s, or twice the latency if that is longer, so that it sees what the window before has changed, and
 * has ten calls.
 *
 * The baseline of Gradient2 is a long mean of the latency, and so of what the limit itself lets happen: under lasting
 * load, or with a service that becomes slower little by little, both rise together for ever. Here the baseline stays
 * within `maxDrift` of the floor, the quickest that the service has been, and below `maxHealthy`. The floor rises only by
 * an experiment: if half of the limit has been taken away and calls take about as long as before, it is not these calls
 * that make the service slow, and what they take is the new normal.
 *
 * Windows that use less than half of the limit do not move it, nor raise the baseline; they may lower the floor.
 */
export class Gradient implements Algorithm {
  limit: number
  private readonly drops = new Drops()
  /** The window: since when, how many calls, their latencies in sum, the most in flight. */
  private since = -Infinity
  private calls = 0
  private sum = 0
  private peak = 0
  /** The long mean of the latency, over so many windows. */
  private long = 0
  private windows = 0
  /** The short mean of the latency, and the lowest that it was. */
  private short = 0
  private floor = Infinity
  /** Where the limit and the latency were when the limit began to fall. */
  private fall: { readonly limit: number; readonly latency: number } | undefined = undefined

  constructor(limit: number) {
    this.limit = limit
  }

  get baseline(): number | undefined {
    return this.windows === 0 ? undefined : this.long
  }

  succeeded(bounds: Bounds, latency: number, inFlight: number, now: number): void {
    if (this.calls === 0) this.since = Math.max(this.since, now - latency)
    this.calls++
    this.sum += latency
    if (inFlight > this.peak) this.peak = inFlight
    const mean = this.sum / this.calls
    if (this.calls < windowCalls || now - this.since < Math.max(windowTime, 2 * mean)) return
    // The clock counts whole milliseconds: below one it measures nothing.
    this.window(bounds, Math.max(mean, 1), this.peak * 2 >= this.limit)
    this.since = now
    this.calls = this.sum = this.peak = 0
  }

  dropped(bounds: Bounds, sentAt: number, now: number): void {
    this.limit = this.drops.lower(this.limit, bounds, sentAt, now)
  }

  private window(bounds: Bounds, latency: number, used: boolean): void {
    this.short = this.floor === Infinity ? latency : this.short + floorWeight * (latency - this.short)
    this.floor = Math.min(this.floor, this.short)
    if (used) this.remember(latency)
    else if (this.windows === 0) this.long = latency
    this.long = Math.min(this.long, this.floor * bounds.maxDrift, bounds.maxHealthy)
    if (!used) return
    const gradient = Math.min(Math.max((tolerance * this.long) / latency, steepest), 1)
    const next = this.limit * gradient + queueSize
    this.limit = clamp(this.limit + smoothing * (next - this.limit), bounds)
    this.experiment(gradient, latency)
  }

  private remember(latency: number): void {
    this.windows++
    this.long += (latency - this.long) / (this.windows <= warmUp ? this.windows : (longWindow + 1) / 2)
    if (this.long > 2 * latency) this.long *= decay
  }

  private experiment(gradient: number, latency: number): void {
    if (gradient === 1) {
      this.fall = undefined
      return
    }
    this.fall ??= { limit: this.limit, latency }
    if (this.limit > this.fall.limit / 2) return
    if (latency > helped * this.fall.latency) this.floor = this.short = this.long = latency
    this.fall = undefined
  }
}
