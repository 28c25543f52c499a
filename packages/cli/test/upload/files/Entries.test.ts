import { assert, describe, it } from "@effect/vitest"
import * as Entries from "../../../src/upload/files/Entries.ts"
import * as Files from "../../../src/upload/files/Files.ts"

const name = (n: number) => `clip-${n}.mov`

/** A run in which `ended` files of 10 bytes were uploaded, except each tenth, which failed. At most `keep` are kept. */
const after = (ended: number, keep?: number) => {
  const files = Entries.make([], keep)
  for (let n = 0; n < ended; n++) {
    const index = files.add({ ...Files.make(name(n)), bytes: 10 })
    files.observe(index, { _tag: "Opened", path: name(n), bytes: 10 }, n)
    files.update(index, { outcome: n % 10 === 0 ? "local" : "ok" })
  }
  return files
}

describe("the files of a run", () => {
  it("keeps every finished file by default", () => {
    const files = after(30)
    assert.strictEqual(files.kept().length, 30)
    assert.strictEqual(files.at(0)?.outcome, "local")
  })

  it("keeps the last finished files of a run without an end, and counts all of them", () => {
    const files = after(5000, 100)
    const open = files.add({ ...Files.make("last.mov"), bytes: 1000 })
    assert.deepStrictEqual(
      files.kept().map(({ path }) => path),
      [...Array.from({ length: 100 }, (_, n) => name(4900 + n)), "last.mov"],
    )
    assert.deepStrictEqual([files.total(), files.finished()], [5001, 5000])
    assert.deepInclude(files.counts(), { uploaded: 4500, failed: 500, interrupted: 1 })
    assert.deepStrictEqual(
      files.open().map(([index, { path }]) => [index, path]),
      [[open, "last.mov"]],
    )
    const { active, sum } = files.readings(0)
    assert.deepInclude(sum, { total: 51_000, sent: 45_000, confirmed: 45_000 })
    assert.deepStrictEqual(active, [])
  })

  it("remembers the outcomes of files that it no longer keeps", () => {
    const files = Entries.make([], 1)
    for (const outcome of ["local", "ok", "ok"] as const) files.update(files.add(Files.make(outcome)), { outcome })
    assert.deepStrictEqual(new Set(files.outcomes()), new Set(["local", "ok"] as const))
  })

  it("ignores changes of a file that it no longer keeps", () => {
    const files = after(3, 1)
    files.update(0, { outcome: "ok" })
    assert.isUndefined(files.at(0))
    assert.deepInclude(files.counts(), { uploaded: 2, failed: 1 })
  })

  it("counts a file once if its outcome changes after its end", () => {
    const files = after(1)
    files.update(0, { outcome: "ok", bytes: 12 })
    assert.deepInclude(files.counts(), { uploaded: 1, failed: 0 })
    assert.deepInclude(files.readings(0).sum, { total: 12, confirmed: 12 })
    assert.strictEqual(files.finished(), 1)
  })

  it("reports the progress of the files that are being sent", () => {
    const files = after(2)
    const index = files.add({ ...Files.make("now.mov"), bytes: 100 })
    files.observe(index, { _tag: "Opened", path: "now.mov", bytes: 100 }, 0)
    files.observe(index, { _tag: "ChunkSent", index: 0, bytes: 40 }, 0)
    const { active, sum } = files.readings(0)
    assert.deepStrictEqual(
      active.map((one) => [one.index, one.entry.path, one.reading.sent]),
      [[index, "now.mov", 40]],
    )
    assert.deepInclude(sum, { total: 120, sent: 50 })
  })
})
