/**
 * Collects the failed attempts of one call.
 */
import { appliedOf, type Applied } from "../../errors/Verdict.ts"
import type { Entry } from "../../telemetry/Timeline.ts"

/**
 * The number of attempts to keep from the start of a call, and the number to keep from its end. The first attempts show how
 * the call began, and the last attempts show why it ended.
 */
const keptFirst = 16
const keptLast = 48

/**
 * The failed attempts so far. Attempts in the middle are dropped, so that a call that retries forever uses a limited amount
 * of memory.
 */
export class History {
  readonly entries: Array<Entry> = []
  /** The number of failed attempts. */
  length = 0
  /** Whether the server may have acted on any of the attempts. */
  applied: Applied = "no"
  /**
   * The offset from monotonic time to wall-clock time, in milliseconds. The wall clock is read only once, so that setting the
   * clock does not affect the time differences between attempts.
   */
  readonly epoch: number

  constructor(epoch: number) {
    this.epoch = epoch
  }

  get last(): Entry | undefined {
    return this.entries.at(-1)
  }

  add({ decidedBy, duration, error, sent, startedAt, wait }: Omit<Entry, "number">): void {
    if (this.entries.length === keptFirst + keptLast) this.entries.splice(keptFirst, 1)
    if (sent && appliedOf(error.verdict) === "maybe") this.applied = "maybe"
    this.entries.push({ number: ++this.length, error, sent, startedAt, duration, wait, decidedBy })
  }
}
