import { describe, expect, it } from "@effect/vitest"
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import type { History, Line, ProcessRun } from "../../crash/History.ts"
import { judge } from "../../crash/judge.ts"
import type { Seen } from "../../shared/sandbox/Protocol.ts"

const file = { path: "/files/a.mov", name: "a.mov", bytes: 3, sha256: "right", parts: ["m0", "m1", "m2"] }

const asset = (more: Partial<StoredAsset> = {}): StoredAsset => ({
  id: "one",
  name: "a.mov",
  filetype: "video/quicktime",
  filesize: 3,
  chunks: 3,
  received: 3,
  complete: true,
  bytes: 3,
  sha256: "right",
  path: "",
  ...more,
})

const line = (at: number, type: string, more: Partial<Line> = {}): Line => ({
  type,
  time: new Date(at).toISOString(),
  path: file.path,
  ...more,
})
const created = (at: number, assetId = "one") => line(at, "created", { assetId })
const resumed = (at: number, assetId = "one") => line(at, "resumed", { assetId })
const confirmed = (at: number, index: number) => line(at, "chunk-confirmed", { index })
const uploaded = (at: number) => line(at, "file", { outcome: "uploaded" })

let requests = 0
/** A PUT that arrives, and is answered 5 ms later unless its connection breaks. */
const put = (at: number, index: number, etag: string | undefined = `m${index}`, id = "one"): ReadonlyArray<Seen> => {
  const request = ++requests
  const common = { request, port: 1, method: "PUT", path: `/parts/${id}/${index + 1}` }
  const arrived: Seen = { ...common, seen: "arrived", at, status: 0, etag: "" }
  return etag === "" ? [arrived] : [arrived, { ...common, seen: "answered", at: at + 5, status: 200, etag }]
}

const process = (startedAt: number, endedAt: number, more: Partial<ProcessRun> = {}): ProcessRun => ({
  startedAt,
  endedAt,
  killed: undefined,
  exitCode: 0,
  lines: [],
  stderr: "",
  createAgain: false,
  signedOut: false,
  tokens: { pair: 1, spent: undefined, savedAt: 0 },
  assets: [asset()],
  ...more,
})
const killed = (startedAt: number, endedAt: number, lines: ReadonlyArray<Line>, more: Partial<ProcessRun> = {}) =>
  process(startedAt, endedAt, {
    killed: "at a random time of the work",
    exitCode: "SIGKILL",
    assets: [asset({ received: 1, complete: false, sha256: "" })],
    lines,
    ...more,
  })

const history = (processes: ReadonlyArray<ProcessRun>, seen: ReadonlyArray<Seen>): History => ({
  seed: 1,
  files: [file],
  processes,
  seen,
  refreshes: [],
})

const first = killed(0, 100, [created(10), confirmed(30, 0)])
const rest = [resumed(210), confirmed(230, 1), confirmed(240, 2), uploaded(250)]

const answered = { pair: 1, fault: null, endedAt: 0 }
const use = { ...answered, at: 95, use: 1, issued: 2, status: 200, endedAt: 97 }
const retried = { ...answered, at: 395, use: 2, issued: null, status: 400, endedAt: 397 }
const limited = { ...use, use: null, issued: null, fault: "too-many-requests", status: 429 }

/** Kills after the record of a refresh, a process that finds the sign-in lost, and one that uploads the rest. */
const signedOut = (kills: 1 | 2, refreshes: History["refreshes"]): History => {
  const recorded = (at: number, spent: "maybe" | "yes") => ({ tokens: { pair: 1, spent, savedAt: at } })
  const second = killed(200, 300, [], recorded(290, "yes"))
  const good = history(
    [
      { ...first, ...recorded(90, "maybe") },
      ...(kills === 2 ? [second] : []),
      process(350, 500, { assets: first.assets, signedOut: true, exitCode: 4, ...recorded(402, "yes") }),
      process(600, 700, {
        lines: rest.map((one) => ({ ...one, time: new Date(Date.parse(one.time) + 400).toISOString() })),
      }),
    ],
    [...put(20, 0), ...put(620, 1), ...put(630, 2)],
  )
  return { ...good, refreshes }
}

