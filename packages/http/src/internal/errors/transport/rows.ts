/**
 * Maps each fault to its transport error and verdict. The table is plain data, so code that reads only verdicts does not load
 * any schemas.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import type { Row } from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"
import type { Reached } from "./classes.ts"

/** The network has failed. All calls wait until the health service responds, and are then retried. */
const offline = Verdict.always({ closes: "connectivity" })

/** The network or the service did not respond in time. */
const overdue = Verdict.always({ closes: "connectivity", overdue: true })

/** A user must fix the network. Meanwhile, the probe continues. */
const portal = Verdict.always({ closes: "connectivity", change: "human" })

/**
 * The validity of a certificate is checked against the local clock, which may be wrong after a device starts without network
 * time.
 */
const clock = Verdict.always({ closes: "connectivity", change: "clock" })

/** The request itself is invalid and would fail again. */
const malformed = Verdict.never({ change: "plan" })

/** The address is wrong because it redirects to another location. A user must check the redirect target. */
const misdirected = Verdict.never({ change: "plan" })

/** An unexpected response arrived. */
const odd = Verdict.once()

/** This program ended the exchange itself. */
const ours = Verdict.never()

const row = <const Class extends string>(
  class_: Class,
  key: string,
  form: Reached,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: class_, key, form, verdict: { ...verdict, applied: applied[form] }, description })

/** A request that did not reach the server was not executed. */
const applied = { nothing: "no", maybe: "maybe" } as const

/**
 * The rows.
 *
 * **Details**
 *
 * A key is an error code of Node, OpenSSL or undici. The key has the prefix `connect` if the failing system call was
 * `connect`, and a trailing `*` if the key represents a family of codes. All other keys are names that this library defines
 * for its own observations. `form` states whether the request may have reached the server. The value of `form` is `nothing`
 * or `maybe`.
 */
