/**
 * Describes each failure in one line: the problem and its remedy. The error states the problem. The remedy depends on the
 * outcome, except for error classes that have their own remedies.
 */
import { frameIo } from "@holdfast/c2c/C2cConfig"
import { LocalFileError } from "@holdfast/c2c/LocalFileError"
import { ObjectError } from "@holdfast/c2c/ObjectError"
import type { StepNotRecorded } from "@holdfast/c2c/UploadSession"
import type { Classified } from "@holdfast/core/Verdict"
import type { JournalError } from "@holdfast/durable/JournalError"
import type { UploadRunner } from "@holdfast/durable/cluster"
import type { FailedUpload } from "@holdfast/durable/Queue"
import type { SavedError } from "@holdfast/durable/UploadRecord"
import type { PlanError, SandboxError } from "@holdfast/sandbox/SandboxError"
import { TokenStoreError as AnyTokenStoreError, type TokenStoreError } from "@holdfast/oauth/TokenStoreError"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import type { Outcome } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"
import * as FailureOutcome from "../process/FailureOutcome.ts"
import * as HomeRemedy from "../process/HomeRemedy.ts"
import type { PersonError } from "../process/PersonError.ts"
import { ApiUnreachable, LocalProblem, PairingNeeded, Refused, UsageError } from "../process/PersonError.ts"
import * as Format from "../terminal/Format.ts"
import * as Reach from "./Reach.ts"

const isLocalFile = Schema.is(LocalFileError)
const isObject = Schema.is(ObjectError)

/** Whether an error concerns the file or the object, and not the way to it. */
const isLocal = (error: unknown): boolean =>
  isLocalFile(error) || (isObject(error) && error._tag !== "ObjectUnavailable")

const isJournalError = (error: Classified): error is JournalError => error._tag.startsWith("Journal")

/** Whether the state of an upload could not be recorded. Such an error states its own remedy. */
const isOfJournal = (error: FailedUpload): error is JournalError | StepNotRecorded =>
  isJournalError(error) || error._tag === "StepNotRecorded"

/** Returns the outcome of a failure that was caused by a vendor, the network or a file. */
export const outcomeOf = (error: Classified): Outcome =>
  FailureOutcome.of(error, (error) => isLocal(error) || isJournalError(error) || error._tag === "StepNotRecorded")

/** Remedies by error class, for classes that are more specific than the outcome. */
const remedies: Readonly<Record<string, string>> = {
  FileMissing: "check the path",
  IsDirectory: "name the files in it",
  NotRegularFile: "copy the content to a regular file first",
  NameNotUtf8: "rename the file or directory, then run the command again",
  NoPermission: "give yourself permission to read the file (chmod u+r)",
  FileChanged: "wait until the file is fully written, then run the command again",
  SizeUnreliable: "copy the file to a local disk and send the copy",
  FileBusy: "close the program that uses the file, then run the command again",
  ReadFailed: "check the card or the disk and its cable, then run the command again",
  TooManyOpenFiles: "close some programs or raise the limit (ulimit -n), then run the command again",
  BadPath: "check the path",
  MediumGone: "reconnect the card or disk, then run the command again",
  ChannelPaused: "resume the device in Frame.io; assets cannot be created while it is paused",
  AssetCreationUncertain: "check Frame.io for an empty asset; add --create-again to create another asset",
  UploadUrlRefused: "nothing was sent; check --api, and report this to the operator of that API",
  NotFromS3: "an intermediary answered instead of the storage: check the network, then run the command again",
  CaptivePortal: "open a browser and sign in to the network, then run the command again",
  RedirectRefused: "check --api, and check whether a proxy redirects requests",
  RequestTimeTooSkewed: "set the clock of this machine (NTP), then run the command again",
  InvalidClientVersion: "install a newer version of holdfast",
  NoSuchKey: "the storage does not recognize these upload URLs; report this to the operator of the API",
  NoSuchUpload: "the storage does not recognize these upload URLs; report this to the operator of the API",
  AnswerUnreadable: "check --api, and check whether a proxy changes responses, then run the command again",
  InvalidClient: "check HOLDFAST_CLIENT_ID and HOLDFAST_CLIENT_SECRET",
  StoppedTheProgram: "check the file, then run holdfast queue retry",
}

/** Remedies for an upload that failed after the command had already reached the API. */
const uploadRemedies: Readonly<Record<string, string>> = {
  ...remedies,
  ConnectionRefused: "check the network, then run the command again",
  ConnectionReset: "check the network, then run the command again",
  DnsFailure: "check the network, then run the command again",
  TlsFailure: "check the network and the clock of this machine, then run the command again",
  RequestTimedOut: "check the network, then run the command again",
  RecordingRewritten: "run holdfast queue retry, which sends the finished file as another asset",
}

