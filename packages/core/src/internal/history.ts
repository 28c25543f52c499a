/**
 * The failed attempts of one call, as they become known.
 */
import type { Entry } from "../Timeline.ts"

/** The attempts that failed so far. */
export class History {
  readonly entries: Array<Entry> = []
  /** How many attempts have failed. */
  length = 0
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
    this.entries.push({ number: ++this.length, ...entry })
  }
}
