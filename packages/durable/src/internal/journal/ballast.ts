/**
 * Keeps disk space in reserve, so that the last states of uploads can be recorded on a full disk.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomFillSync } from "node:crypto"
import * as Fs from "node:fs"

/** The reserved space. The reserve is enough for the last changes of a few dozen uploads. */
const bytes = 256 * 1024

/** The interval between attempts to reserve the space again after it was used. */
const again = Duration.minutes(1)

/** The reserve of one journal. */
export interface Ballast {
  /**
   * Reserves the space, if there is enough. Does nothing if the space is already reserved, or if reserving it was tried
   * recently.
   */
  readonly hold: Effect.Effect<void>
  /** Frees the space. Returns whether any space was reserved. */
  readonly drop: Effect.Effect<boolean>
}

/** Reserves nothing, for a database that keeps its own reserve. */
export const none: Ballast = { hold: Effect.void, drop: Effect.succeed(false) }

/**
 * Returns a reserve that is kept in a file. The content of the file is random, because some file systems do not store zeros.
 */
export const make = (file: string): Ballast => {
  let tried: bigint | undefined
  let held = false
  const write = () => {
    try {
      if (Fs.statSync(file, { throwIfNoEntry: false })?.size === bytes) return true
      const handle = Fs.openSync(file, "w", 0o600)
      try {
        Fs.writeFileSync(handle, randomFillSync(new Uint8Array(bytes)))
        Fs.fsyncSync(handle)
        return true
      } finally {
        Fs.closeSync(handle)
      }
    } catch {
      Fs.rmSync(file, { force: true })
      return false
    }
  }
  return {
    hold: Effect.map(Clock.monotonicTimeNanos, (now) => {
      if (held || (tried !== undefined && Duration.isLessThan(Duration.nanos(now - tried), again))) return
      tried = now
      held = write()
    }),
    drop: Effect.map(Clock.monotonicTimeNanos, (now) => {
      tried = now
      held = false
      try {
        Fs.rmSync(file)
        return true
      } catch {
        return false
      }
    }),
  }
}
