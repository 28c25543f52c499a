/**
 * Exported functions whose first parameter may be a text, and which read none that a stranger wrote.
 */

/** They are given the program's own words: names, flags, paths, what it is about to print or to send. */
const ownWords = [
  "diagnosis/Diagnosis.ruleSet",
  "core/ErrorRows.finder",
  "diagnosis/Finding.cleared",
  "diagnosis/Finding.unseen",
  "core/InvalidPolicy.reader",
  "core/Pipeline.named",
  "core/PolicyMetrics.prometheusName",
  "http/TransportCause.isTransportError",
  "oauth/RefreshUncertain.uncertain",
  "s3/PostPolicy.exact",
  "s3/PostPolicy.startsWith",
  "s3/PostPolicy.toBase64",
  "s3/PresignedPost.signPolicy",
  "s3/Unverified.make",
  "c2c/AssetCreationUncertain.make",
  "c2c/DeviceCheck.device",
  "c2c/LocalFile.open",
  "c2c/LocalFileError.fromCause",
  "c2c/LocalFileError.changed",
  "holdfast/Cli.run",
  "holdfast/CliProcess.run",
  "holdfast/Client.tokenStore",
  "holdfast/ExitCode.lines",
  "explain/Input.unusable",
  "holdfast/ExplainSource.exists",
  "holdfast/Files.make",
  "holdfast/PolicyFile.write",
  "holdfast/PolicyReport.make",
  "holdfast/PolicyText.stages",
  "holdfast/PolicyView.showsUnicode",
  "holdfast/ProblemDetails.typeOf",
  "holdfast/ProblemDetails.unusable",
  "holdfast/ProblemDetails.unknown",
  "holdfast/Remedy.pairCommand",
  "holdfast/Remedy.unreachable",
  "holdfast/Run.make",
  "holdfast/Stored.asset",
  "holdfast/Stored.sha256",
  "holdfast/UploadRun.complain",
]

/** They look at a value as it is: its kind, its identity, a member; or they hand it on. */
const values = [
  "c2c/Policies.known",
  "diagnosis/Exchange.statusOf",
  "core/Retry.settingsOf",
  "core/Timeline.inherit",
  "core/Timeline.of",
  "core/Timeline.fromCause",
  "core/Verdict.isClassified",
  "diagnosis/ExchangeFile.isProblem",
  "http/Recorder.hand",
  "http/Recorder.failureOf",
  "http/Recorder.keepLast",
  "http/Redirect.isPlain",
  "oauth/TokenSet.same",
  "s3/PresignedPost.isPresignedPost",
  "s3/RefusalProbe.mayHide",
  "c2c/StorageVerdict.isS3Error",
  "holdfast/PersonError.isPersonError",
  "holdfast/Reach.cause",
  "holdfast/SavedExchange.save",
]

/** All of them. */
export const notReaders: ReadonlySet<string> = new Set([...ownWords, ...values])
