/**
 * Recognizes the end of a recording: its file has not changed for some time.
 */
import * as LocalFile from "@holdfast/c2c/LocalFile"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * How long a file must stay unchanged: 60 s. A camera that pauses while writing, or that retries a write, is silent for
 * seconds; 60 s leaves a margin.
 */
export const defaultTime = Duration.seconds(60)

/** How often the attributes of the file are read, in milliseconds. */
const lookEvery = 1000

const isSame = (a: LocalFile.FileVersion, b: LocalFile.FileVersion): boolean =>
  a.bytes === b.bytes && a.modifiedNs === b.modifiedNs && a.inode === b.inode

/**
 * Waits until the size, modification time and inode of a file have stayed unchanged for `quietMillis`, on the monotonic clock.
 *
 * **Details**
 *
 * `ended` is the version of the file at the end of the recording, if an earlier process has recorded it. If the file still
 * has this version, there is no wait. While the file cannot be read, it does not count as unchanged: the upload reports the
 * error. A time in which this process was stopped, for example with its virtual machine, counts for at most a quarter of
 * the quiet time, because the recorder may have been stopped too.
 */
export const wait = (path: string, quietMillis: number, ended?: LocalFile.FileVersion): Effect.Effect<void> =>
  Effect.gen(function* () {
    /** A longer time between two looks counts as this long. */
    const longestGap = quietMillis / 4
    let seen: LocalFile.FileVersion | undefined
    let since = 0
    let lookedAt = yield* Monotonic.millis
    for (;;) {
      // A file system may answer late. The version is then known only for the time when it was requested.
      const requestedAt = yield* Monotonic.millis
      since += Math.max(0, requestedAt - lookedAt - longestGap)
      const version = yield* LocalFile.version(path).pipe(Effect.catch(() => Effect.succeed(undefined)))
      if (version !== undefined && ended !== undefined && isSame(version, ended)) return
      if (version === undefined || seen === undefined || !isSame(version, seen)) {
        seen = version
        since = yield* Monotonic.millis
      }
      const left = since + quietMillis - requestedAt
      if (seen !== undefined && left <= 0) return
      lookedAt = requestedAt
      yield* Effect.sleep(Math.max(1, Math.min(lookEvery, longestGap, left)))
    }
  })

/** Whether the file has another version, or cannot be read. */
export const differs = (path: string, version: LocalFile.FileVersion): Effect.Effect<boolean> =>
  LocalFile.version(path).pipe(
    Effect.map((now) => !isSame(now, version)),
    Effect.catch(() => Effect.succeed(true)),
  )
