import { assert, describe, it } from "@effect/vitest"
import type { Observed } from "../../command/judge.ts"
import { differences, filesOf } from "../../command/judge.ts"
import type { Expected } from "../../command/Scenario.ts"
import { scenarios } from "../../command/scenarios.ts"

const ended = { exit: 0, stdout: [], stderr: ["A001.mov: uploaded"], millis: 1200 }

const observed: Observed = {
  ended: [ended],
  files: [{ path: "A001.mov", outcome: "uploaded", verified: true, assetId: "a" }],
  assets: 1,
  whole: ["a"],
  sent: 100,
  storedBytes: 100,
  calls: { health: 0, me: 1, heartbeat: 0, asset: 1, chunk: 1, refresh: 0, other: 0 },
}

const expected: Expected = {
  exit: [[0, 5]],
  assets: 1,
  stored: 1,
  sent: [90, 110],
  outcomes: ["uploaded"],
  says: [/uploaded/],
  saysNot: [/failed/],
  calls: { refresh: 0 },
  within: 2000,
}

describe("The judge of the scenarios", () => {
  it("finds no differences if every figure and text is as expected", () => {
    assert.deepStrictEqual(differences(expected, observed), [])
  })

  it("reports every figure and every text that differs from the expected one", () => {
    const wrong: Expected = {
      exit: [2, 0],
      assets: 0,
      stored: [2, 3],
      sent: 0,
      outcomes: ["failed"],
      says: [/refused/],
      saysNot: [/uploaded/],
      calls: { asset: 0 },
      within: 1000,
    }
    assert.deepStrictEqual(differences(wrong, observed), [
      "processes: 1, expected 2",
      "exit: 0, expected 2",
      "exit: none, expected 0",
      "assets: 1, expected 0",
      "stored whole: 1, expected 2 to 3",
      "bytes sent: 100, expected 0",
      "requests of asset: 1, expected 0",
      "outcomes: uploaded, expected failed",
      "does not say /refused/",
      "says /uploaded/",
      "time: 1200 ms, expected at most 1000",
    ])
  })

  it("reports a false proof if the server does not have the file, regardless of what the scenario expects", () => {
    assert.deepStrictEqual(differences({ ...expected, stored: 0 }, { ...observed, whole: [] }), [
      'states a false proof: "A001.mov"',
    ])
  })

  it("treats a missing outcome as wrong", () => {
    const files = [{ path: "A001.mov", verified: false }]
    assert.deepStrictEqual(differences(expected, { ...observed, files }), ["outcomes: none, expected uploaded"])
  })

  it("reads the uploaded files from the output only if the last line of the output is a summary", () => {
    const files = [{ path: "A001.mov", verified: true }]
    const summary = JSON.stringify({ type: "summary", files })
    assert.deepStrictEqual(filesOf({ ...ended, stdout: ["{}", summary] }), files)
    assert.deepStrictEqual(filesOf({ ...ended, stdout: [summary, '{"type":"progress"}'] }), [])
    assert.deepStrictEqual(filesOf({ ...ended, stdout: ["no JSON"] }), [])
  })

  it("identifies every scenario by a unique name", () => {
    const names = scenarios.map(({ name }) => name)
    assert.deepStrictEqual([...new Set(names)], names)
  })
})
