/**
 * Defines the classes of transport errors, which cover all failures between sending a request and receiving a decodable
 * response.
 *
 * The vendor does not report any of these errors. Errors that the vendor reports come from the vendor's error table.
 * `TransportTable` maps each fault to its class and verdict.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * Whether the request may have reached the server. The value is `nothing` if no part of the request reached the server, and
 * `maybe` if the server may have received the request and acted on it.
 *
 * **Details**
 *
 * A request that is not idempotent may be sent again only if the value is `nothing`.
 */
export type Reached = "nothing" | "maybe"

/**
 * The fields that all transport errors have in common.
 *
 * **Details**
 *
 * `url` consists of the origin and the path. `url` never contains the query, because the query of a presigned URL contains
 * the signature. `status` is present if the response had already begun. `detail` is a single line of human-readable text,
 * usually the error code from the operating system or the client.
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

/** No process is listening at the address. The connection was refused, so nothing was sent. */
export class ConnectionRefused extends Schema.TaggedError<ConnectionRefused>()("ConnectionRefused", fields) {
  override get message() {
    return sentence("Connection refused", this)
  }
}

/** The connection ended before a response began. The server may have read the request. */
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

/** The connection ended in the middle of the response. The status is known, but the body is incomplete. */
export class TruncatedBody extends Schema.TaggedError<TruncatedBody>()("TruncatedBody", fields) {
  override get message() {
    return sentence("Response truncated", this)
  }
}

/** An intermediary, such as the sign-in page of a hotel network, answered instead of the server. */
export class CaptivePortal extends Schema.TaggedError<CaptivePortal>()("CaptivePortal", fields) {
  override get message() {
    return sentence("A captive portal answered", this)
  }
}

/**
 * The response was a redirect that must not be followed, because the request carries a credential or a body. `detail`
 * contains the target of the redirect.
 */
export class RedirectRefused extends Schema.TaggedError<RedirectRefused>()("RedirectRefused", fields) {
  override get message() {
    return sentence("Redirect refused", this)
  }
}

/** The response was not an error, but it has a status that the call does not expect. */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", fields) {
  override get message() {
    return sentence("Unexpected status", this)
  }
}

/** The response was successful, but its content does not have the expected structure. */
export class DecodeFailure extends Schema.TaggedError<DecodeFailure>()("DecodeFailure", fields) {
  override get message() {
    return sentence("Response not understood", this)
  }
}

/** Any other transport failure. `detail` contains the error code. */
export class TransportFailure extends Schema.TaggedError<TransportFailure>()("TransportFailure", fields) {
  override get message() {
    return sentence("Transport failed", this)
  }
}
