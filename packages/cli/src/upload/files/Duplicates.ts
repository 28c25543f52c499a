/**
 * Detects a file that is specified twice, because it would be stored as two assets.
 */
import { isObject } from "@holdfast/c2c/SourceFile"
import * as Effect from "effect/Effect"
import * as FsPromises from "node:fs/promises"
import * as Path from "node:path"

/**
 * Returns the identities of the file at a path. Paths to the same file share an identity, even if the paths contain links. Each
 * path of an object names another object: `//` is part of its key.
 */
const identities = async (path: string): Promise<ReadonlyArray<string>> => {
  if (isObject(path)) return [path]
  const resolved = await FsPromises.realpath(path).catch(() => Path.resolve(path))
  const stats = await FsPromises.stat(path, { bigint: true }).catch(() => undefined)
  // Some file systems have no inodes and report 0.
  return stats === undefined || stats.ino === 0n ? [resolved] : [resolved, `${stats.dev}:${stats.ino}`]
}

/**
 * Returns the first two paths to the same file. The two paths may be equal or spelled differently, or one of them may be a
 * link.
 */
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
