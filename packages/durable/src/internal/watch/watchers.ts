/**
 * Watches each folder of a tree, and collects the names that changed. The collection is bounded: if it is full, the whole tree
 * is scanned instead.
 */
import * as Effect from "effect/Effect"
import * as Faults from "./faults.ts"
import type { Files, Stats, Watcher } from "./files.ts"

/** The names that changed in a folder; `undefined` if the whole folder must be listed. */
export type Hints = ReadonlyMap<string, ReadonlySet<string> | undefined>

/** Linux queues 16 384 events for a process and drops the rest, so half of this number means that some may be lost. */
const maxHints = 8192

/** A folder in which more names than this changed is listed, which costs less than checking each name. */
const maxNames = 256

export const make = (files: Files, wake: () => void) => {
  const armed = new Map<string, { readonly watcher: Watcher; readonly inode: bigint; readonly device: bigint }>()
  let hints = new Map<string, Set<string> | undefined>()
  let count = 0
  let isOverflown = false
  let failure: string | undefined

  const onChange = (folder: string, name: string | undefined): void => {
    count++
    if (count > maxHints) {
      isOverflown = true
      hints.clear()
    } else {
      const names = hints.has(folder) ? hints.get(folder) : new Set<string>()
      hints.set(folder, name === undefined || (names?.size ?? 0) >= maxNames ? undefined : names?.add(name))
    }
    wake()
  }

  const drop = (folder: string): void => {
    armed.get(folder)?.watcher.close()
    armed.delete(folder)
  }

  const closeAll = (): void => {
    for (const { watcher } of armed.values()) watcher.close()
    armed.clear()
    hints.clear()
    count = 0
    isOverflown = false
  }

  return {
    /** Watches a folder, unless it is watched already. A failure is kept for `takeFailure`. */
    arm: (folder: string, path: string, { device, inode }: Stats): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (failure !== undefined) return Effect.void
        const before = armed.get(folder)
        if (before?.inode === inode && before.device === device) return Effect.void
        drop(folder)
        const onFailure = (code: string): void => {
          // A watcher of a folder that is removed fails on some systems. The parent folder reports the removal.
          if (code === "EPERM" || code === "ENOENT") return
          failure ??= code
          wake()
        }
        return files
          .watch(path, (name) => onChange(folder, name), onFailure)
          .pipe(
            Effect.map((watcher) => void armed.set(folder, { watcher, inode, device })),
            Effect.catch(({ code }) =>
              Effect.sync(() => {
                // The folder is gone again, or may not be read: its listing reports that.
                if (Faults.isLocal(code)) return
                failure ??= code
                wake()
              }),
            ),
          )
      }),
    isArmed: (folder: string, { device, inode }: Stats): boolean => {
      const one = armed.get(folder)
      return one?.inode === inode && one.device === device
    },
    /** Stops watching a folder and the folders in it. */
    dropUnder: (folder: string): void => {
      if (!armed.has(folder)) return
      drop(folder)
      for (const other of armed.keys()) if (other.startsWith(`${folder}/`)) drop(other)
    },
    closeAll: Effect.sync(closeAll),
    /** Returns the hints since the last call, or `undefined` if there were too many. */
    takeHints: (): Hints | undefined => {
      const taken = isOverflown ? undefined : hints
      hints = new Map()
      count = 0
      isOverflown = false
      return taken
    },
    /** Returns the code with which a watcher failed, and stops all watchers. */
    takeFailure: (): string | undefined => {
      const taken = failure
      if (taken !== undefined) closeAll()
      failure = undefined
      return taken
    },
    count: (): number => armed.size,
  }
}

export type Watchers = ReturnType<typeof make>
