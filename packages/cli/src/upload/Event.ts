/**
 * The events that `--json` prints. Each event is on its own line, and the summary is the last line. The events are defined as
 * schemas because other programs parse the output.
 *
 * **Details**
 *
 * `at` is the time since the run began, in milliseconds on a monotonic clock. `time` is the date and time in UTC according to
 * this machine's clock. Sizes are bytes. `docs/generated/upload-events.schema.json` is generated from these schemas. No event
 * contains a token, a device code or a signed URL.
 */
import * as Schema from "effect/Schema"
import * as Problem from "../explain/Problem.ts"

const time = Schema.String.annotate({ description: "The date and time in UTC, such as 2026-11-21T17:24:01.123Z" })

const fileError = Schema.Struct({
  tag: Schema.String,
  message: Schema.String,
  exitCode: Schema.Int,
})

/** The outcome of a file's upload. */
export const FileOutcome = Schema.Literals([
  "uploaded",
  "unverified",
  "skipped",
  "failed",
  "interrupted",
  "queued",
]).annotate({
  description:
    "uploaded: the file arrived, with proof. unverified: the file was sent, but nothing proves that it is stored. " +
    "skipped: the upload of the file did not begin, because the run had to end. failed: the file did not arrive. " +
    "interrupted: the file had not arrived when a signal ended the run; the next run continues with it. queued: " +
    "the file was added to the queue, and this run did not send it",
})
export type FileOutcome = (typeof FileOutcome)["Type"]

/** The entry for one file in the summary. */
export const File = Schema.Struct({
  path: Schema.String,
  outcome: FileOutcome,
  bytes: Schema.Int,
  chunks: Schema.Int,
  /**
   * The SHA-256 of the stored file. The value is null if the server cannot be queried or did not store the complete file.
   */
  sha256: Schema.NullOr(Schema.String),
  /** Whether the upload proved that the stored bytes equal the bytes of the file. */
  verified: Schema.Boolean,
  /** Whether this run continued the upload of an earlier run that had stopped. */
  resumed: Schema.Boolean,
  /** The bytes of chunks that the earlier run had begun to send and that this run sent again. */
  resentBytes: Schema.Int,
  /**
   * Whether the file was uploaded before this run: its content with `--skip-uploaded`, or the file itself by a run that was
   * killed or interrupted.
   */
  alreadyUploaded: Schema.optionalKey(Schema.Boolean),
  assetId: Schema.optionalKey(Schema.String),
  error: Schema.optionalKey(fileError),
})
export type File = (typeof File)["Type"]

const GateStats = Schema.Struct({ closed: Schema.Int, waitedMs: Schema.Finite })

/** The summary, which is the last line of the output of every run. */
export const Summary = Schema.Struct({
  type: Schema.tag("summary"),
  time,
  outcome: Schema.Literals(["uploaded", "unverified", "partial", "failed", "interrupted", "queued"]),
  exitCode: Schema.Int,
  /** All files. A run that watches a folder lists the files that have not ended and the last 1,000 that have. */
  files: Schema.Array(File),
  /** The number of files with each outcome. */
  counts: Schema.Struct({
    uploaded: Schema.Int,
    unverified: Schema.Int,
    skipped: Schema.Int,
    failed: Schema.Int,
    interrupted: Schema.Int,
    queued: Schema.Int,
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

/** The events that are printed before the summary. */
export const Event = Schema.Union([
  event("started", {
    api: Schema.String,
    sandbox: Schema.NullOr(Schema.Struct({ faults: Schema.String, seed: Schema.Int })),
    files: Schema.Array(Schema.String),
  }),
  event("pairing", { userCode: Schema.String, verificationUri: Schema.String }),
  /**
   * The user has to run `command` to pair the device. `waitMs` is the maximum time, in milliseconds, that the run waits for
   * the pairing. `null` means no limit.
   */
  event("pairing-needed", { reason: Schema.String, command: Schema.String, waitMs: Schema.NullOr(Schema.Finite) }),
  event("paired", {}),
  /** The reason why the API or a storage service cannot be reached. The event is emitted when the reason changes. */
  event("unreachable", { problem: Schema.String }),
  /**
   * The project of this device, and its status. `paused`: a user has paused the device in Frame.io, and files wait before
   * their assets are created. `unknown`: no socket is open, so Frame.io cannot report a pause immediately.
   */
  event("device", {
    project: Schema.NullOr(Schema.String),
    status: Schema.Literals(["online", "paused", "unknown"]),
  }),
  event("opened", { path: Schema.String, bytes: Schema.Int }),
  event("created", { path: Schema.String, assetId: Schema.String, chunks: Schema.Int, chunkSize: Schema.Int }),
  /**
   * The number of milliseconds by which the clock of this machine is ahead of the server's clock. The number is negative if
   * the clock of this machine is behind.
   */
  event("clock", { path: Schema.String, aheadMs: Schema.Int }),
  event("recreated", { path: Schema.String, reason: Schema.String }),
  /** A watched folder contains a new file, which may still be growing. */
  event("found", { path: Schema.String, bytes: Schema.Int }),
  /** A watched folder contains a file that grows. The file is uploaded while it is recorded. */
  event("recording", { path: Schema.String, bytes: Schema.Int }),
  /** A recording has grown. `chunks` is the number of chunks that it needs so far. */
  event("grown", { path: Schema.String, bytes: Schema.Int, chunks: Schema.Int }),
  /** A recording has ended: its file has not changed for the quiet time. Its final chunk is sent next. */
  event("ended", { path: Schema.String, bytes: Schema.Int, chunks: Schema.Int }),
  /** The recorder has changed bytes after they were sent, and these chunks are sent again. */
  event("rewritten", { path: Schema.String, indexes: Schema.Array(Schema.Int), bytes: Schema.Int }),
  /** The state of a watched folder. `polled` means that the folder is scanned regularly, and `reason` states why. */
  event("folder", {
    path: Schema.String,
    state: Schema.Literals(["watched", "missing", "polled"]),
    reason: Schema.optionalKey(Schema.String),
  }),
  /** The upload resumes that of an earlier process, which had sent the confirmed chunks and bytes. */
  event("resumed", {
    path: Schema.String,
    assetId: Schema.String,
    chunks: Schema.Int,
    chunkSize: Schema.Int,
    confirmedChunks: Schema.Int,
    confirmedBytes: Schema.Int,
  }),
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
  /**
   * The reason why a file failed, or why the whole run failed if `path` is null. `saved` is the path of the file that
   * contains the exchange.
   */
  event("explanation", {
    path: Schema.NullOr(Schema.String),
    saved: Schema.NullOr(Schema.String),
    problem: Problem.Problem,
  }),
  event("error", { message: Schema.String, exitCode: Schema.Int }),
])
export type Event = (typeof Event)["Type"]

/** The schema of every line that `upload --json` prints. */
export const Line = Schema.Union([...Event.members, Summary])

/** Removes the fields `at` and `time` from each member of a union of events. */
export type WithoutTime<E> = E extends unknown ? Omit<E, "at" | "time"> : never
/** An event without the fields `at` and `time`. */
export type Untimed = WithoutTime<Event>