/**
 * Remedies for a failed pairing. For a pairing, these tags concern the pairing code; elsewhere, they concern a URL or
 * session.
 */
const pairingRemedies: Readonly<Record<string, string>> = {
  ...remedies,
  AccessDenied: "run the command again and approve the code",
  ExpiredToken: "run the command again and enter the code sooner",
  InvalidGrant: "run the command again and approve the new code",
}

/** The failures that invalidate a code, after which the vendor still accepts a new code. */
const endOfCode = new Set(["AccessDenied", "ExpiredToken", "InvalidGrant"])

/** Remedies by outcome. The pairing command depends on the API. */
const remedyOf: Readonly<Record<Exclude<Outcome, "pairing">, string>> = {
  ok: "nothing to do",
  defect: "report it",
  usage: "see --help",
  some: "see the lines above",
  temporary: "run the command again",
  refused: "running the command again would fail in the same way",
  local: "check the file and its disk",
  integrity: "run the command again; if it fails again, report the failure to the vendor",
  unproven:
    "check whether the file is stored before you send it again; use --accept-unverified to accept an unverified upload",
  queue: "run the command again",
  interrupted: "run the command again",
}

/**
 * The maximum number of characters to print from a vendor's message. The limit is long enough for Frame.io's messages and
 * short enough to keep the remedy visible.
 */
const longest = 512

const flat = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim().replace(/\.$/, "")
  return line.length <= longest ? line : `${line.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`
}

/** Names an error that has no message; Ceph omits the message for most of its error codes. */
const nameOf = (error: FailedUpload): string =>
  "code" in error && error.code !== "" && "status" in error ? `${error.code} (HTTP ${error.status})` : error._tag

/**
 * States when to run the command again. If a server requests a longer wait than the retries allow, it would reject any
 * request sent before that wait ends.
 */
const again = (error: FailedUpload): string => {
  const { retryAfter } = error.verdict
  if (retryAfter !== undefined)
    return `run the command again in ${Format.span(Duration.toMillis(retryAfter))}, as the server requested`
  return Reach.unavailable(error) === undefined
    ? remedyOf.temporary
    : "the server is currently unavailable; run the command again later"
}

/** Returns the problem and the remedy for a failed upload to an API. */
export const upload = (error: FailedUpload, api: string): { readonly problem: string; readonly remedy: string } => {
  if (isOfJournal(error)) return { problem: flat(error.message), remedy: HomeRemedy.of(error.action) }
  if (isObject(error)) return { problem: flat(error.message), remedy: `${error.action}, then run the command again` }
  const cause = Reach.cause(error)
  // A cause in the network is more specific than the row of the error.
  if (cause?.remedy !== undefined) return { problem: cause.text, remedy: `${cause.remedy}, then run the command again` }
  const outcome = outcomeOf(error)
  const general =
    outcome === "pairing"
      ? `run ${pairCommand(api)}, then run this command again`
      : outcome === "temporary"
        ? again(error)
        : remedyOf[outcome]
  // No flag accepts an upload that cannot be stored.
  if (error._tag === "Unverified" && error.early) {
    return { problem: flat(error.message), remedy: "check whether the file is stored before you send it again" }
  }
  if ("status" in error && error.status === 511) {
    return {
      problem: flat(error.message),
      remedy: "open a browser and sign in to the network, then run the command again",
    }
  }
  if ("status" in error && error.status === 402) {
    return {
      problem: flat(error.message),
      remedy: "ask the owner of the account to change the plan, then run the command again",
    }
  }
  // A 5xx status shows that the network works, even if an intermediary sent it.
  const own = Reach.unavailable(error) === undefined ? uploadRemedies[error._tag] : undefined
  return { problem: flat(error.message) || nameOf(error), remedy: fixOf(error) ?? own ?? general }
}

/** Returns the fix that lint suggests for a request that it blocked. */
const fixOf = (error: FailedUpload): string | undefined =>
  error._tag === "LintError" ? error.findings[0].fix[0]?.text : undefined

/** Returns the error that the journal saves for an upload that a worker refused before it began. */
export const refusal = (error: UploadRunner.Refusal): SavedError => ({
  tag: error._tag,
  message: `${flat(error.message)}; ${flat(error.action)}`,
  exitCode: ExitCode.code(
    error._tag === "FileNotShared" ? "local" : error._tag === "DeviceNotPaired" ? "pairing" : "temporary",
  ),
})

