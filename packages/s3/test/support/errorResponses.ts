/**
 * Error responses, with S3's documentation about retrying them.
 */
import { S3Error } from "@holdfast/s3"

export const xml = (code: string, message?: string) =>
  `<Error><Code>${code}</Code>${message === undefined ? "" : `<Message>${message}</Message>`}</Error>`

export const decode = (status: number, body: string, headers: Record<string, string> = {}) =>
  S3Error.fromResponse({ status, headers, body })

export const foreign = [
  ["no body", ""],
  ["a page", "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"],
  ["JSON", '{"error":"slow_down"}'],
  ["text", "Bad URL"],
  ["an error without a code", "<Error><Message>?</Message></Error>"],
  ["an empty error", "<Error/>"],
  ["other XML", "<Errors><Code>SlowDown</Code></Errors>"],
] as const

/** S3's documentation: try again after these codes. */
const always = new Set([
  "ConditionalRequestConflict",
  "InternalError",
  "OperationAborted",
  "RequestTimeout",
  "ServiceUnavailable",
  "SlowDown",
  "503 SlowDown",
])

/** The bytes of the request or the response were not transferred completely. */
const damaged = new Set([
  "BadDigest",
  "ConnectionClosedByRequester",
  "IncompleteBody",
  "ResponseInterrupted",
  "XAmzContentSHA256Mismatch",
])

export const retryOf = (code: string) => (always.has(code) ? "always" : damaged.has(code) ? "once" : "never")
