/**
 * Runs a watched folder: one fiber checks the folder, scans the tree, follows the hints of the operating system, and emits the
 * files that are quiet.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Faults from "./faults.ts"
import type { Volume } from "./files.ts"
import * as Quiet from "./quiet.ts"
import * as Root from "./root.ts"
import * as Scan from "./scan.ts"
import type { Hints } from "./watchers.ts"

export interface Settings {
  readonly root: string
  readonly quietMillis: number
  readonly rescanMillis: number
  readonly pollMillis: number
}

/**
 * Hints are collected for this long, so that a file that is being written in small pieces is checked only a few times a
 * second.
 */
const gatherMillis = 250

/** The watched folder is there. */
interface Present {
  readonly volume: Volume
  /** Whether the operating system reports changes. */
  isWatched: boolean
}

export const run = (
  settings: Settings,
  makeTree: (wake: () => void) => Scan.Tree,
): Effect.Effect<never, never, Scope.Scope> =>
  Effect.gen(function* () {
    const woken = Latch.makeUnsafe(false)
    const tree = makeTree(() => void woken.openUnsafe())
    yield* Effect.addFinalizer(() => tree.watchers.closeAll)

    let present: Present | undefined
    let last: Volume | undefined
    let isMissing = false
    let degraded: string | undefined
    let scan = 0
    let nextScan = 0
    let nextCheck = 0

    const lose = (reason: string) =>
      Effect.gen(function* () {
        present = undefined
        yield* tree.watchers.closeAll
        tree.names.clear()
        if (!isMissing) yield* tree.emit({ _tag: "RootMissing", path: settings.root, reason })
        isMissing = true
      })

    const degrade = (state: Present, reason: string) =>
      Effect.gen(function* () {
        state.isWatched = false
        if (degraded !== reason) yield* tree.emit({ _tag: "Degraded", path: settings.root, reason })
        degraded = reason
      })

    /** After a volume was removed, an empty folder is left where it was mounted. */
    const isEmptied = (volume: Volume, names: ReadonlyArray<unknown>): boolean =>
      names.length === 0 && last !== undefined && !Root.isSameFolder(last, volume) && !tree.tracker.isEmpty()

    const find = (volume: Volume) =>
      Effect.gen(function* () {
        // A folder that cannot be listed is not back.
        const names = yield* tree.files.list(settings.root)
        if (isEmptied(volume, names)) return yield* lose("it is empty; the volume may not be mounted")
        if (present !== undefined) yield* lose("another folder or volume is now at this path")
        if (isMissing) yield* tree.emit({ _tag: "RootBack", path: settings.root })
        isMissing = false
        last = volume
        present = { volume, isWatched: true }
        tree.tracker.restartAll(yield* Monotonic.millis)
        nextScan = 0
        if (volume.unreported !== undefined) {
          yield* degrade(present, `the folder is on ${volume.unreported}, where changes are not reported`)
        }
      }).pipe(Effect.catchTag("FileFault", ({ code }) => lose(Faults.explain(code))))

    /** Reads the state of the folder, and switches to the new state if it differs. */
    const check = Effect.gen(function* () {
      const root = yield* Root.check(tree.files, settings.root, lose("the file system does not answer"))
      nextCheck = (yield* Monotonic.millis) + settings.pollMillis
      if (root._tag === "Missing") return yield* lose(root.reason)
      if (present !== undefined && Root.isSameFolder(present.volume, root.volume)) return
      yield* find(root.volume)
    })

    const newPass = ({ isWatched, volume }: Present, isDeep: boolean): Scan.Pass => ({
      number: scan,
      volume,
      isWatched,
      isDeep,
      skipped: [],
      gone: [],
      faults: 0,
    })

    /** Records the paths that vanished, and reports the names that a pass skipped, unless the whole folder is gone. */
    const report = (pass: Scan.Pass) =>
      Effect.gen(function* () {
        for (const relative of pass.gone) tree.tracker.vanish(relative)
        if (pass.faults > 0) yield* check
        if (present?.volume === pass.volume) yield* Effect.forEach(pass.skipped, tree.emit, { discard: true })
      })

    const rescan = (state: Present) =>
      Effect.gen(function* () {
        scan++
        tree.watchers.takeHints()
        const pass = newPass(state, true)
        yield* Scan.whole(tree, pass)
        yield* report(pass)
        if (pass.faults === 0 && present === state) {
          tree.tracker.sweep(scan)
          tree.skips.sweep(scan)
        }
        nextScan = (yield* Monotonic.millis) + (state.isWatched ? settings.rescanMillis : settings.pollMillis)
      }).pipe(Effect.catchTag("FileFault", ({ code }) => lose(Faults.explain(code))))

    const follow = (state: Present, hints: Hints) =>
      Effect.gen(function* () {
        const pass = newPass(state, false)
        for (const [relative, names] of hints) {
          yield* names === undefined ? Scan.again(tree, pass, relative) : Scan.some(tree, pass, relative, names)
        }
        yield* report(pass)
      })

    /** The work that is due while the folder is there. Each step may find that the folder is gone. */
    const work = (state: Present) =>
      Effect.gen(function* () {
        const failure = tree.watchers.takeFailure()
        if (failure !== undefined) {
          yield* degrade(state, Faults.explainWatch(failure))
          nextScan = 0
        }
        const hints = tree.watchers.takeHints()
        if (hints === undefined || (yield* Monotonic.millis) >= nextScan) yield* rescan(state)
        else if (hints.size > 0) yield* follow(state, hints)
        if (present !== state) return
        const pass = newPass(state, false)
        yield* Quiet.emit(tree, pass)
        yield* report(pass)
      })

    const step = Effect.gen(function* () {
      woken.closeUnsafe()
      if ((yield* Monotonic.millis) >= (present === undefined ? nextCheck : Math.min(nextCheck, nextScan))) yield* check
      if (present !== undefined) yield* work(present)
      const now = yield* Monotonic.millis
      const next = present === undefined ? nextCheck : Math.min(nextCheck, nextScan, Quiet.next(tree, now))
      const nap = Math.max(1, next - now)
      yield* Effect.raceFirst(Effect.sleep(nap), Effect.andThen(woken.await, Effect.sleep(gatherMillis)))
      const after = yield* Monotonic.millis
      // This process was stopped, and the program that writes the files may have been stopped too.
      if (after - now - nap >= settings.quietMillis / 2) tree.tracker.restartAll(after)
    })

    return yield* Effect.forever(step)
  })