/** Returns the user error for a failed pairing, including the problem and its remedy. */
export const pairingFailure = (error: (Classified & Error) | TokenStoreError): PersonError => {
  // A pairing replaces the saved tokens without reading them.
  if ("action" in error) return tokenStore(error, frameIo)
  const fields = { problem: `pairing failed: ${flat(error.message)}`, remedy: pairingRemedies[error._tag] }
  if (endOfCode.has(error._tag)) return new PairingNeeded({ ...fields, remedy: fields.remedy ?? "run it again" })
  const outcome = outcomeOf(error)
  return outcome === "temporary"
    ? new ApiUnreachable({ ...fields, remedy: fields.remedy ?? retryLater(error) })
    : new Refused({ ...fields, remedy: fields.remedy ?? remedyOf.refused })
}

/** Returns the remedy for an API that cannot be reached, is unavailable, or rejects the health check. */
export const retryLater = (failure: unknown): string => {
  if (Reach.unavailable(failure) !== undefined)
    return "the server is currently unavailable; run the command again later"
  return Reach.refused(failure) === undefined
    ? "check the network and --api, then run the command again"
    : "check --api, and check whether a proxy changes responses, then run the command again"
}

/** Returns the command that pairs this device with an API. */
export const pairCommand = (api: string): string => (api === frameIo ? "holdfast pair" : `holdfast pair --api ${api}`)

/** Returns the command that continues the uploads to an API. */
export const uploadCommand = (api: string): string => pairCommand(api).replace("pair", "upload")

/** Describes the problem with an API that cannot be reached, is unavailable, or rejects the health check. */
export const awayText = (failure: unknown, api: string, about: string): string => {
  if (Reach.unavailable(failure) !== undefined) return `${api} is not available (${about})`
  return Reach.refused(failure) === undefined
    ? `cannot reach ${api} (${about})`
    : `${api} rejected the health check (${about})`
}

/** Creates the user error for an API that cannot be reached, is unavailable, or rejects the health check. */
export const unreachable = (api: string, error: Error): ApiUnreachable => {
  const cause = Reach.cause(error)
  return new ApiUnreachable({
    problem: awayText(error, api, cause?.remedy === undefined ? flat(error.message) : cause.text),
    remedy: cause?.remedy ?? retryLater(error),
  })
}

/** Whether an error is one of a token store. */
export const isTokenStoreError: (u: unknown) => u is TokenStoreError = Schema.is(AnyTokenStoreError)

/** Creates the user error for a token file that cannot be used. */
export const tokenStore = (error: TokenStoreError, api: string): PersonError =>
  error._tag === "TokensCorrupt"
    ? new PairingNeeded({ problem: flat(error.message), remedy: `run ${pairCommand(api)}, which replaces it` })
    : new LocalProblem({ problem: flat(error.message), remedy: HomeRemedy.of(flat(error.action)) })

const causeCode = (cause: unknown): string => {
  for (let at = cause; typeof at === "object" && at !== null; at = "cause" in at ? at.cause : undefined) {
    if ("code" in at && typeof at.code === "string") return at.code
  }
  return "unknown reason"
}

/** The remedies for disk errors, keyed by the operating system's error code. */
const diskRemedies: Readonly<Record<string, string>> = {
  ENOSPC: "free space on the disk, or set TMPDIR to a directory on another disk",
  EACCES: "give yourself permission to write to the directory, or set TMPDIR to another directory",
  EROFS: "set TMPDIR to a directory on a writable disk",
}

/** Creates the user error for a sandbox that fails or a fault plan that cannot be used. */
export const sandbox = (error: SandboxError | PlanError): PersonError => {
  switch (error._tag) {
    case "PortInUse":
      return new UsageError({
        problem: `port ${error.port} is in use`,
        remedy: "choose another --port, or 0 for any free port",
      })
    case "ListenFailed":
      return new UsageError({
        problem: `cannot listen on port ${error.port} (${causeCode(error.cause)})`,
        remedy: "choose a --port above 1023, or 0 for any free port",
      })
    case "UnknownPlan":
      return new UsageError({
        problem: `no fault plan "${error.plan}"`,
        remedy: `--faults accepts ${error.names.join(", ")}, or the path of a JSON file`,
      })
    case "InvalidPlan":
      return new UsageError({ problem: flat(error.message), remedy: "correct the file" })
    case "StorageError": {
      const code = causeCode(error.cause)
      // Only a plan is read here, which is an input of the command instead of a file of the sandbox.
      if (error.operation === "read") {
        const problem = `cannot read the fault plan ${error.path} (${code})`
        return new UsageError({ problem, remedy: "specify a JSON file that you can read" })
      }
      return new LocalProblem({
        problem: `cannot ${error.operation} ${error.path} (${code})`,
        remedy: diskRemedies[code] ?? "check the disk",
      })
    }
  }
}

/** Describes the error of a failed upload for the journal. */
export const saved =
  (api: string) =>
  (error: FailedUpload): SavedError => {
    const { problem, remedy } = upload(error, api)
    return { tag: error._tag, message: `${problem}; ${remedy}`, exitCode: ExitCode.code(outcomeOf(error)) }
  }
