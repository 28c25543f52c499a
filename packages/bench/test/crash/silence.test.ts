import { afterEach, beforeEach, describe, expect, it, vi } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import * as Silence from "../../crash/silence.ts"
import type { Seen } from "../../shared/sandbox/Protocol.ts"

const start = Date.parse("2026-11-30T20:00:00Z")

const request = (number: number, path: string): Seen => ({
  seen: "arrived",
  request: number,
  port: 1,
  at: start,
  method: "PUT",
  path,
  status: 0,
  etag: "",
})

describe("the report about a silent upload", () => {
  let home = ""
  const printed: Array<string> = []
  const watch = (seen: ReadonlyArray<Seen> = []) => Silence.watch(10_001, home, seen, (line) => void printed.push(line))
  beforeEach(() => {
    home = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-silence-"))
    vi.useFakeTimers({ now: start })
    printed.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
    Fs.rmSync(home, { recursive: true })
  })

  it("is printed once for each minute without a line or a request", () => {
    const watched = watch()
    watched.step("the harness signs in")
    vi.advanceTimersByTime(55_000)
    watched.happened()
    vi.advanceTimersByTime(59_000)
    expect(printed).toStrictEqual([])
    vi.advanceTimersByTime(65_000)
    expect(printed.filter((line) => line.includes("seed"))).toStrictEqual([
      "  seed 10001: nothing happened for 60 s, while the harness signs in",
      "  seed 10001: nothing happened for 60 s, while the harness signs in",
    ])
    watched.end()
    vi.advanceTimersByTime(600_000)
    expect(printed.filter((line) => line.includes("seed"))).toHaveLength(2)
  })

  it("does not count the time in which the harness itself was stopped", () => {
    const watched = watch()
    vi.advanceTimersByTime(30_000)
    vi.setSystemTime(Date.now() + 230_000)
    vi.advanceTimersByTime(60_000)
    watched.end()
    expect(printed).toStrictEqual(["  seed 10001: the harness did not run for 230 s"])
  })

  it("names the process, its last lines and the requests without a response", () => {
    const answered: Seen = { ...request(1, "/parts/one/1"), seen: "answered", status: 200 }
    const watched = watch([request(1, "/parts/one/1"), request(2, "/parts/one/2"), answered])
    const line = { time: new Date(start - 2_000).toISOString(), path: "/files/a.mov" }
    watched.step("process 3 runs")
    watched.started(process.pid, [
      { ...line, type: "created" },
      { ...line, type: "chunk-confirmed", index: 4 },
    ])
    watched.report("a process is late")
    watched.end()
    expect(printed[1]).toMatch(new RegExp(`process ${process.pid}: state, CPU time and wait channel are [A-Z]`))
    expect([printed[0], ...printed.slice(2)]).toStrictEqual([
      "  seed 10001: a process is late, while process 3 runs",
      "    its last line about /files/a.mov: chunk-confirmed 4, 2 s ago",
      "    the sandbox saw last: PUT /parts/one/1 (1) answered with 200, 0 s ago",
      "    without a response: PUT /parts/one/2 (2) arrived, 0 s ago",
    ])
  })

  it("says what the journal contains, also if it cannot be read", () => {
    Fs.writeFileSync(join(home, "journal.db"), "damaged")
    const watched = watch()
    watched.report("a process is late")
    watched.end()
    expect(printed.at(-1)).toMatch(/the journal could not be read: Error/)
  })
})
