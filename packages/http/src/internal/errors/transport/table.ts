/**
 * Which fault becomes which transport error, with which verdict: the table of a system that has no vendor.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import { rows, unknown } from "./rows.ts"
import {
  CaptivePortal,
  ConnectionRefused,
  ConnectionReset,
  DecodeFailure,
  DnsFailure,
  type Fields,
  RedirectRefused,
  RequestTimedOut,
  TlsFailure,
  TransportFailure,
  TruncatedBody,
  UnexpectedStatus,
} from "./classes.ts"

/**
 * The table; its rows say which fault becomes which class.
 *
 * **Details**
 *
 * A key is the code that Node, OpenSSL or undici gives; `form` says what can have reached the server.
 */
export const TransportTable = ErrorTable.make<Fields>()({
  system: "transport",
  classes: {
    ConnectionRefused,
    ConnectionReset,
    DnsFailure,
    TlsFailure,
    RequestTimedOut,
    TruncatedBody,
    CaptivePortal,
    RedirectRefused,
    UnexpectedStatus,
    DecodeFailure,
    TransportFailure,
  },
  unknown,
  rows,
})
