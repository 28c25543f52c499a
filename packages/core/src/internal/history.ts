/**
 * The failed attempts of one call, as they become known.
 */
import type { Entry } from "../Timeline.ts"
import { appliedOf, type Applied } from "../Verdict.ts"

/** How many attempts are kept of a call: the first ones say how it began, the last ones why it ended. */
const keptFirst = 16
const keptLast = 48

/** The attempts that failed so far; those between the first and the last are dropped, so that a call may retry forever. */
export class History {
  readonly entries: Array<Entry> = []
  /** How many attempts have failed. */
  length = 0
  /** Whether the server may have carried out one of them. */
  applied: Applied = "no"
  /**
   * What makes a date of a monotonic time, in milliseconds. The wall clock is read once, so that a step of it falls between
   * no two attempts of a call.
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
