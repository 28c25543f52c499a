/**
 * What can go wrong between the request and a decodable answer: the classes.
 *
 * None of these errors is the vendor's word: the vendor's own errors come from its error table. Which fault becomes which
 * class, with which verdict, is in `TransportTable`.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * Whether the request can have reached the server: `nothing` did, or `maybe` it arrived and was acted upon.
 *
 * **Details**
 *
 * Only `nothing` lets a request that is not idempotent be sent again.
 */
export type Reached = "nothing" | "maybe"

/**
 * The fields that all these errors share.
 *
 * **Details**
 *
 * `url` is origin and path, never the query: presigned URLs carry their signature there. `status` is present when an
 * answer had begun. `detail` is one line for people, mostly the code that the operating system or the client gave.
 */
export const fields = {
  verdict: VerdictSchema,
  method: Schema.String,
  url: Schema.String,
  reached: Schema.Literals(["nothing", "maybe"]),
  status: Schema.optionalKey(Schema.Int),
  detail: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect()),
}

/** What a transport error is made of, without its verdict. */
export interface Fields {
  readonly method: string
  readonly url: string
  readonly reached: Reached
  readonly status?: number
  readonly detail?: string
  readonly cause?: unknown
}

const sentence = (what: string, error: Fields): string =>
  `${what}: ${error.method} ${error.url}` +
  (error.status === undefined ? "" : ` (status ${error.status})`) +
  (error.detail === undefined ? "" : `: ${error.detail}`)

/** No process listens at the address: the connection was refused, so nothing was sent. */
export class ConnectionRefused extends Schema.TaggedError<ConnectionRefused>()("ConnectionRefused", fields) {
  override get message() {
    return sentence("Connection refused", this)
  }
}

/** The connection ended before an answer began; the request may have been read. */
export class ConnectionReset extends Schema.TaggedError<ConnectionReset>()("ConnectionReset", fields) {
  override get message() {
    return sentence("Connection reset", this)
  }
}

/** The host name could not be resolved, so nothing was sent. */
export class DnsFailure extends Schema.TaggedError<DnsFailure>()("DnsFailure", fields) {
  override get message() {
    return sentence("Host name not resolved", this)
  }
}

/** The TLS handshake failed (a bad certificate, a wrong clock, no TLS on that port), or the connection broke. */
export class TlsFailure extends Schema.TaggedError<TlsFailure>()("TlsFailure", fields) {
  override get message() {
    return sentence("TLS handshake failed", this)
  }
}

/** The attempt took longer than it may. */
export class RequestTimedOut extends Schema.TaggedError<RequestTimedOut>()("RequestTimedOut", fields) {
  override get message() {
    return sentence("Timed out", this)
  }
}

/** The connection ended in the middle of the answer: its status is known, its body is not. */
export class TruncatedBody extends Schema.TaggedError<TruncatedBody>()("TruncatedBody", fields) {
  override get message() {
    return sentence("Answer cut short", this)
  }
}

/** Something on the way answered in the server's place, as the sign-in page of a hotel network does. */
export class CaptivePortal extends Schema.TaggedError<CaptivePortal>()("CaptivePortal", fields) {
  override get message() {
    return sentence("A captive portal answered", this)
  }
}

/** The answer was a redirect that must not be followed, because the request carries a credential or a body; `detail` names the target. */
export class RedirectRefused extends Schema.TaggedError<RedirectRefused>()("RedirectRefused", fields) {
  override get message() {
    return sentence("Redirect refused", this)
  }
}

/** The answer was no error, yet its status is none that the call expects. */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", fields) {
  override get message() {
    return sentence("Unexpected status", this)
  }
}

/** The answer was a success that does not have the promised shape. */
export class DecodeFailure extends Schema.TaggedError<DecodeFailure>()("DecodeFailure", fields) {
  override get message() {
    return sentence("Answer not understood", this)
  }
}

/** Any other failure to exchange a request for an answer; `detail` has the code. */
export class TransportFailure extends Schema.TaggedError<TransportFailure>()("TransportFailure", fields) {
  override get message() {
    return sentence("Transport failed", this)
  }
}
