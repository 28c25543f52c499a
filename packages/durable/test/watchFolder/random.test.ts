import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ScriptedDisk } from "../support/scriptedDisk.ts"
import { watching } from "../support/watching.ts"

/** Pseudo-random integers below a limit, by seed (mulberry32). */
const numbers = (seed: number) => {
  let state = seed
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % limit
  }
}

const folders = ["", "a/", "a/b/", "c/"]

/** Changes the disk once: writes, rewrites, renames, links and removes files, and pulls and inserts the card. */
const change = (disk: ScriptedDisk, below: (limit: number) => number): void => {
  const name = () => `${folders[below(4)]}${below(6)}.mov`
  const files = [...disk.nodes].filter(([, { kind }]) => kind === "file").map(([path]) => path.slice("/card/".length))
  const some = files[below(Math.max(1, files.length))]
  const action = below(20)
  if (action < 8) disk.write(name(), below(1000))
  else if (some === undefined) return
  else if (action < 13) disk.write(some, below(1000))
  else if (action < 15) disk.remove(some)
  else if (action < 18) {
    const to = name()
    disk.folder(`/card/${to}`.slice(0, `/card/${to}`.lastIndexOf("/")))
    if (disk.nodes.get(`/card/${to}`) !== disk.nodes.get(`/card/${some}`)) {
      disk.remove(to)
      if (action === 17) disk.link(some, to)
      else disk.move(some, to)
    }
  } else if (action === 18 && disk.nodes.has("/card/a") && !disk.nodes.has("/card/moved")) disk.move("a", "moved")
  else disk.isReporting = !disk.isReporting
}

describe("WatchFolder, with random changes of the disk", () => {
  it.effect.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "emits each version that stays once, and no version twice (seed %i)",
    (seed) =>
      watching({}, ({ after, disk, events }) =>
        Effect.gen(function* () {
          const below = numbers(seed)
          for (let round = 0; round < 30; round++) {
            for (let count = below(6); count > 0; count--) change(disk, below)
            yield* after(`${below(100_000)} millis`)
            if (below(6) > 0) continue
            const card = disk.pull()
            if (below(2) === 0) disk.emptyMountPoint()
            yield* after(`${below(30_000)} millis`)
            disk.insert(card)
          }
          yield* after("10 minutes")
          const emitted = events.flatMap((event) =>
            event._tag === "Finished" || event._tag === "Changed" ? [event.file] : [],
          )
          const versions = emitted.map(({ bytes, inode, modifiedNs }) => `${inode} ${bytes} ${modifiedNs}`)
          assert.strictEqual(new Set(versions).size, versions.length)
          for (const [path, { bytes, inode, kind, modifiedNs }] of disk.nodes) {
            if (kind === "file") assert.include(versions, `${inode} ${bytes} ${modifiedNs}`, path)
          }
          const kinds = events.map(({ _tag }) => _tag).filter((tag) => tag === "RootMissing" || tag === "RootBack")
          assert.deepStrictEqual(
            kinds,
            kinds.map((_, index) => (index % 2 === 0 ? "RootMissing" : "RootBack")),
          )
        }),
      ),
  )
})
