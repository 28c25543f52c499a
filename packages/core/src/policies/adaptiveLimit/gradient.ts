/**
 * Derives the limit from the latency: the limit rises while the latency is normal and falls when the latency is higher.
 */
import { clamp, Drops, type Algorithm, type Bounds } from "./algorithm.ts"

/** The factor by which the latency may exceed its normal value before the limit falls (Netflix's Gradient2: 1.5). */
const tolerance = 1.5
/** The allowance for calls queued at the service, which lets a limit that is too low rise (Gradient2: 4). */
const queueSize = 4
/** The weight of the new limit when it is averaged with the old limit (Gradient2: 0.2). */
const smoothing = 0.2
/**
 * The lowest gradient (Gradient2: 0.5). Without smoothing, one window could halve the limit; with smoothing, it lowers the
 * limit by at most a tenth.
 */
const steepest = 0.5
/**
 * The number of windows in the long-term mean of the latency (Gradient2: 600), and the number of initial windows that are
 * averaged equally (10).
 */
const longWindow = 600
const warmUp = 10
/**
 * A baseline of more than twice the current latency is considered outdated and is multiplied by this factor once per window
 * (Gradient2: 0.95).
 */
const decay = 0.95
/** The minimum duration of a window, in milliseconds, and its minimum number of calls (Netflix's WindowedLimit: 1 s, 10). */
const windowTime = 1000
const windowCalls = 10
/**
 * The number of windows between measurements of the floor; these windows take at least two minutes in total (Envoy's adaptive
 * concurrency: 1 min).
 */
const probeEvery = 120
/**
 * If halving the number of admitted calls lowers the latency to this fraction or less, the high latency is attributed to the
 * load.
 */
const helped = 0.75

/**
 * Applies Netflix's Gradient2 to windows of calls, with protection against drift.
 *
 * **Details**
 *
 * At the end of each window, the limit moves toward `limit · gradient + 4`. The gradient,
 * `gradient = 1.5 · baseline / latency`, is clamped to the range from 0.5 to 1. A window contains at least ten calls and
 * lasts at least 1 s, or twice the latency if that is longer, so that it shows the effect of the previous change. Windows in
 * which calls use less than half of the limit are ignored.
 *
 * The baseline of Gradient2 is a long-term mean of the latency, which the limit itself influences. Under sustained load, or
 * if the service slows down steadily, both the baseline and the limit would rise forever. In this implementation, the
 * baseline is at most `maxHealthy`, and at most `maxDrift` times the floor, which is the latency without queueing at the
 * service. A probe measures the floor every 120 windows. The probe admits half as many calls for two windows. During the
 * first window, earlier calls finish; during the second window, the probe measures the latency. The probe halves the number
 * of calls again until the latency no longer falls significantly. The last measured latency becomes the new floor, even if it
 * is higher than before: a higher floor means that the service itself has become slower.
 */
export class Gradient implements Algorithm {
  limit: number
  private readonly drops = new Drops()
  /**
   * The current window: its start, its number of calls, the sum of their latencies, and the maximum number of calls in
   * flight.
   */
  private since = 0
  private calls = 0
  private sum = 0
  private peak = 0
  /** The long-term mean of the latency, and the number of windows that the mean covers. */
  private long = 0
  private windows = 0
  private floor = Infinity
  /** The running probe: the number of calls that it admits, and the latency measured with twice as many calls. */
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
