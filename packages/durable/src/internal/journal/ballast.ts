/**
 * Keeps disk space in reserve, so that the last states of uploads can be recorded on a full disk.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { randomFillSync } from "node:crypto"
import * as Fs from "node:fs"

/** The reserved space. It is enough for the last changes of some dozens of uploads. */
const bytes = 256 * 1024

/** The interval at which the reserve is made again after it was used. */
const again = Duration.minutes(1)

/** The reserve of one journal. */
export interface Ballast {
  /** Reserves the space, if there is enough. Does nothing if it is reserved, or was tried a short time ago. */
  readonly hold: Effect.Effect<void>
  /** Frees the space. Returns whether there was any. */
  readonly drop: Effect.Effect<boolean>
}

/** The reserve of a database that keeps its own. */
export const none: Ballast = { hold: Effect.void, drop: Effect.succeed(false) }

/** Returns the reserve in a file. Its content is random, because some file systems do not store zeros. */
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
