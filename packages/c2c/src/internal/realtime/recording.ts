/**
 * Follows the size of a recording until the recording has ended.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { PlanRefused } from "../../AssetRequest.ts"
import type { FileVersion } from "../../LocalFile.ts"
import type { LocalFileError } from "../../LocalFileError.ts"
import type { GrowingFile } from "./growingFile.ts"
import * as PartPlan from "./partPlan.ts"
import type { RealtimeEvent } from "./types.ts"

/** How often the size of the file is read: once a second, because recorders write several times a second. */
const lookEvery = Duration.seconds(1)

/** What is known of the recording so far. */
export interface Known {
  readonly bytes: number
  /** The final version of the file, if the recording has ended. */
  readonly ended: FileVersion | undefined
}

/** A recording whose size is followed. */
export interface Recording {
  /** Waits until the recording contains more than `bytes` bytes or has ended. */
  readonly beyond: (bytes: number) => Effect.Effect<Known, LocalFileError | PlanRefused>
}

/**
 * Follows a recording. `finished` runs once, in the scope.
 *
 * **Details**
 *
 * Only one fiber may call `beyond` at a time. The size is read when it is needed: while all permits for parts are taken, the
 * file is not read.
 */
export const follow = (options: {
  readonly file: GrowingFile
  readonly finished: Effect.Effect<void>
  readonly partSize: number
  readonly onEvent: (event: RealtimeEvent) => Effect.Effect<void>
}): Effect.Effect<Recording, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { file, onEvent, partSize } = options
    const finished = yield* Deferred.make<void>()
    yield* Effect.forkScoped(Deferred.into(options.finished, finished))
    const waited = Deferred.await(finished)
    let ended: FileVersion | undefined
    let reported = file.version.bytes

    const known = (bytes: number) => ({ bytes, chunks: PartPlan.count(bytes, partSize) })
    const look = Effect.gen(function* () {
      if (ended !== undefined) return { bytes: yield* file.size, ended }
      const hasEnded = yield* Deferred.isDone(finished)
      // A defect or an interruption of `finished` ends the upload.
      if (hasEnded) yield* waited
      const final = hasEnded ? yield* file.end : undefined
      const bytes = final?.bytes ?? (yield* file.size)
      const refused = bytes === 0 && !hasEnded ? undefined : PartPlan.checkBytes(bytes)
      if (refused !== undefined) return yield* refused
      if (bytes > reported) yield* onEvent({ _tag: "Grown", ...known(bytes) })
      reported = bytes
      if (final !== undefined) {
        ended = final
        yield* onEvent({ _tag: "Ended", ...known(bytes) })
      }
      return { bytes, ended }
    })
    const wait = Effect.raceFirst(Effect.sleep(lookEvery), waited)
    const beyond = (bytes: number): ReturnType<Recording["beyond"]> =>
      Effect.flatMap(look, (seen) =>
        seen.ended !== undefined || seen.bytes > bytes ? Effect.succeed(seen) : Effect.andThen(wait, beyond(bytes)),
      )
    return { beyond }
  })
