export type { HttpAnswer } from "./HttpAnswer.ts"
export {
  CaptivePortal,
  ConnectionRefused,
  ConnectionReset,
  DecodeFailure,
  DnsFailure,
  RequestTimedOut,
  TlsFailure,
  TransportError,
  TransportFailure,
  TruncatedBody,
  UnexpectedStatus,
} from "./TransportError.ts"
export type { Reached } from "./TransportError.ts"
