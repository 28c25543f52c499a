/**
 * Defines the error table for transport errors, which do not come from a vendor. The table maps each fault to its transport
 * error and verdict.
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
 * The table of transport errors.
 *
 * **Details**
 *
 * A key is an error code of Node, OpenSSL or undici. `form` states whether the request may have reached the server.
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
