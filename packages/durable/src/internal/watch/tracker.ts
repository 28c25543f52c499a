/**
 * Remembers the files of a watched folder, and decides which of them are quiet. The tracker reads neither a clock nor a disk:
 * the caller states what it saw, and when.
 */
import type { Stats, Volume } from "./files.ts"
import type { Sidecars } from "./sidecars.ts"
import { isSame, keyOf } from "./version.ts"

export interface Entry {
  readonly key: string
  relative: string
  stats: Stats
  /** When this version was first seen, in monotonic milliseconds. */
  since: number
  /** The size at the first sight of the file, or of its content since it was emitted. */
  first: bigint
  /** Whether the growth of the file was reported. */
  isGrowing: boolean
  /** The version that was emitted last. */
  emitted: Stats | undefined
  /** A file that could not be emitted is not looked at again before this time. */
  notBefore: number
  /** The scan that saw the file last. */
  scan: number
  sidecars: Sidecars
}

/**
 * What an observation of a file means: a new version of it, its growth, or a second name of a file that is emitted under its
 * first name.
 */
export type Sight =
  | { readonly _tag: "New" }
  | { readonly _tag: "Growing" }
  | { readonly _tag: "HardLink"; readonly first: string }
  | undefined

export interface Options {
  readonly quietMillis: number
  /** The number of bytes above which the growth of a file is reported. By default, growth is not reported. */
  readonly growingAbove?: number | undefined
  readonly sidecarsOf: (relative: string) => Sidecars
  /** The number of emitted files that are remembered after they disappear. */
  readonly remembered: number
}

const isNew: Sight = { _tag: "New" }
const grows: Sight = { _tag: "Growing" }

export const make = ({ growingAbove, quietMillis, remembered, sidecarsOf }: Options) => {
  /** The files that exist, by key and by path. */
  const entries = new Map<string, Entry>()
  const paths = new Map<string, Entry>()
  /** The files whose current version is not emitted. */
  const waiting = new Set<Entry>()
  /** The files that were emitted and are gone, earliest first. A volume that is mounted again brings them back. */
  const gone = new Map<string, Entry>()

  const detach = (entry: Entry): void => {
    if (paths.get(entry.relative) === entry) paths.delete(entry.relative)
    entries.delete(entry.key)
    waiting.delete(entry)
    if (entry.emitted === undefined) return
    gone.set(entry.key, entry)
    if (gone.size > remembered) gone.delete(gone.keys().next().value ?? "")
  }

  const place = (entry: Entry, relative: string): void => {
    const before = paths.get(relative)
    if (before !== undefined && before !== entry) detach(before)
    if (paths.get(entry.relative) === entry) paths.delete(entry.relative)
    paths.set(relative, entry)
    entries.set(entry.key, entry)
    if (entry.relative !== relative) entry.sidecars = sidecarsOf(relative)
    entry.relative = relative
  }

  /** Starts the quiet time of the version that was seen, unless this version was emitted. */
  const restart = (entry: Entry, stats: Stats, now: number): Sight => {
    const wasWaiting = waiting.has(entry)
    entry.stats = stats
    entry.since = now
    entry.notBefore = 0
    if (entry.emitted !== undefined && isSame(entry.emitted, stats)) {
      waiting.delete(entry)
      return undefined
    }
    waiting.add(entry)
    if (!wasWaiting) {
      entry.first = stats.bytes
      entry.isGrowing = false
      return isNew
    }
    if (stats.bytes < entry.first) entry.first = stats.bytes
    const isAbove = growingAbove !== undefined && stats.bytes > BigInt(growingAbove)
    if (entry.isGrowing || !isAbove || stats.bytes <= entry.first) return undefined
    entry.isGrowing = true
    return grows
  }

  const isFinishedBySidecar = ({ emitted, sidecars }: Entry, has: (sidecar: string) => boolean): boolean =>
    emitted === undefined && sidecars.finish.some(has)

  return {
    /** Records that a path names a file with these attributes. */
    observe: (relative: string, stats: Stats, volume: Volume, scan: number, now: number): Sight => {
      const key = keyOf(relative, stats, volume)
      const known = entries.get(key)
      const entry = known ?? gone.get(key)
      if (entry === undefined) {
        const made: Entry = {
          key,
          relative,
          stats,
          since: now,
          first: stats.bytes,
          isGrowing: false,
          emitted: undefined,
          notBefore: 0,
          scan,
          sidecars: sidecarsOf(relative),
        }
        place(made, relative)
        return restart(made, stats, now)
      }
      if (known !== undefined && known.relative !== relative && stats.links > 1n) {
        const replaced = paths.get(relative)
        if (replaced !== undefined) detach(replaced)
        return { _tag: "HardLink", first: known.relative }
      }
      gone.delete(key)
      place(entry, relative)
      entry.scan = scan
      return known !== undefined && isSame(entry.stats, stats) ? undefined : restart(entry, stats, now)
    },
    /** Records that a path does not exist. */
    vanish: (relative: string): void => {
      const entry = paths.get(relative)
      if (entry !== undefined) detach(entry)
    },
    /** Records that a scan is complete: the files that it did not see are gone. */
    sweep: (scan: number): void => {
      for (const entry of entries.values()) if (entry.scan !== scan) detach(entry)
    },
    /** Records that the current version of a file is emitted. Returns the version that was emitted before. */
    emit: (entry: Entry): Stats | undefined => {
      const previous = entry.emitted
      entry.emitted = entry.stats
      waiting.delete(entry)
      return previous
    },
    /** Starts the quiet time of all waiting files again. */
    restartAll: (now: number): void => {
      for (const entry of waiting) entry.since = now
    },
    /** Postpones the next check of a file that was due but could not be emitted, by one quiet time. */
    postpone: (entry: Entry, now: number): void => {
      entry.notBefore = now + quietMillis
    },
    /**
     * Returns the files that are quiet or whose sidecar is there, and those of them that wait for another sidecar. A file that
     * was emitted before needs the whole quiet time. `has` states whether a name is in the folder of the file.
     */
    quiet: (now: number, has: (entry: Entry, sidecar: string) => boolean) => {
      const due: Array<{ readonly entry: Entry; readonly bySidecar: boolean }> = []
      const held: Array<Entry> = []
      let next = Infinity
      for (const entry of waiting) {
        const bySidecar = isFinishedBySidecar(entry, (sidecar) => has(entry, sidecar))
        const at = Math.max(entry.notBefore, bySidecar ? entry.since : entry.since + quietMillis)
        if (at > now) next = Math.min(next, at)
        else if (entry.sidecars.wait.every((sidecar) => has(entry, sidecar))) due.push({ entry, bySidecar })
        else held.push(entry)
      }
      return { due, held, next }
    },
    /** Whether a file is still the one that a path names, and waits to be emitted. */
    isWaiting: (entry: Entry): boolean => waiting.has(entry),
    isEmpty: (): boolean => entries.size === 0 && gone.size === 0,
    size: (): { readonly files: number; readonly waiting: number; readonly gone: number } => ({
      files: entries.size,
      waiting: waiting.size,
      gone: gone.size,
    }),
  }
}

export type Tracker = ReturnType<typeof make>
