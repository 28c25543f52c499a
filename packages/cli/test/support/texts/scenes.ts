/**
 * The texts of the command that depend on the width, by topic.
 */
import * as Effect from "effect/Effect"
import type * as Event from "holdfast/Event"
import { fileURLToPath } from "node:url"
import * as DoctorDisk from "../../../src/doctor/checks/Disk.ts"
import * as DoctorPower from "../../../src/doctor/checks/Power.ts"
import * as Finding from "../../../src/doctor/Finding.ts"
import * as DoctorView from "../../../src/doctor/View.ts"
import * as Columns from "../../../src/terminal/Columns.ts"
import * as QueueView from "../../../src/queue/View.ts"
import * as Style from "../../../src/terminal/Style.ts"
import * as ProgressView from "../../../src/upload/progress/ProgressView.ts"
import * as UploadView from "../../../src/upload/View.ts"
import * as Waiting from "../../../src/upload/progress/Waiting.ts"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { record } from "../uploadRecords.ts"
import type { Place } from "./shown.ts"
import * as Shown from "./shown.ts"

const commands = [
  "upload",
  "watch",
  "worker",
  "queue",
  "pair",
  "status",
  "signout",
  "doctor",
  "explain",
  "policy",
  "sandbox",
  "help",
]

const help = (place: Place) =>
  Effect.forEach([["--help"], ...commands.map((name) => [name, "--help"])], (args) => Shown.command(place, args))

const fixtures = fileURLToPath(new URL("../../../../", import.meta.url))

const exchanges = [
  ["cli/test/fixtures/exchanges/late-token.http", "late-token.http"],
  ["c2c/test/fixtures/codes/HF-C2C-ACCESS-001.http", "refused.http"],
  ["http/test/fixtures/codes/HF-HTTP-PORTAL-001.http", "portal.http"],
  ["s3/test/fixtures/codes/HF-S3-CLOCK-001.http", "clock.http"],
] as const

const explain = (place: Place) =>
  Effect.all([
    ...exchanges.map(([path, name]) => Shown.command(place, ["explain", `${fixtures}${path}`], ["explain", name])),
    ...exchanges.map(([path, name]) =>
      Shown.command(place, ["explain", `${fixtures}${path}`, "--long"], ["explain", name, "--long"]),
    ),
    Shown.command(place, ["explain", "InvalidAccessKeyId"]),
    Shown.command(place, ["explain", "429"]),
    Shown.command(place, ["explain", "HF-S3-POST-011"]),
  ])

const policy = (place: Place) => Effect.map(Shown.command(place, ["policy"]), (text) => [text])

const noon = 12 * 3_600_000

const reading = { total: 4_200_000, sent: 2_500_000, confirmed: 2_100_000, rate: 525_000, left: 4000 }

const clip: ProgressView.FileProgress = { path: "A001_C003.mov", name: "A001_C003.mov", position: 1, reading }

const snapshot: ProgressView.Snapshot = {
  files: [clip],
  run: { files: 2, finished: 0, reading: { ...reading, total: 8_400_000, left: 12_000 } },
  retries: 3,
  waiting: undefined,
  note: undefined,
  device: undefined,
}

/** Three of 20 files, sent at the same time. */
const several: ProgressView.Snapshot = {
  ...snapshot,
  files: [3, 4, 5].map((n) => ({ ...clip, name: `A001_C00${n}.mov`, position: n })),
  run: { files: 20, finished: 2, reading: { ...reading, total: 84_000_000, rate: 1_575_000, left: 52_000 } },
  device: "Night shoot, online",
}

const closed = { _tag: "Closed", reason: "ConnectionReset", since: noon } as const

const human = (reason: string, action: string) => ({ _tag: "NeedsHuman", reason, action, since: noon }) as const

/** The texts about what the gates wait for, by situation. */
const gates: Readonly<Record<string, Waiting.Gates>> = {
  "no network": { ...Waiting.open, connectivity: closed, nextProbeAt: noon + 13_000 },
  "no name server": {
    ...Waiting.open,
    connectivity: closed,
    nextProbeAt: noon + 13_000,
    failure: { _tag: "DnsFailure" },
  },
  "a captive portal": { ...Waiting.open, connectivity: closed, failure: { _tag: "CaptivePortal" } },
  "no storage": {
    ...Waiting.open,
    storage: {
      origin: "https://bucket.s3.amazonaws.com",
      reason: "ConnectionRefused",
      since: noon,
      nextProbeAt: noon + 8000,
    },
  },
  "a sign-in": { ...Waiting.open, authorization: human("the sign-in has ended", "sign in again") },
  "a sign-in elsewhere": {
    ...Waiting.open,
    authorization: human("the sign-in has ended", "sign in again"),
    pairing: "the sign-in has ended; waiting for holdfast pair",
  },
}

const progress = ({ columns }: Place) => {
  const show = (heading: string, of: ProgressView.Snapshot) =>
    Shown.scene(
      heading,
      columns === undefined ? [ProgressView.line(of)] : Shown.plain(ProgressView.block(of, columns, Style.plain)),
    )
  const waiting = Object.entries(gates).map(([heading, state]) => {
    const described = Waiting.describe(state, noon + 5000)
    // The time of day depends on the machine's time zone.
    const text = described?.text.replace(/\d\d:\d\d/, "12:00") ?? ""
    return show(`waiting: ${heading}`, {
      ...snapshot,
      waiting: described === undefined ? undefined : { ...described, text },
    })
  })
  return Effect.succeed([
    show("at the start", {
      ...snapshot,
      files: [{ ...clip, reading: { ...reading, sent: 0, confirmed: 0, rate: undefined, left: undefined } }],
      run: { ...snapshot.run, files: 1 },
      retries: 0,
    }),
    show("sending", snapshot),
    show("sending several files", several),
    show("a retry", { ...snapshot, note: "SlowDown, retry in 2 s" }),
    ...waiting,
  ])
}

