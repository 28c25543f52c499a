import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  defaultFiles,
  isSuspect,
  type Job,
  largeLanes,
  next,
  nextDuringPause,
  order,
  partLength,
  sizeOf,
  tinyLength,
} from "../../src/internal/queue/lanes.ts"

const job = (seq: number, more: Partial<Job> = {}): Job => ({
  id: `f${seq}`,
  bytes: 1000,
  priority: 0,
  seq,
  crashes: 0,
  ...more,
})

const large = (seq: number, more: Partial<Job> = {}): Job => job(seq, { bytes: partLength + 1, ...more })

const isLarge = (one: Job): boolean => sizeOf(one) === "large"

const ids = (jobs: ReadonlyArray<Job>) => jobs.map(({ id }) => id)

const Jobs = Schema.Array(
  Schema.Struct({
    isLarge: Schema.Boolean,
    priority: Schema.Literals([-1, 0, 5]),
    crashes: Schema.Literals([0, 0, 0, 1, 2, 9]),
  }),
)

describe("lanes", () => {
  it("start at most eight files", () => {
    const waiting = Array.from({ length: 20 }, (_, n) => job(n))
    assert.deepStrictEqual(ids(next(waiting, [])), ["f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7"])
    assert.deepStrictEqual(ids(next(waiting, [job(50), job(51), job(52)])), ["f0", "f1", "f2", "f3", "f4"])
    assert.deepStrictEqual(next(waiting, waiting.slice(0, 8)), [])
  })

  it("leave two lanes to small files while large ones wait", () => {
    const waiting = [...Array.from({ length: 20 }, (_, n) => large(n)), job(100), job(101), job(102)]
    assert.deepStrictEqual(ids(next(waiting, [])), ["f0", "f1", "f2", "f3", "f4", "f5", "f100", "f101"])
    assert.deepStrictEqual(ids(next(waiting.slice(0, 20), [])), ["f0", "f1", "f2", "f3", "f4", "f5"])
  })

  it("give a large file a lane even if only one or two files may run", () => {
    assert.deepStrictEqual(ids(next([large(1), large(2)], [], 1)), ["f1"])
    assert.deepStrictEqual(ids(next([large(1), large(2), job(3)], [], 2)), ["f1", "f3"])
    assert.strictEqual(isLarge(job(1, { bytes: partLength })), false)
  })

  it("start tiny files ahead, so that their assets are created while other parts are sent", () => {
    const waiting = Array.from({ length: 20 }, (_, n) => job(n, { bytes: n === 2 ? tinyLength + 1 : tinyLength }))
    assert.deepStrictEqual(ids(next(waiting, [], 3, 2)), ["f0", "f1", "f2", "f3", "f4"])
    assert.deepStrictEqual(ids(next(waiting.slice(2), [job(30), job(31), job(32)], 3, 2)), ["f2", "f3"])
    assert.deepStrictEqual(ids(next(waiting.slice(2), [job(30), job(31), job(32), job(33)], 3, 2)), ["f2"])
    assert.deepStrictEqual(ids(next(waiting.slice(5), [large(30), large(31), large(32)], 3, 2)), ["f5", "f6"])
    assert.deepStrictEqual(
      next(
        waiting,
        Array.from({ length: 5 }, (_, n) => job(30 + n)),
        3,
        2,
      ),
      [],
    )
  })

  it("give the next free lane to a large file although tiny files run ahead", () => {
    const running = Array.from({ length: 15 }, (_, n) => job(n))
    assert.deepStrictEqual(ids(next([large(20), job(21)], running, 8, 8)), ["f20"])
  })

  it("start files with fewer crashes first, then by priority, then in the order of addition", () => {
    const waiting = [job(1), job(2, { priority: 5 }), job(3, { crashes: 1, priority: 9 }), job(4, { priority: 5 })]
    assert.deepStrictEqual(ids(next(waiting, [])), ["f2", "f4", "f1", "f3"])
  })

  it("run a file with two crashes alone and after all others", () => {
    const suspect = job(1, { crashes: 2, priority: 100 })
    const worse = job(2, { crashes: 5 })
    assert.deepStrictEqual(ids(next([suspect, worse, job(3)], [])), ["f3"])
    assert.deepStrictEqual(next([suspect, worse], [job(3)]), [])
    assert.deepStrictEqual(ids(next([worse, suspect], [])), ["f1"])
    assert.deepStrictEqual(next([job(3)], [suspect]), [])
  })

  it.prop(
    "run everything within the limits, and waste no lane",
    { jobs: Jobs, files: Schema.Literals([1, 2, 3, 8]) },
    ({ files, jobs }) => {
      let waiting: ReadonlyArray<Job> = jobs.map((one, seq) =>
        job(seq, { bytes: one.isLarge ? partLength * 2 : 10, priority: one.priority, crashes: one.crashes }),
      )
      let running: ReadonlyArray<Job> = []
      const done: Array<Job> = []
      while (waiting.length > 0 || running.length > 0) {
        const started = next(waiting, running, files)
        waiting = waiting.filter((one) => !started.includes(one))
        running = [...running, ...started]
        assert.isAtMost(running.length, files)
        assert.isAtMost(running.filter(isLarge).length, largeLanes(files))
        if (running.some(isSuspect)) assert.strictEqual(running.length, 1)
        // A free lane means that nothing that waits could use it.
        const free = running.length < files && !running.some(isSuspect)
        const usable = waiting.filter(
          (one) => !isSuspect(one) && (!isLarge(one) || running.filter(isLarge).length < largeLanes(files)),
        )
        if (free) assert.deepStrictEqual(usable, [])
        assert.isAbove(running.length, 0)
        const [first, ...rest] = running
        if (first !== undefined) done.push(first)
        running = rest
      }
      assert.strictEqual(done.length, jobs.length)
      const suspects = done.filter(isSuspect)
      assert.deepStrictEqual(done.slice(done.length - suspects.length), suspects.toSorted(order))
    },
  )

  it("select from 10 000 waiting files without sorting them", () => {
    let reads = 0
    const waiting = Array.from({ length: 10_000 }, (_, n) => ({
      ...job(n),
      get bytes() {
        reads++
        return 10
      },
    }))
    assert.strictEqual(next(waiting, [], defaultFiles).length, 8)
    assert.isAtMost(reads, 10_010)
  })

  describe("while the device is paused", () => {
    const created = (one: Job) => ({ ...one, hasAsset: true })
    const queued = (one: Job) => ({ ...one, hasAsset: false })
    const holding = Array.from({ length: 8 }, (_, n) => queued(job(n)))

    it("start files that have an asset even if files without one hold all lanes", () => {
      assert.deepStrictEqual(ids(nextDuringPause([queued(job(20)), created(job(21))], holding)), ["f21"])
      assert.deepStrictEqual(ids(nextDuringPause([created(job(21)), created(job(22))], holding.slice(0, 1), 1)), [
        "f21",
      ])
    })

    it("start files that have an asset before files of higher priority without one", () => {
      const waiting = [...holding, created(job(30)), created(job(31)), queued(job(40, { priority: 9 }))]
      assert.deepStrictEqual(ids(nextDuringPause(waiting, [], 3)), ["f30", "f31", "f40"])
    })

    it("run at most eight files that have an asset", () => {
      const waiting = Array.from({ length: 20 }, (_, n) => created(job(100 + n)))
      assert.lengthOf(nextDuringPause(waiting, holding), 8)
      assert.lengthOf(nextDuringPause(waiting, [...holding, ...waiting.slice(0, 8)]), 0)
    })

    it("keep a file with two crashes alone", () => {
      const suspect = created(job(1, { crashes: 2 }))
      assert.deepStrictEqual(nextDuringPause([created(job(2))], [suspect]), [])
      assert.deepStrictEqual(nextDuringPause([suspect], holding), [])
      assert.deepStrictEqual(ids(nextDuringPause([suspect], [])), ["f1"])
    })
  })
})