export const rows = [
  row("ConnectionRefused", "ECONNREFUSED", "nothing", offline, "No process is listening on the port"),

  row("ConnectionReset", "connect ECONNRESET", "nothing", offline, "The connection was reset during setup"),
  row("ConnectionReset", "ECONNRESET", "maybe", offline, "Reset before a response"),
  row("ConnectionReset", "EPIPE", "maybe", offline, "The peer closed the connection during the request"),
  row("ConnectionReset", "ECONNABORTED", "maybe", offline, "The local network stack aborted the connection"),
  row("ConnectionReset", "UND_ERR_SOCKET", "maybe", offline, "The peer closed the connection before a response"),
  row(
    "ConnectionReset",
    "unsent UND_ERR_SOCKET",
    "nothing",
    offline,
    "The peer closed the connection before any data was written",
  ),

  row("DnsFailure", "ENOTFOUND", "nothing", offline, "The host name does not exist, or no name server is reachable"),
  row("DnsFailure", "ENODATA", "nothing", offline, "The host name has no address"),
  row("DnsFailure", "EAI_*", "nothing", offline, "The name server did not respond"),

  row("TlsFailure", "CERT_HAS_EXPIRED", "nothing", clock, "The certificate has expired according to the local clock"),
  row(
    "TlsFailure",
    "CERT_NOT_YET_VALID",
    "nothing",
    clock,
    "The certificate is not yet valid according to the local clock",
  ),
  row("TlsFailure", "CERT_REVOKED", "nothing", portal, "The certificate was revoked"),
  row("TlsFailure", "CERT_*", "nothing", portal, "The certificate was rejected"),
  row("TlsFailure", "ERR_TLS_CERT_ALTNAME_INVALID", "nothing", portal, "The certificate is for another host"),
  row("TlsFailure", "DEPTH_ZERO_SELF_SIGNED_CERT", "nothing", portal, "The certificate is self-signed"),
  row(
    "TlsFailure",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "nothing",
    portal,
    "The certificate chain ends in an unknown authority",
  ),
  row("TlsFailure", "UNABLE_TO_*", "nothing", portal, "The certificate chain cannot be verified"),
  row("TlsFailure", "unfinished handshake", "nothing", offline, "The peer closed the connection during the handshake"),
  row("TlsFailure", "ERR_SSL_WRONG_VERSION_NUMBER", "nothing", offline, "The server does not speak TLS on this port"),
  row("TlsFailure", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "nothing", offline, "The server does not speak TLS on this port"),
  row("TlsFailure", "ERR_SSL_HTTP_REQUEST", "nothing", offline, "The server speaks plain HTTP on this port"),
  row("TlsFailure", "ERR_SSL_UNSUPPORTED_PROTOCOL", "nothing", offline, "No common TLS version"),
  row("TlsFailure", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "nothing", offline, "No common TLS version"),
  row("TlsFailure", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "nothing", offline, "The server rejected the handshake"),
  // A broken record or a late alert comes after the handshake, when the request may already have been sent.
  row("TlsFailure", "ERR_SSL_*", "maybe", offline, "The secure connection broke"),
  row("TlsFailure", "ERR_TLS_*", "maybe", offline, "The secure connection broke"),
  row("TlsFailure", "EPROTO", "maybe", offline, "The secure connection broke"),

  row("RequestTimedOut", "connect ETIMEDOUT", "nothing", overdue, "The host did not accept a connection in time"),
  row("RequestTimedOut", "UND_ERR_CONNECT_TIMEOUT", "nothing", overdue, "The host did not accept a connection in time"),
  row("RequestTimedOut", "ETIMEDOUT", "maybe", overdue, "The connection went silent"),
  row("RequestTimedOut", "UND_ERR_HEADERS_TIMEOUT", "maybe", overdue, "No response in time"),
  row("RequestTimedOut", "UND_ERR_BODY_TIMEOUT", "maybe", overdue, "The response stalled"),
  row("RequestTimedOut", "RequestTimedOut", "maybe", overdue, "The attempt timed out"),

  row("TruncatedBody", "TruncatedBody", "maybe", offline, "The connection closed before the response was complete"),
  row(
    "TruncatedBody",
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
    "maybe",
    offline,
    "The response is shorter or longer than its content-length",
  ),

  // A portal answers instead of forwarding the request, so nothing reached the server.
  row(
    "CaptivePortal",
    "CaptivePortal",
    "nothing",
    portal,
    "A captive portal probably responded, with HTML instead of JSON, a temporary redirect to another host, or status 511",
  ),

  row(
    "RedirectRefused",
    "RedirectRefused",
    "maybe",
    misdirected,
    "A request with a credential or a body was redirected; after 301, 302 or 303, the server may already have executed the request",
  ),
  row(
    "RedirectRefused",
    "RedirectRefused unacted",
    "nothing",
    misdirected,
    "A request with a credential or a body was redirected with 307 or 308, which require the same request to be sent to another address (RFC 9110, section 15.4)",
  ),

  row(
    "UnexpectedStatus",
    "UnexpectedStatus",
    "maybe",
    odd,
    "The status is not an error status, but the caller does not expect it",
  ),

  row(
    "DecodeFailure",
    "DecodeFailure",
    "maybe",
    odd,
    "The response was successful, but its body does not have the expected shape",
  ),

  row(
    "TransportFailure",
    "connect *",
    "nothing",
    offline,
    "The connection failed because the network or host is unreachable or a local limit was reached",
  ),
  row("TransportFailure", "PROXY_REFUSED_*", "nothing", portal, "A proxy rejected the connection with an HTTP status"),
  row(
    "TransportFailure",
    "UND_ERR_PRX_CONN",
    "nothing",
    offline,
    "A proxy closed the connection during connection setup",
  ),
  row("TransportFailure", "UND_ERR_PRX_TLS", "nothing", portal, "The proxy's certificate is for another host"),
  row("TransportFailure", "HPE_*", "maybe", offline, "The response is not HTTP"),
  row("TransportFailure", "HTTPParserError", "maybe", offline, "The response is not HTTP"),
  row("TransportFailure", "UND_ERR_HEADERS_OVERFLOW", "maybe", odd, "The response headers are too long"),
  row("TransportFailure", "UND_ERR_DESTROYED", "maybe", ours, "This program closed its HTTP client"),
  row("TransportFailure", "UND_ERR_CLOSED", "maybe", ours, "This program closed its HTTP client"),
  row("TransportFailure", "UND_ERR_INVALID_ARG", "nothing", malformed, "A header or an option is invalid"),
  row(
    "TransportFailure",
    "UND_ERR_NOT_SUPPORTED",
    "nothing",
    malformed,
    "The client does not support this kind of request",
  ),
  row(
    "TransportFailure",
    "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
    "maybe",
    malformed,
    "The length of the body differs from the Content-Length header",
  ),
  row(
    "TransportFailure",
    "RequestBodyChanged",
    "maybe",
    malformed,
    "The body changed before a retry, or its length differs from the announced length",
  ),
  row("TransportFailure", "RequestBodyFailed", "maybe", malformed, "Reading the source of the body failed"),
  row(
    "TransportFailure",
    "NotReadableError",
    "maybe",
    malformed,
    "The file that provides the body was changed or removed",
  ),
  row("TransportFailure", "ERR_INVALID_*", "nothing", malformed, "A header, an option or the address is invalid"),
  row(
    "TransportFailure",
    "ERR_UNESCAPED_CHARACTERS",
    "nothing",
    malformed,
    "The address contains characters that must be escaped",
  ),
  row("TransportFailure", "EncodeError", "nothing", malformed, "The body of the request cannot be encoded"),
  row("TransportFailure", "InvalidUrlError", "nothing", malformed, "The address is not a URL"),
  { class: "TransportFailure", form: "maybe", verdict: offline, description: "The exchange failed for another reason" },
] as const

/** The error class for failures that do not match any row. */
export const unknown = "TransportFailure"

/** Returns the row for a failure. Never throws. */
export const find = ErrorRows.finder({ system: "transport", rows, unknown })
