/**
 * Reports what an upload waits for if nothing has happened for a long time.
 */
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Seen } from "../shared/sandbox/Protocol.ts"
import type { Line } from "./History.ts"

/** The time without any line or request after which an upload is reported, in milliseconds. */
const longest = 60_000

/** How often the time is checked. A check that is late by more than this means that the harness itself did not run. */
const every = 5_000

/** What the harness knows of one upload. */
export interface Watch {
  /** Notes what the harness does next. */
  readonly step: (what: string) => void
  /** Notes that a process was started. `lines` is read when the upload is reported. */
  readonly started: (pid: number | undefined, lines: ReadonlyArray<Line>) => void
  /** Notes that something has happened. */
  readonly happened: () => void
  readonly report: (why: string) => void
  readonly end: () => void
}

/** Watches an upload until `end`. `home` contains its journal, and `seen` is read when the upload is reported. */
export const watch = (
  seed: number,
  home: string,
  seen: ReadonlyArray<Seen>,
  print: (line: string) => void = console.log,
): Watch => {
  let step = "the harness opens the sandbox"
  let process: { readonly pid: number | undefined; readonly lines: ReadonlyArray<Line> } | undefined
  let last = Date.now()
  let checked = last

  const report = (why: string) => {
    print(`  seed ${seed}: ${why}, while ${step}`)
    const found = [
      ...(process === undefined ? [] : [processState(process.pid), ...lastLines(process.lines)]),
      ...unanswered(seen),
      ...journals(home),
    ]
    for (const line of found) print(`    ${line}`)
  }
  const timer = setInterval(() => {
    const now = Date.now()
    const late = now - checked - every
    checked = now
    if (late > every) {
      last = now
      print(`  seed ${seed}: the harness did not run for ${Math.round(late / 1000)} s`)
    } else if (now - last >= longest) {
      report(`nothing happened for ${Math.round((now - last) / 1000)} s`)
      last = now
    }
  }, every)
  const happened = () => {
    last = Date.now()
  }
  return {
    happened,
    report,
    step: (what) => {
      step = what
      process = undefined
      happened()
    },
    started: (pid, lines) => {
      process = { pid, lines }
      happened()
    },
    end: () => clearInterval(timer),
  }
}

const ago = (time: number): string => `${Math.round((Date.now() - time) / 100) / 10} s ago`

/** The state and the CPU time of a process. In state T, a signal has stopped the process. */
const processState = (pid: number | undefined): string => {
  if (pid === undefined) return "the process has not been started"
  const shown = spawnSync("ps", ["-o", "state=,time=,wchan=", "-p", String(pid)], { encoding: "utf8" })
  const state = shown.stdout?.trim() ?? ""
  return `process ${pid}: ${state === "" ? "has ended" : `state, CPU time and wait channel are ${state}`}`
}

/** The last line of the process about each file. */
export const lastLines = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const last = new Map<string, Line>()
  for (const line of lines) last.set(line.path ?? "", line)
  if (last.size === 0) return ["it printed nothing"]
  return Array.from(last, ([path, { index, outcome, time, type }]) => {
    const detail = [type, index, outcome].filter((part) => part !== undefined).join(" ")
    return `its last line about ${path === "" ? "no file" : path}: ${detail}, ${ago(Date.parse(time))}`
  })
}

/** The last event at the sandbox, and the requests without a response. */
export const unanswered = (seen: ReadonlyArray<Seen>): ReadonlyArray<string> => {
  const open = new Map<number, Seen>()
  for (const one of seen) {
    if (one.seen === "arrived") open.set(one.request, one)
    else open.delete(one.request)
  }
  const last = seen.at(-1)
  const textOf = ({ at, method, path, request, seen: what, status }: Seen) =>
    `${method} ${path} (${request}) ${what}${what === "answered" ? ` with ${status}` : ""}, ${ago(at)}`
  return [
    last === undefined ? "the sandbox saw nothing" : `the sandbox saw last: ${textOf(last)}`,
    // A request whose process was killed has no response either.
    ...[...open.values()].slice(-5).map((one) => `without a response: ${textOf(one)}`),
  ]
}

/** The uploads in the journals below a folder. */
const journals = (home: string): ReadonlyArray<string> => {
  try {
    return Fs.readdirSync(home, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith("journal.db"))
      .flatMap((name) => {
        const database = new DatabaseSync(join(home, name), { readOnly: true })
        try {
          const rows = database.prepare("SELECT path, state, chunks, confirmed, bytes, error_tag FROM upload").all()
          return rows.map(
            ({ bytes, chunks, confirmed, error_tag: error, path, state }) =>
              `journal: ${path}: ${state}, ${confirmed} of ${bytes} bytes, ${chunks} parts${error === null ? "" : `, ${error}`}`,
          )
        } finally {
          database.close()
        }
      })
  } catch (error) {
    return [`the journal could not be read: ${error}`]
  }
}
