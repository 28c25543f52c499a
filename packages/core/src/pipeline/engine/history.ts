/**
 * Collects the failed attempts of one call.
 */
import { appliedOf, type Applied } from "../../errors/Verdict.ts"
import type { Entry } from "../../telemetry/Timeline.ts"

/** How many attempts are kept from the start and from the end of a call: the first show how it began, the last why it ended. */
const keptFirst = 16
const keptLast = 48

/** The failed attempts so far. The middle ones are dropped, so that a call may retry forever. */
export class History {
  readonly entries: Array<Entry> = []
  /** The number of failed attempts. */
  length = 0
  /** Whether the server may have carried out one of the attempts. */
  applied: Applied = "no"
  /**
   * The offset from monotonic time to a date, in milliseconds. The wall clock is read once, so that setting it does not affect the
   * differences between attempts.
   */
  readonly epoch: number

  constructor(epoch: number) {
    this.epoch = epoch
  }

  get last(): Entry | undefined {
    return this.entries.at(-1)
  }

  add(entry: Omit<Entry, "number">): void {
    if (this.entries.length === keptFirst + keptLast) this.entries.splice(keptFirst, 1)
    if (entry.sent && appliedOf(entry.error.verdict) === "maybe") this.applied = "maybe"
    this.entries.push({ number: ++this.length, ...entry })
  }
}
