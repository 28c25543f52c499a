/**
 * Emits the files that are quiet, after a final check of each.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Effect from "effect/Effect"
import type { WatchEvent } from "../../WatchEvent.ts"
import * as Faults from "./faults.ts"
import * as Scan from "./scan.ts"
import type { Entry } from "./tracker.ts"
import { isSame, watchedFile } from "./version.ts"

const looks = 32

const has = (tree: Scan.Tree) => (entry: Entry, sidecar: string) => tree.names.has(entry.relative, sidecar)

/** Whether the file can be opened. A file that cannot be opened is reported. */
const isReadable = (tree: Scan.Tree, pass: Scan.Pass, entry: Entry) =>
  tree.files.readable(tree.pathOf(entry.relative)).pipe(
    Effect.as(true),
    Effect.catchTag("FileFault", ({ code }) =>
      Effect.sync(() => {
        if (!Faults.isLocal(code)) pass.faults++
        const detail = `the file cannot be read: ${Faults.explain(code)}`
        if (!Faults.isGone(code)) Scan.skip(tree, pass, entry.relative, "unreadable", detail)
        return false
      }),
    ),
  )

/** Checks a file that should be quiet. Returns its event, unless the file has changed since or cannot be opened. */
const confirm = (tree: Scan.Tree, pass: Scan.Pass, entry: Entry, bySidecar: boolean) =>
  Effect.gen(function* () {
    const { relative, stats: before } = entry
    const stats = yield* tree.files.stat(tree.pathOf(relative))
    const now = yield* Monotonic.millis
    if (stats.kind !== "file") return void tree.tracker.vanish(relative)
    const sight = tree.tracker.observe(relative, stats, pass.volume, pass.number, now)
    if (sight?._tag === "Growing") {
      return { _tag: "Growing", file: watchedFile(tree.pathOf(relative), relative, stats) } as const
    }
    if (!tree.tracker.isWaiting(entry) || (!bySidecar && !isSame(before, stats))) return undefined
    if (!(yield* isReadable(tree, pass, entry))) return undefined
    tree.skips.clear(relative)
    const previous = tree.tracker.emit(entry)
    const path = tree.pathOf(relative)
    const file = watchedFile(path, relative, entry.stats)
    const event: WatchEvent =
      previous === undefined
        ? { _tag: "Finished", file }
        : { _tag: "Changed", file, previous: watchedFile(path, relative, previous) }
    return event
  }).pipe(
    Effect.catchTag("FileFault", ({ code }) =>
      Effect.sync(() => {
        // A file that is gone may have another name: the next hint or scan finds it, or forgets it.
        if (!Faults.isLocal(code)) pass.faults++
        return undefined
      }),
    ),
  )

/** Emits the files that are quiet, and reports those that wait for a sidecar. */
export const emit = (tree: Scan.Tree, pass: Scan.Pass): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { due, held } = tree.tracker.quiet(yield* Monotonic.millis, has(tree))
    for (const entry of held) {
      const missing = entry.sidecars.wait.filter((sidecar) => !has(tree)(entry, sidecar))
      Scan.skip(tree, pass, entry.relative, "sidecarMissing", `waits for the sidecar ${missing.join(", ")}`)
    }
    const events = yield* Effect.forEach(due, ({ bySidecar, entry }) => confirm(tree, pass, entry, bySidecar), {
      concurrency: looks,
    })
    const now = yield* Monotonic.millis
    for (const { entry } of due) tree.tracker.postpone(entry, now)
    for (const event of events) if (event !== undefined) yield* tree.emit(event)
  })

/** The time at which the next file may be quiet. */
export const next = (tree: Scan.Tree, now: number): number => {
  const { due, next } = tree.tracker.quiet(now, has(tree))
  return due.length > 0 ? now : next
}
