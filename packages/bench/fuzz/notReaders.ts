/**
 * Exported functions whose first parameter may be a text, and which read none that a stranger wrote.
 */

/** They are given the program's own words: names, flags, paths, what it is about to print or to send. */
const ownWords = [
  "diagnosis/Diagnosis.ruleSet",
  "core/ErrorRows.finder",
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
  "c2c/LocalFileError.wrongSize",
  "holdfast/Cli.run",
  "holdfast/CliProcess.run",
  "holdfast/network/Client.tokenStore",
  "explain/Input.unusable",
  "holdfast/process/Source.exists",
  "holdfast/upload/Files.make",
  "holdfast/policy/File.write",
  "holdfast/policy/Report.make",
  "holdfast/policy/Text.stages",
  "holdfast/policy/View.showsUnicode",
  "holdfast/commandLine/HelpCommand.make",
  "holdfast/commandLine/Reference.exitsOf",
  "holdfast/commandLine/Reference.environmentOf",
  "holdfast/commandLine/Scan.looksLikeFlag",
  "holdfast/explain/ProblemDetails.unusable",
  "holdfast/explain/ProblemDetails.unknown",
  "holdfast/network/Remedy.pairCommand",
  "holdfast/network/Remedy.unreachable",
  "holdfast/upload/Duplicates.find",
  "holdfast/upload/State.make",
  "holdfast/upload/Stored.asset",
  "holdfast/upload/Stored.sha256",
  "holdfast/upload/Run.complain",
]

/** They look at a value as it is: its kind, its identity, a member; or they hand it on. */
const values = [
  "c2c/Policies.known",
  "diagnosis/Exchange.statusOf",
  "core/Retry.settingsOf",
  "core/Timeline.of",
  "core/Timeline.fromCause",
  "core/Verdict.isClassified",
  "diagnosis/ExchangeFile.isProblem",
  "http/RetryHint.serverTime",
  "http/Recorder.hand",
  "http/Recorder.failureOf",
  "http/Recorder.keepLast",
  "http/Redirect.isPlain",
  "oauth/TokenSet.same",
  "s3/PresignedPost.isPresignedPost",
  "s3/RefusalProbe.mayHide",
  "c2c/StorageVerdict.isS3Error",
  "holdfast/process/PersonError.isPersonError",
  "holdfast/network/Reach.cause",
  "holdfast/upload/SavedExchange.save",
]

/** All of them. */
export const notReaders: ReadonlySet<string> = new Set([...ownWords, ...values])
