/**
 * Decides whether the watched folder is there, is missing, or was replaced.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Faults from "./faults.ts"
import type { Files, Volume } from "./files.ts"

/** A share that does not respond for this long counts as missing: 30 s. */
const patienceMillis = 30_000

export type Root = { readonly _tag: "There"; readonly volume: Volume } | { readonly _tag: "Missing"; reason: string }

const missing = (reason: string): Root => ({ _tag: "Missing", reason })

/** Whether two readings show the same folder, on the same mount. */
export const isSameFolder = ({ stats: one }: Volume, { stats: other }: Volume): boolean =>
  one.inode === other.inode && one.device === other.device

const read = (files: Files, path: string): Effect.Effect<Root> =>
  files.volume(path).pipe(
    Effect.map((volume): Root =>
      volume.stats.kind === "folder" ? { _tag: "There", volume } : missing("it is not a folder"),
    ),
    Effect.catchTag("FileFault", ({ code }) => Effect.succeed(missing(Faults.explain(code)))),
  )

/**
 * Reads the state of the watched folder.
 *
 * **Details**
 *
 * A file operation cannot be interrupted if the share hangs, and occupies one of Node's few file threads. `onSilence` runs
 * once if the operation takes too long. The function then keeps waiting for the same operation, so that no second one hangs.
 */
export const check = (files: Files, path: string, onSilence: Effect.Effect<void>): Effect.Effect<Root> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(read(files, path), { startImmediately: true })
    const first = yield* Effect.timeoutOption(Fiber.await(fiber), patienceMillis)
    if (first._tag === "None") yield* onSilence
    const exit = first._tag === "Some" ? first.value : yield* Fiber.await(fiber)
    return Exit.isSuccess(exit) ? exit.value : missing("it could not be read")
  })
