/**
 * What is wrong before S3 has said a word. All of it is the caller's to change, so nothing of it is retried as it is.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Data from "effect/Data"

/** An option, or a field of the form, that can never be right. */
export class InvalidPostOption extends Data.TaggedError("InvalidPostOption")<{
  /** Its name, such as `bucket` or `fields.file`. */
  readonly option: string
  /** What was given, in words where it may be a secret. */
  readonly value: string
  /** What would be taken. */
  readonly allowed: string
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return `${this.option} is ${this.value}; allowed: ${this.allowed}`
  }
}

/** A stream gave another number of bytes than was announced. S3 has not stored the file, or not this file. */
export class FileLengthMismatch extends Data.TaggedError("FileLengthMismatch")<{
  /** The size that went into `content-length`. */
  readonly announced: number
  /** How many bytes the stream gave until it ended, or until it had given too many. */
  readonly actual: number
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return this.actual === 0
      ? `the stream gave no bytes and ${this.announced} were announced: most streams can be read only once`
      : `the stream gave ${this.actual} bytes and ${this.announced} were announced`
  }
}

/** The client is `fetch`, which cannot announce the length of a stream. Nothing was sent. */
export class StreamNeedsLength extends Data.TaggedError("StreamNeedsLength")<{}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return "fetch sends a stream without its length, which S3 refuses: give a Blob or File, or use undici's client"
  }
}

/** The part of this library that sends could not be loaded: offline, or the page is of an older deployment. */
export class SenderNotLoaded extends Data.TaggedError("SenderNotLoaded")<{ readonly cause: unknown }> {
  readonly verdict: Verdict.Verdict = Verdict.once()
  override get message(): string {
    return "the code that sends the form could not be loaded: is the page of an older deployment?"
  }
}
