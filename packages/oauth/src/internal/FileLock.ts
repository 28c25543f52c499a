/**
 * A lock between processes, as a file that only one of them can create.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Os from "node:os"
import * as Process from "node:process"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as DurableFile from "./durableFile.ts"

/** How often a waiter looks whether the lock is free. */
export const lookEvery = Duration.millis(250)

/** A lock that did not change for this long is left over: a holder has one refresh to make, which ends after 2 min. */
export const leftOverAfter = Duration.sum(Timeouts.refresh, Duration.minutes(1))

/**
 * The size of the lock file in bytes: as large as any pair of tokens, so that a full disk is found out before the old
 * pair is spent and not when the new one has to be written.
 */
const size = 8192

const mine = (): string => `${Os.hostname()} ${Process.pid}`

/** Whether the process that made the lock has ended; `false` when this cannot be known from here. */
const holderIsGone = (content: string): boolean => {
  const [host, pid] = content.trim().split(" ")
  if (host !== Os.hostname() || !/^\d+$/.test(pid ?? "")) return false
  try {
    // Signal 0 sends nothing and fails when there is no such process.
    Process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return typeof error === "object" && error !== null && "code" in error && error.code === "ESRCH"
  }
}

/**
 * Runs an effect while no other process runs one under the same lock.
 *
 * **Details**
 *
 * Waiting can be interrupted; the lock file is removed whatever becomes of the effect. A lock whose process has ended is
 * taken over at once, any other after it did not change for 3 min. That time is measured by the monotonic clock: the
 * wall clock may jump.
 */
export const exclusive =
  (fs: FileSystem.FileSystem, file: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | PlatformError, R> =>
    Effect.uninterruptibleMask((restore) => {
      const take = DurableFile.create(fs, file, mine().padEnd(size)).pipe(
        Effect.as(true),
        Effect.catchIf(
          (error) => error.reason._tag === "AlreadyExists",
          () => Effect.succeed(false),
        ),
        // A full disk leaves an empty lock behind, which nobody holds.
        Effect.tapError(() => Effect.ignore(fs.remove(file, { force: true }))),
      )
      const release = Effect.ignore(fs.remove(file, { force: true }))
      const look = fs.readFileString(file).pipe(Effect.orElseSucceed(() => ""))

      const acquire = (seen: string | undefined, since: bigint): Effect.Effect<void, PlatformError> =>
        Effect.gen(function* () {
          if (yield* take) return
          const now = yield* Clock.monotonicTimeNanos
          const content = yield* look
          const began = content === seen ? since : now
          const waited = Duration.nanos(now - began)
          if (holderIsGone(content) || Duration.isGreaterThanOrEqualTo(waited, leftOverAfter)) {
            yield* release
          } else {
            yield* restore(Effect.sleep(lookEvery))
          }
          return yield* acquire(content, began)
        })
      return Effect.andThen(acquire(undefined, 0n), Effect.ensuring(restore(effect), release))
    })