describe("the judge of killed uploads", () => {
  it("accepts an upload that sends only the missing parts after a kill", () => {
    const good = history(
      [first, process(200, 300, { lines: rest })],
      [...put(20, 0), ...put(50, 1, ""), ...put(220, 1), ...put(230, 2)],
    )
    const { figures, problems } = judge(good)
    expect(problems).toEqual([])
    expect(figures).toMatchObject({ kills: 1, inFlight: [1], sentAgain: [1], confirmedSentAgain: 0, resumed: 1 })
  })

  it("objects if a confirmed part is sent again", () => {
    const bad = history(
      [first, process(200, 300, { lines: rest })],
      [...put(20, 0), ...put(215, 0), ...put(220, 1), ...put(230, 2)],
    )
    expect(judge(bad).problems).toEqual(["part one/0 was confirmed, and process 1 sent it again"])
  })

  it("objects if a part was stored long before the kill, was not confirmed, and is sent again", () => {
    const slow = killed(0, 3000, [created(10), confirmed(30, 0)])
    const bad = history(
      [slow, process(3100, 3300, { lines: rest.map((one) => ({ ...one, time: new Date(3290).toISOString() })) })],
      [...put(20, 0), ...put(50, 1), ...put(3120, 1), ...put(3130, 2)],
    )
    expect(judge(bad).problems).toEqual(["part one/1 was stored 2945 ms before kill 0, and was sent again"])
  })

  it("does not count a part that the storage rejected before the kill as in flight", () => {
    const good = history(
      [first, process(200, 300, { lines: rest })],
      [...put(20, 0), ...put(50, 1, "wrong"), ...put(220, 1), ...put(230, 2)],
    )
    expect(judge(good)).toMatchObject({ problems: [], figures: { inFlight: [0], sentAgain: [0] } })
  })

  it("objects to a success that is reported before the last part is stored", () => {
    const early = [resumed(210), confirmed(226, 1), uploaded(227), confirmed(240, 2)]
    const bad = history([first, process(200, 300, { lines: early })], [...put(20, 0), ...put(220, 1), ...put(230, 2)])
    expect(judge(bad).problems).toEqual(["/files/a.mov was reported as uploaded before it was stored"])
  })

  it("objects to two complete assets of one file, and to a creation that no user allowed", () => {
    const twice = [asset(), asset({ id: "two" })]
    const bad = history([process(0, 100, { lines: [created(10)] }), process(200, 300, { assets: twice })], [])
    expect(judge(bad).problems).toEqual(["a.mov is stored twice", "a.mov was created again without consent"])
  })

  it("accepts that a process uses the consent that an earlier one received before its kill, and not the reverse", () => {
    const empty = asset({ id: "lost", received: 0, complete: false, sha256: "" })
    const lost = killed(0, 100, [], { assets: [empty] })
    const allowed = killed(200, 300, [], { assets: [empty], createAgain: true })
    const created = process(400, 500, { assets: [empty, asset()] })
    const unallowed = process(200, 300, { assets: [empty, asset()] })
    const blind = (processes: ReadonlyArray<ProcessRun>) => judge(history(processes, [])).figures.createdWithoutConsent
    expect(blind([lost, allowed, created])).toBe(0)
    expect(blind([lost, unallowed, killed(400, 500, [], { assets: [empty, asset()], createAgain: true })])).toBe(1)
  })

  it("counts an empty asset that a lost response left behind, after which a user allowed another one", () => {
    const empty = asset({ id: "lost", received: 0, complete: false, sha256: "" })
    const good = history(
      [
        killed(0, 100, [], { assets: [empty] }),
        process(200, 300, { createAgain: true, assets: [empty, asset()], lines: [created(210), uploaded(290)] }),
      ],
      [...put(220, 0), ...put(220, 1), ...put(220, 2)],
    )
    expect(judge(good)).toMatchObject({ problems: [], figures: { orphans: 1, createdWithoutConsent: 0 } })
  })

  it("objects to an incomplete asset with parts if the file also has a complete asset", () => {
    const both = [asset({ id: "old", received: 2, complete: false, sha256: "" }), asset()]
    const bad = history([process(0, 100, { assets: both, createAgain: true })], [])
    expect(judge(bad).problems).toEqual(["an asset of a.mov was abandoned with 2 parts"])
  })

  it("accepts a lost sign-in if a kill lost the new pair and the retry was rejected, or if two kills lost two responses", () => {
    const one = judge(signedOut(1, [use, retried]))
    expect(one).toMatchObject({ problems: [], figures: { signInsRejected: 1, signInsLostTwice: 0 } })
    const two = judge(signedOut(2, [limited, { ...use, at: 295 }]))
    expect(two).toMatchObject({ problems: [], figures: { signInsRejected: 0, signInsLostTwice: 1 } })
  })

  it("objects to a lost sign-in if only one response was lost, and lists the refreshes and the kills", () => {
    const { problems, timeline } = judge(signedOut(1, [limited]))
    expect(problems).toEqual(["process 1 found the sign-in lost, but 1 responses to token 1 were lost"])
    expect(timeline).toContain(
      "     100 ms  process 0 is killed (at a random time of the work); token 1 (may be spent), saved 10 ms before",
    )
    expect(timeline).toContain(
      "     500 ms  process 1 ends with 4 because a user has to sign in; token 1 (spent), saved 98 ms before",
    )
  })

  it("objects to each lost sign-in by itself", () => {
    const good = signedOut(1, [use, retried])
    const again = process(460, 480, { signedOut: true, exitCode: 4, tokens: { pair: 3, spent: "yes", savedAt: 470 } })
    const processes = [...good.processes.slice(0, 2), again, ...good.processes.slice(2)]
    expect(judge({ ...good, processes }).problems).toEqual([
      "process 2 found the sign-in lost, but 0 responses to token 3 were lost",
    ])
  })

  it("objects to a third use of a refresh token", () => {
    const third = { ...retried, at: 410, use: 3 }
    expect(judge(signedOut(1, [use, retried, third])).problems).toEqual(["refresh token 1 was used a third time"])
  })

  it("objects if the stored bytes differ, or the last process failed", () => {
    const bad = history(
      [process(0, 100, { exitCode: 5, stderr: "gave up\n", assets: [asset({ sha256: "other" })] })],
      [],
    )
    expect(judge(bad).problems).toEqual([
      "a.mov is not stored with the same bytes",
      "the last process ended with 5: gave up",
    ])
  })
})
