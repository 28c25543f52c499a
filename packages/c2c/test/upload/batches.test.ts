/** File operations that several chunks share. */
import { afterAll, afterEach, assert, describe, it, vi } from "@effect/vitest"
import Builtin, * as Fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Batches from "../../src/internal/upload/batches.ts"

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** An operation that ends when the test says so. */
const operation = () => {
  const ends: Array<(value: number) => void> = []
  const results: Array<number> = []
  const ask = Batches.shared<number>((done) => ends.push((value) => done(null, value)))
  return { ends, results, ask: () => ask((_, value) => results.push(value)) }
}

describe("a shared operation", () => {
  it("serves all callers that ask before it begins", async () => {
    const { ask, ends, results } = operation()
    ask()
    ask()
    await turn()
    ask()
    assert.strictEqual(ends.length, 1)
    ends[0]?.(1)
    assert.deepStrictEqual(results, [1, 1])
  })

  it("runs again for a caller that asks after it began", async () => {
    const { ask, ends, results } = operation()
    ask()
    await turn()
    ask()
    ends[0]?.(1)
    assert.strictEqual(ends.length, 2)
    ends[1]?.(2)
    assert.deepStrictEqual(results, [1, 2])
  })
})

const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-batches-"))
afterAll(() => Fs.rmSync(directory, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

/** Reads a file of the bytes 0 to 9 at offsets, all requested at once. */
const read = async (...ranges: ReadonlyArray<readonly [offset: number, length: number]>) => {
  const path = Path.join(directory, "file")
  Fs.writeFileSync(
    path,
    Uint8Array.from({ length: 10 }, (_, n) => n),
  )
  const spies = [vi.spyOn(Builtin, "readv"), vi.spyOn(Builtin, "read")] as const
  syncBuiltinESMExports()
  const fd = Fs.openSync(path, "r")
  const reader = Batches.reader(fd)
  try {
    const results = await Promise.all(
      ranges.map(
        ([offset, length]) =>
          new Promise((resolve) => {
            const buffer = new Uint8Array(length)
            reader({ buffer, offset, done: (error, filled) => resolve(error ?? [...buffer.subarray(0, filled)]) })
          }),
      ),
    )
    return { results, operations: spies.map(({ mock }) => mock.calls.length) }
  } finally {
    Fs.closeSync(fd)
  }
}

describe("a reader of a file", () => {
  it("fills buffers for adjacent bytes with one operation", async () => {
    const { operations, results } = await read([0, 2], [2, 3], [5, 1])
    assert.deepStrictEqual(results, [[0, 1], [2, 3, 4], [5]])
    assert.deepStrictEqual(operations, [1, 0])
  })

  it("fills buffers for bytes that are not adjacent with operations of their own", async () => {
    const { operations, results } = await read([6, 2], [0, 2], [8, 1], [2, 1])
    assert.deepStrictEqual(results, [[6, 7], [0, 1], [8], [2]])
    assert.deepStrictEqual(operations, [2, 0])
  })

  it("fills as much as the file has", async () => {
    const { results } = await read([4, 4], [8, 4], [12, 4])
    assert.deepStrictEqual(results, [[4, 5, 6, 7], [8, 9], []])
  })

  it("reads each buffer of a failed operation again by itself", async () => {
    vi.spyOn(Builtin, "readv").mockImplementation(((...args: ReadonlyArray<unknown>) => {
      const done = args.at(-1) as (error: Error, bytes: number) => void
      done(new Error("EIO"), 0)
    }) as never)
    const { operations, results } = await read([0, 2], [2, 2])
    assert.deepStrictEqual(results, [
      [0, 1],
      [2, 3],
    ])
    assert.deepStrictEqual(operations, [1, 2])
  })
})
