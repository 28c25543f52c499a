/**
 * What `--json` prints: one event a line, the summary last. Other programs read this, so it is a schema.
 *
 * **Details**
 *
 * `at` is in milliseconds since the run began, by a clock that no adjustment of the time of day moves; `time` is the time of day in
 * UTC, by the clock of this machine. Sizes are bytes. `docs/generated/upload-events.schema.json` is generated from these schemas. No
 * event carries a token, a device code or a signed URL.
 */
import * as Schema from "effect/Schema"
import * as Problem from "../explain/Problem.ts"

const time = Schema.String.annotate({ description: "The time of day in UTC, as 2026-11-21T17:24:01.123Z" })

const fileError = Schema.Struct({
  tag: Schema.String,
  message: Schema.String,
  exitCode: Schema.Int,
})

/** What became of a file. */
export const FileOutcome = Schema.Literals(["uploaded", "unverified", "skipped", "failed", "interrupted"]).annotate({
  description:
    "uploaded: arrived, with proof. unverified: sent, but nothing proves that it is stored. skipped: not begun, because the run " +
    "had to end. failed: did not arrive. interrupted: had not arrived when a signal ended the run",
})
export type FileOutcome = (typeof FileOutcome)["Type"]

/** One file in the summary. */
export const File = Schema.Struct({
  path: Schema.String,
  outcome: FileOutcome,
  bytes: Schema.Int,
  chunks: Schema.Int,
  /** Of what the server stored; null where the server cannot be asked, or stored nothing. */
  sha256: Schema.NullOr(Schema.String),
  /** Whether the stored bytes were proven to be the file's. */
  verified: Schema.Boolean,
  assetId: Schema.optionalKey(Schema.String),
  error: Schema.optionalKey(fileError),
})
export type File = (typeof File)["Type"]

const GateStats = Schema.Struct({ closed: Schema.Int, waitedMs: Schema.Finite })

/** The last line of every run. */
export const Summary = Schema.Struct({
  type: Schema.tag("summary"),
  time,
  outcome: Schema.Literals(["uploaded", "unverified", "partial", "failed", "interrupted"]),
  exitCode: Schema.Int,
  files: Schema.Array(File),
  /** How many files have each outcome. */
  counts: Schema.Struct({
    uploaded: Schema.Int,
    unverified: Schema.Int,
    skipped: Schema.Int,
    failed: Schema.Int,
    interrupted: Schema.Int,
  }),
  attempts: Schema.Int,
  retries: Schema.Int,
  errors: Schema.Record(Schema.String, Schema.Int),
  gates: Schema.Struct({ connectivity: GateStats, authorization: GateStats }),
  elapsedMs: Schema.Finite,
}).annotate({ description: "The last line of every run" })
export type Summary = (typeof Summary)["Type"]

const event = <const Type extends string, Fields extends Schema.Struct.Fields>(type: Type, fields: Fields) =>
  Schema.Struct({
    type: Schema.tag(type),
    at: Schema.Finite.annotate({ description: "Milliseconds since the run began" }),
    time,
    ...fields,
  })

/** Every line before the last. */
export const Event = Schema.Union([
  event("started", {
    api: Schema.String,
    sandbox: Schema.NullOr(Schema.Struct({ faults: Schema.String, seed: Schema.Int })),
    files: Schema.Array(Schema.String),
  }),
  event("pairing", { userCode: Schema.String, verificationUri: Schema.String }),
  /** A person has to pair the device with `command`. `waitMs` is how long the run waits for it; `null` means no limit. */
  event("pairing-needed", { reason: Schema.String, command: Schema.String, waitMs: Schema.NullOr(Schema.Finite) }),
  event("paired", {}),
  /** Why the API or a storage cannot be reached; emitted when the reason changes. */
  event("unreachable", { problem: Schema.String }),
  event("opened", { path: Schema.String, bytes: Schema.Int }),
  event("created", { path: Schema.String, assetId: Schema.String, chunks: Schema.Int, chunkSize: Schema.Int }),
  /** How far the clock of this machine is ahead of the server's; negative if it is behind. */
  event("clock", { path: Schema.String, aheadMs: Schema.Int }),
  event("recreated", { path: Schema.String, reason: Schema.String }),
  event("chunk-sent", { path: Schema.String, index: Schema.Int, bytes: Schema.Int }),
  event("chunk-failed", { path: Schema.String, index: Schema.Int, error: Schema.String }),
  event("chunk-confirmed", { path: Schema.String, index: Schema.Int, bytes: Schema.Int }),
  event("failure", { error: Schema.String, attempt: Schema.Int }),
  event("retry", { error: Schema.String, waitMs: Schema.Finite }),
  event("gate", {
    gate: Schema.Literals(["connectivity", "authorization"]),
    state: Schema.Literals(["open", "closed", "needs-human"]),
    reason: Schema.optionalKey(Schema.String),
  }),
  event("progress", {
    path: Schema.String,
    total: Schema.Int,
    sent: Schema.Int,
    confirmed: Schema.Int,
    bytesPerSecond: Schema.NullOr(Schema.Finite),
    leftMs: Schema.NullOr(Schema.Finite),
    waiting: Schema.NullOr(Schema.String),
  }),
  event("file", {
    path: Schema.String,
    outcome: Schema.Literals(["uploaded", "unverified", "failed"]),
    error: Schema.optionalKey(fileError),
  }),
  /** Why a file failed, or with `path` null the run, as far as an exchange tells it; `saved` is the file that holds it. */
  event("explanation", {
    path: Schema.NullOr(Schema.String),
    saved: Schema.NullOr(Schema.String),
    problem: Problem.Problem,
  }),
  event("error", { message: Schema.String, exitCode: Schema.Int }),
])
export type Event = (typeof Event)["Type"]

/** Every line that `upload --json` prints. */
export const Line = Schema.Union([...Event.members, Summary])

/** Each of several events without its times. */
export type WithoutTime<E> = E extends unknown ? Omit<E, "at" | "time"> : never
/** An event before it got its time. */
export type Untimed = WithoutTime<Event>
