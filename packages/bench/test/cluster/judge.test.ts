import { describe, expect, it } from "@effect/vitest"
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import type { Disturbance, History } from "../../cluster/History.ts"
import { judge } from "../../cluster/judge.ts"
import type { Seen } from "../../shared/sandbox/Protocol.ts"

const file = { path: "/files/a.mov", name: "a.mov", sha256: "right", parts: ["m0", "m1"] }

const asset = (more: Partial<StoredAsset> = {}): StoredAsset => ({
  id: "one",
  name: "a.mov",
  filetype: "video/quicktime",
  filesize: 2,
  chunks: 2,
  received: 2,
  complete: true,
  bytes: 2,
  sha256: "right",
  path: "",
  ...more,
})

let requests = 0
/** A PUT that arrives, and is answered 5 ms later. */
const put = (at: number, index: number, from: string, id = "one"): ReadonlyArray<Seen> => {
  const common = { request: ++requests, port: 1, method: "PUT", path: `/parts/${id}/${index + 1}`, from }
  return [
    { ...common, seen: "arrived", at, status: 0, etag: "" },
    { ...common, seen: "answered", at: at + 5, status: 200, etag: `m${index}` },
  ]
}

const kill = (at: number, runner: string): Disturbance => ({
  kind: "kill",
  runner,
  at,
  until: Number.POSITIVE_INFINITY,
})

const clean: History = {
  files: [file],
  confirmed: [
    { asset: "one", index: 0, at: 107 },
    { asset: "one", index: 1, at: 207 },
  ],
  done: [{ path: file.path, at: 210 }],
  uploads: [{ path: file.path, state: "done", error: "" }],
  seen: [...put(100, 0, "1.1"), ...put(200, 1, "1.1")],
  assets: [asset()],
  disturbances: [],
}

const judged = (more: Partial<History>) => judge({ ...clean, ...more })

describe("the judge of a cluster", () => {
  it("has no objection to a file that was stored once and then declared done", () => {
    const { figures, problems } = judged({})
    expect(problems).toEqual([])
    expect(figures).toMatchObject({ uploads: 1, partsSent: 2, sentAgain: 0 })
  })

  it("objects to a file that is missing, has other bytes or is stored twice", () => {
    expect(judged({ assets: [] }).figures.lost).toBe(1)
    expect(judged({ assets: [asset({ sha256: "wrong" })] }).figures.lost).toBe(1)
    expect(judged({ assets: [asset(), asset({ id: "two" })] }).figures.doubled).toBe(1)
  })

  it("objects to an upload that was done before its last part was stored", () => {
    expect(judged({ done: [{ path: file.path, at: 204 }] }).figures.falseSuccesses).toBe(1)
    expect(judged({ done: [{ path: file.path, at: 206 }] }).figures.falseSuccesses).toBe(0)
  })

  it("objects to a part that was sent again after its first confirmation, and only to such a part", () => {
    const again = put(300, 0, "2.2")
    expect(judged({ seen: [...clean.seen, ...again] }).figures.confirmedSentAgain).toBe(1)
    const twice = [...clean.confirmed, { asset: "one", index: 0, at: 400 }]
    expect(judged({ seen: [...clean.seen, ...again], confirmed: twice }).figures.confirmedSentAgain).toBe(1)
    const early = judged({ seen: [...clean.seen, ...put(106, 0, "2.2")] }).figures
    expect(early).toMatchObject({ confirmedSentAgain: 0, sentAgain: 1 })
  })

  it("objects to an abandoned asset with parts and to an upload that did not end as done", () => {
    expect(judged({ assets: [asset(), asset({ id: "two", complete: false, received: 1 })] }).problems).toEqual([
      "asset two of a.mov was abandoned with 1 parts",
    ])
    expect(judged({ uploads: [{ path: file.path, state: "failed", error: "X: y" }] }).problems).toEqual([
      "/files/a.mov ended as failed X: y",
    ])
    expect(judged({ uploads: [] }).problems).toEqual(["the journal has 0 uploads of 1 files"])
  })
})

describe("the measurement of take-overs", () => {
  const moved = [...put(100, 0, "1.1"), ...put(4100, 1, "2.2")]

  it("counts from the loss of a runner to the next part by another runner", () => {
    const { clean: takeOvers } = judged({ seen: moved, disturbances: [kill(150, "1.1")] }).figures.takeOvers
    expect(takeOvers).toEqual([{ runner: "1.1", kind: "kill", asset: "one", millis: 3950 }])
  })

  it("ignores the uploads of other runners and those that were whole", () => {
    expect(judged({ seen: moved, disturbances: [kill(150, "3.3")] }).figures.takeOvers.clean).toEqual([])
    expect(judged({ disturbances: [kill(250, "1.1")] }).figures.takeOvers.clean).toEqual([])
  })

  it("keeps a take-over apart if the database was down or another runner was lost meanwhile", () => {
    const down: Disturbance = { kind: "database", runner: undefined, at: 1000, until: 2000 }
    for (const other of [down, kill(2000, "3.3")]) {
      const { takeOvers } = judged({ seen: moved, disturbances: [kill(150, "1.1"), other] }).figures
      expect([takeOvers.clean.length, takeOvers.overlapped.length]).toEqual([0, 1])
    }
    const woken: Disturbance = { kind: "freeze", runner: "3.3", at: -20_000, until: 3000 }
    expect(judged({ seen: moved, disturbances: [kill(150, "1.1"), woken] }).figures.takeOvers.clean).toEqual([])
    const redis: Disturbance = { ...down, kind: "redis" }
    expect(judged({ seen: moved, disturbances: [kill(150, "1.1"), redis] }).figures.takeOvers.clean).toHaveLength(1)
  })
})