const file: Event.File = {
  path: "A001_C003.mov",
  outcome: "uploaded",
  bytes: 5_119_618,
  chunks: 20,
  sha256: "51f16b9a367478b3097a880e525ac696e4e266d13b2108b5aac9ff153b1583e2",
  verified: true,
  resumed: false,
  resentBytes: 0,
}

const summary: Event.Summary = {
  type: "summary",
  time: "2026-11-21T17:24:01.123Z",
  outcome: "uploaded",
  exitCode: 0,
  files: [file],
  counts: { uploaded: 1, unverified: 0, skipped: 0, failed: 0, interrupted: 0, queued: 0 },
  attempts: 54,
  retries: 17,
  errors: { ConnectionReset: 12, SlowDown: 1 },
  gates: { connectivity: { closed: 8, waitedMs: 6100 }, authorization: { closed: 0, waitedMs: 0 } },
  elapsedMs: 17_400,
}

const others: ReadonlyArray<Event.File> = [
  { ...file, path: "A001_C004.mov", outcome: "failed", sha256: null, verified: false },
  { ...file, path: "A001_C005.mov", outcome: "unverified", sha256: null, verified: false },
  { ...file, path: "A001_C006.mov", outcome: "interrupted", sha256: null, verified: false },
  { ...file, path: "A001_C007.mov", outcome: "skipped", sha256: null, verified: false },
]

const batch = (outcome: Event.Summary["outcome"], files: ReadonlyArray<Event.File>): Event.Summary => {
  const count = (name: Event.FileOutcome) => files.filter((one) => one.outcome === name).length
  const counts = {
    uploaded: count("uploaded"),
    unverified: count("unverified"),
    skipped: count("skipped"),
    failed: count("failed"),
    interrupted: count("interrupted"),
    queued: count("queued"),
  }
  return { ...summary, outcome, files, counts }
}

const summaries = () => {
  const show = (heading: string, lines: ReadonlyArray<string>) => Shown.scene(heading, Shown.plain(lines))
  const one = (entry: Event.File) => UploadView.file(entry, 16_900, Style.plain)
  return Effect.succeed([
    show("a file compared with the stored bytes", one(file)),
    show("a file with an MD5 for every chunk", one({ ...file, sha256: null })),
    show("a file without an MD5", one({ ...file, sha256: null, verified: false })),
    show(
      "a file that is not proven to be stored",
      one({ ...file, outcome: "unverified", sha256: null, verified: false }),
    ),
    show("an empty file", one({ ...file, bytes: 0, chunks: 1 })),
    show(
      "several files, all of which arrived",
      UploadView.tally(batch("uploaded", [file, file]), Style.plain, "holdfast upload"),
    ),
    show(
      "several files, some of which arrived",
      UploadView.tally(batch("partial", [file, ...others]), Style.plain, "holdfast upload"),
    ),
    show(
      "several files, none of which arrived",
      UploadView.tally(batch("failed", others.slice(0, 1).concat(others.slice(0, 1))), Style.plain, "holdfast upload"),
    ),
    show(
      "a file that was interrupted",
      UploadView.tally(batch("interrupted", others.slice(2, 3)), Style.plain, "holdfast upload"),
    ),
    show(
      "several files, interrupted",
      UploadView.tally(batch("interrupted", [file, ...others.slice(2)]), Style.plain, "holdfast upload"),
    ),
    show("the end of a run", UploadView.journey(summary, Style.plain)),
    show("the end of a run without a fault", UploadView.journey({ ...summary, retries: 0, errors: {} }, Style.plain)),
  ])
}

const queue = (place: Place) => {
  const long = record({ state: "sending", confirmed: 2_100_000, path: `/media/${"long-name-".repeat(15)}.mov` })
  const error = {
    tag: "FileChanged",
    message: "the file changed after it was added; run the command again",
    exitCode: 7,
  }
  const records = [record(), long, record({ id: "90aa00000000", state: "failed", error })]
  const show = (heading: string, rows: ReadonlyArray<UploadRecord>, paused: boolean) =>
    Shown.scene(heading, Shown.plain(QueueView.lines(rows, paused, place.columns ?? 80, Style.plain)))
  return Effect.succeed([
    show("an empty queue", [], false),
    show("a queue with a failed upload", records, false),
    show("a paused queue", records.slice(0, 1), true),
  ])
}

const found: ReadonlyArray<readonly [name: string, finding: Finding.Finding]> = [
  ["node", Finding.ok("Node 24.21.0")],
  ["power", Finding.warning("this machine runs on its battery (41 %)", DoctorPower.remedy)],
  ["disk", DoctorDisk.check.late],
  ["portal", Finding.skipped("the API did not answer")],
  ["clock", Finding.ok("agrees with the clock of the API")],
  ["pairing", Finding.ok("paired as A-Cam")],
]

const doctor = ({ columns = 80 }: Place) => {
  const options = { columns: Math.min(columns, Columns.widest), style: Style.plain }
  const lines = found.flatMap(([name, finding]) => DoctorView.check({ name, finding }, options))
  const counts = DoctorView.conclusion({ ok: 3, warning: 1, problem: 1, skipped: 1 }, Style.plain)
  return Effect.succeed([Shown.scene("results of each level", Shown.plain([...lines, counts]))])
}

/** The texts of a topic at a width. */
export const topics: Readonly<Record<string, (place: Place) => Effect.Effect<ReadonlyArray<string>>>> = {
  queue,
  help,
  doctor,
  explain,
  policy,
  progress,
  summaries,
}
