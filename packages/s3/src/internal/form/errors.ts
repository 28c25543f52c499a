/**
 * Errors that occur before S3 is called. Only the caller can correct these errors, so none of them is retried unchanged.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Data from "effect/Data"

/** An option or a form field has an invalid value. */
export class InvalidPostOption extends Data.TaggedError("InvalidPostOption")<{
  /** The name of the option, such as `bucket` or `fields.file`. */
  readonly option: string
  /** The given value, or a description of it if it may be secret. */
  readonly value: string
  /** A description of the permitted values. */
  readonly allowed: string
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return `${this.option} is ${this.value}; allowed: ${this.allowed}`
  }
}

/** A stream emitted a different number of bytes than announced. S3 has stored nothing, or a file with different content. */
export class FileLengthMismatch extends Data.TaggedError("FileLengthMismatch")<{
  /** The size announced in `content-length`. */
  readonly announced: number
  /** The number of bytes that the stream emitted before it ended or exceeded the announced size. */
  readonly actual: number
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return this.actual === 0
      ? `the stream delivered no bytes, but ${this.announced} were announced: most streams can be read only once`
      : `the stream delivered ${this.actual} bytes, but ${this.announced} were announced`
  }
}

/** The HTTP client is `fetch`, which cannot announce the length of a stream. Nothing was sent. */
export class StreamNeedsLength extends Data.TaggedError("StreamNeedsLength")<{}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return "fetch sends a stream without a Content-Length, which S3 rejects: pass a Blob or File, or use undici's client"
  }
}

/**
 * The module that sends forms could not be loaded because the client is offline or the page belongs to an older deployment.
 */
export class SenderNotLoaded extends Data.TaggedError("SenderNotLoaded")<{ readonly cause: unknown }> {
  readonly verdict: Verdict.Verdict = Verdict.once()
  override get message(): string {
    return (
      "the code that sends the form could not be loaded: the client is offline, or the page belongs to an older " +
      "deployment"
    )
  }
}
