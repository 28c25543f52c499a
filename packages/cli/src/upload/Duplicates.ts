/**
 * Finds a file that is named twice, which would become two assets.
 */
import * as Effect from "effect/Effect"
import * as FsPromises from "node:fs/promises"
import * as Path from "node:path"

/** What a path leads to: the same texts for the same file, also through links. */
const identities = async (path: string): Promise<ReadonlyArray<string>> => {
  const resolved = await FsPromises.realpath(path).catch(() => Path.resolve(path))
  const stats = await FsPromises.stat(path, { bigint: true }).catch(() => undefined)
  // Some file systems have no inodes and say 0.
  return stats === undefined || stats.ino === 0n ? [resolved] : [resolved, `${stats.dev}:${stats.ino}`]
}

/** The first two paths that lead to the same file: equal, by a link, or spelled otherwise. */
export const find = (
  paths: ReadonlyArray<string>,
): Effect.Effect<{ readonly first: string; readonly second: string } | undefined> =>
  Effect.promise(async () => {
    const seen = new Map<string, string>()
    for (const path of paths) {
      const found = await identities(path)
      const first = found.map((identity) => seen.get(identity)).find((other) => other !== undefined)
      if (first !== undefined) return { first, second: path }
      for (const identity of found) seen.set(identity, path)
    }
    return undefined
  })
