export * as Diagnosis from "./Diagnosis.ts"
export type { HttpAnswer } from "./HttpAnswer.ts"
export { ErrorStatus } from "./ErrorStatus.ts"
export * as HttpPipeline from "./HttpPipeline.ts"
export * as Idempotency from "./Idempotency.ts"
export * as Portal from "./Portal.ts"
export * as Recorder from "./Recorder.ts"
export * as Redirect from "./Redirect.ts"
export * as ResilientClient from "./ResilientClient.ts"
export * as ResponseBody from "./ResponseBody.ts"
export * as RetryAfter from "./RetryAfter.ts"
export * as RetryHint from "./RetryHint.ts"
export * as StatusTable from "./StatusTable.ts"
export * as TransportCause from "./TransportCause.ts"
export { TransportError } from "./TransportError.ts"
export {
  CaptivePortal,
  ConnectionRefused,
  ConnectionReset,
  DecodeFailure,
  DnsFailure,
  RedirectRefused,
  RequestTimedOut,
  TlsFailure,
  TransportFailure,
  TruncatedBody,
  UnexpectedStatus,
} from "./TransportErrors.ts"
export type { Reached } from "./TransportErrors.ts"
export { TransportTable } from "./TransportTable.ts"
export * as Vocabulary from "./Vocabulary.ts"
