/**
 * The classes of transport errors: everything that can fail between a request and a decodable response.
 *
 * None of these errors was reported by the vendor, whose errors come from its error table. `TransportTable` maps each fault to
 * its class and verdict.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * Whether the request can have reached the server: `nothing` did, or `maybe` the server received it and acted.
 *
 * **Details**
 *
 * Only after `nothing` may a request that is not idempotent be sent again.
 */
export type Reached = "nothing" | "maybe"

/**
 * The fields that all these errors share.
 *
 * **Details**
 *
 * `url` is origin and path, never the query, which contains the signature of a presigned URL. `status` is present if a response
 * had begun. `detail` is one line for people, usually the code from the operating system or the client.
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

/** The properties of a transport error except its verdict. */
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

/** The connection ended before a response began; the request may have been read. */
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

/** The TLS handshake failed (a bad certificate, a wrong clock, no TLS on that port), or the secure connection broke. */
export class TlsFailure extends Schema.TaggedError<TlsFailure>()("TlsFailure", fields) {
  override get message() {
    return sentence("TLS handshake failed", this)
  }
}

/** The attempt exceeded its timeout. */
export class RequestTimedOut extends Schema.TaggedError<RequestTimedOut>()("RequestTimedOut", fields) {
  override get message() {
    return sentence("Timed out", this)
  }
}

/** The connection ended in the middle of the response: its status is known, its body is not. */
export class TruncatedBody extends Schema.TaggedError<TruncatedBody>()("TruncatedBody", fields) {
  override get message() {
    return sentence("Response truncated", this)
  }
}

/** An intermediary answered instead of the server, such as the sign-in page of a hotel network. */
export class CaptivePortal extends Schema.TaggedError<CaptivePortal>()("CaptivePortal", fields) {
  override get message() {
    return sentence("A captive portal answered", this)
  }
}

/**
 * The response was a redirect that must not be followed, because the request carries a credential or a body; `detail` names the
 * target.
 */
export class RedirectRefused extends Schema.TaggedError<RedirectRefused>()("RedirectRefused", fields) {
  override get message() {
    return sentence("Redirect refused", this)
  }
}

/** The response was not an error, but its status is not one that the call expects. */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", fields) {
  override get message() {
    return sentence("Unexpected status", this)
  }
}

/** The response was a success that does not have the promised shape. */
export class DecodeFailure extends Schema.TaggedError<DecodeFailure>()("DecodeFailure", fields) {
  override get message() {
    return sentence("Response not understood", this)
  }
}

/** Any other failure to exchange a request for a response; `detail` has the code. */
export class TransportFailure extends Schema.TaggedError<TransportFailure>()("TransportFailure", fields) {
  override get message() {
    return sentence("Transport failed", this)
  }
}
