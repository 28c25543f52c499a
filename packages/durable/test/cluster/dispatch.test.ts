import { assert, describe, it } from "@effect/vitest"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import * as Dispatch from "../../src/internal/cluster/dispatch.ts"

const record = (id: string, fields: Partial<UploadRecord> = {}): UploadRecord => ({
  id,
  seq: Number(id),
  path: `/media/${id}`,
  name: undefined,
  filetype: undefined,
  channel: undefined,
  priority: 0,
  state: "queued",
  wanted: undefined,
  createAgain: false,
  file: { bytes: 1, modifiedNs: "0", inode: "0" },
  assetId: undefined,
  serverTime: undefined,
  chunks: undefined,
  chunkSize: undefined,
  failures: 0,
  crashes: 0,
  resumed: false,
  resentBytes: 0,
  confirmed: 0,
  error: undefined,
  quietMillis: undefined,
  device: undefined,
  run: 0,
  addedAt: 0,
  changedAt: 0,
  ...fields,
})

const ids = (records: ReadonlyArray<UploadRecord>) => records.map(({ id }) => id).join("")

const records = [
  record("1"),
  record("2", { priority: 3 }),
  record("3", { state: "sending" }),
  record("4", { state: "done" }),
  record("5", { state: "failed" }),
  record("6", { wanted: "cancel" }),
  record("7", { crashes: 2, priority: 9 }),
]

describe("the dispatcher starts", () => {
  it("canceled uploads, then begun ones, then by priority and order, and suspects last", () => {
    assert.strictEqual(ids(Dispatch.starts(records, new Map(), false, 10)), "63217")
  })

  it("no more workflows than allowed, and canceled uploads beyond that", () => {
    assert.strictEqual(ids(Dispatch.starts(records, new Map(), false, 3)), "632")
    const started = new Map([
      ["1", 0],
      ["2", 0],
      ["3", 0],
    ])
    assert.strictEqual(ids(Dispatch.starts(records, started, false, 3)), "6")
  })

  it("only canceled uploads during a pause", () => {
    assert.strictEqual(ids(Dispatch.starts(records, new Map(), true, 10)), "6")
  })

  it("an upload again whose earlier run was started", () => {
    assert.strictEqual(ids(Dispatch.starts([record("1", { run: 2 })], new Map([["1", 1]]), false, 10)), "1")
    assert.strictEqual(ids(Dispatch.starts([record("1", { run: 2 })], new Map([["1", 2]]), false, 10)), "")
  })
})

describe("the dispatcher carries out", () => {
  it("the retry of a failed upload as another run", () => {
    const failed = record("1", { state: "failed", wanted: "retry", run: 4 })
    assert.deepStrictEqual(Dispatch.changesOf(failed), [
      { _tag: "Requeued", id: "1", fresh: false, createAgain: false },
      { _tag: "Rerun", id: "1", run: 5 },
    ])
  })

  it("the cancellation of a failed upload, and leaves that of an open one to its workflow", () => {
    assert.deepStrictEqual(Dispatch.changesOf(record("1", { state: "failed", wanted: "cancel" })), [
      { _tag: "Canceled", id: "1" },
    ])
    assert.deepStrictEqual(Dispatch.changesOf(record("1", { state: "sending", wanted: "cancel" })), [])
  })

  it("nothing for an uncertain upload whose creation may not be repeated", () => {
    const error = { tag: "AssetCreationUncertain", message: "m", exitCode: 4 }
    const uncertain = record("1", { state: "uncertain", wanted: "retry", error })
    assert.deepStrictEqual(Dispatch.changesOf(uncertain), [{ _tag: "Uncertain", id: "1", error }])
  })
})
