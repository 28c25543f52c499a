/**
 * Settings of every form, and `holdfast policy` as the command runs it.
 */
import type { Pipeline } from "@holdfast/core"
import { ConfigProvider, Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as PolicyDefault from "../../src/policy/Default.ts"
import * as PolicyReport from "../../src/policy/Report.ts"
import * as OneRun from "./oneRun.ts"

/** Settings with every stage. */
export const everything: Pipeline.Settings = {
  deadline: "2 minutes",
  retry: { attempts: 6 },
  budget: { kind: "ratio" },
  hedge: { delay: { percentile: 0.95, max: "2 seconds" } },
  throttle: {},
  adaptiveLimit: { queue: 5 },
  bulkhead: { permits: 4, queue: 100, maxWait: "10 seconds" },
  breaker: { window: { duration: "30 seconds", slowCall: { over: "2 seconds", rate: 0.5 } } },
  timeout: "15 seconds",
}

const shapes: Readonly<Record<string, Pipeline.Settings>> = {
  nothing: {},
  everything,
  default: PolicyDefault.settings,
  "one attempt": { retry: { attempts: 1 }, timeout: "1 second" },
  "no timeout": { retry: {} },
  "very many attempts": { retry: { attempts: 9_007_199_254_740_991 }, timeout: "1 second" },
  "very many attempts within a deadline": { deadline: "1 hour", retry: { attempts: 1_000_000 }, timeout: "1 second" },
  "very many attempts at once": {
    deadline: "1 hour",
    retry: { attempts: 9_007_199_254_740_991, backoff: { jitter: "full" } },
  },
  "a deadline shorter than an attempt": { deadline: "1 second", retry: {}, timeout: "15 seconds" },
  milliseconds: { retry: { backoff: { base: 1, cap: 10 } }, timeout: 5 },
  days: { retry: { backoff: { base: "1 day", cap: "7 days" } }, timeout: "1 day" },
  "no jitter": { retry: { backoff: { jitter: "none" } }, timeout: "15 seconds" },
  "decorrelated jitter": { retry: { backoff: { jitter: "decorrelated" } }, timeout: "15 seconds" },
}

/** The report on settings with one gate. */
export const report = (settings: Pipeline.Settings) => PolicyReport.make("test", settings, ["connectivity"])

/** The names of all settings. */
export const names = Object.keys(shapes)

/** The settings with a name. */
export const shape = (name: string): Pipeline.Settings => shapes[name] ?? {}

/** A directory that is removed at the end. */
export const withDirectory = <A>(play: (directory: string) => Effect.Effect<A>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-policy-"))),
    play,
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
  )

/** Runs `holdfast policy`. */
export const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.provideService(
    OneRun.command(["policy", ...args]),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env }),
  )

/** Runs `holdfast policy` on a file with this content, and removes its directory from the output. */
export const ran = (args: ReadonlyArray<string>, content?: string | Uint8Array) =>
  withDirectory((directory) => {
    const file = Path.join(directory, "p.json")
    if (content !== undefined) Fs.writeFileSync(file, content)
    return Effect.map(run([file, ...args]), ({ stderr, ...rest }) => ({
      ...rest,
      stderr: stderr.map((line) => line.replaceAll(`${directory}/`, "")),
    }))
  })
