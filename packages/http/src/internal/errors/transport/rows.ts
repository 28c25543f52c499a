/**
 * Which fault becomes which transport error, with which verdict, as plain data: what reads only verdicts loads no schemas.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import type { Row } from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"
import type { Reached } from "./classes.ts"

/** The network is at fault: all calls wait until the health service answers, then send again. */
const offline = Verdict.always({ closes: "connectivity" })

/** The network or the service did not answer in time. */
const overdue = Verdict.always({ closes: "connectivity", overdue: true })

/** A person has to fix the network; meanwhile the probe keeps asking. */
const portal = Verdict.always({ closes: "connectivity", change: "human" })

/** A certificate is judged by the local clock; a device without network time comes up with a wrong one. */
const clock = Verdict.always({ closes: "connectivity", change: "clock" })

/** The request itself is wrong: it fails the same way every time. */
const malformed = Verdict.never({ change: "plan" })

/** The address is wrong: it redirects elsewhere, and a person has to decide about the target. */
const misdirected = Verdict.never({ change: "plan" })

/** The answer came, and is odd. */
const odd = Verdict.once()

/** This program ended the exchange by itself. */
const ours = Verdict.never()

const row = <const Class extends string>(
  class_: Class,
  key: string,
  form: Reached,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: class_, key, form, verdict: { ...verdict, applied: applied[form] }, description })

/** A request that did not arrive was not carried out. */
const applied = { nothing: "no", maybe: "maybe" } as const

/**
 * The rows.
 *
 * **Details**
 *
 * A key is the code that Node, OpenSSL or undici gives; with `connect` before it when the failing system call was
 * `connect`; with `*` at its end for a family of codes. The remaining keys are our own names of what is seen in an
 * answer. `form` says what can have reached the server: `nothing` or `maybe`.
 */
export const rows = [
  row("ConnectionRefused", "ECONNREFUSED", "nothing", offline, "No process listens at the address"),

  row("ConnectionReset", "connect ECONNRESET", "nothing", offline, "Reset during the connection setup"),
  row("ConnectionReset", "ECONNRESET", "maybe", offline, "Reset before a response"),
  row("ConnectionReset", "EPIPE", "maybe", offline, "The peer closed the connection during the request"),
  row("ConnectionReset", "ECONNABORTED", "maybe", offline, "The local network stack aborted the connection"),
  row("ConnectionReset", "UND_ERR_SOCKET", "maybe", offline, "The peer closed the connection before a response"),
  row(
    "ConnectionReset",
    "unsent UND_ERR_SOCKET",
    "nothing",
    offline,
    "The peer closed the connection before a byte was written",
  ),

  row("DnsFailure", "ENOTFOUND", "nothing", offline, "No such host name, or no reachable name server"),
  row("DnsFailure", "ENODATA", "nothing", offline, "The host name has no address"),
  row("DnsFailure", "EAI_*", "nothing", offline, "The name server did not answer"),

  row("TlsFailure", "CERT_HAS_EXPIRED", "nothing", clock, "The certificate has expired by the local clock"),
  row("TlsFailure", "CERT_NOT_YET_VALID", "nothing", clock, "The certificate is not valid yet by the local clock"),
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
  row("TlsFailure", "ERR_SSL_WRONG_VERSION_NUMBER", "nothing", offline, "The port does not speak TLS"),
  row("TlsFailure", "ERR_SSL_PACKET_LENGTH_TOO_LONG", "nothing", offline, "The port does not speak TLS"),
  row("TlsFailure", "ERR_SSL_HTTP_REQUEST", "nothing", offline, "The port speaks plain HTTP"),
  row("TlsFailure", "ERR_SSL_UNSUPPORTED_PROTOCOL", "nothing", offline, "No common version of TLS"),
  row("TlsFailure", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "nothing", offline, "No common version of TLS"),
  row("TlsFailure", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "nothing", offline, "The server refused the handshake"),
  // A broken record or a late alert comes after the handshake, when the request may be gone already.
  row("TlsFailure", "ERR_SSL_*", "maybe", offline, "The secure connection broke"),
  row("TlsFailure", "ERR_TLS_*", "maybe", offline, "The secure connection broke"),
  row("TlsFailure", "EPROTO", "maybe", offline, "The secure connection broke"),

  row("RequestTimedOut", "connect ETIMEDOUT", "nothing", overdue, "The host did not accept a connection in time"),
  row("RequestTimedOut", "UND_ERR_CONNECT_TIMEOUT", "nothing", overdue, "The host did not accept a connection in time"),
  row("RequestTimedOut", "ETIMEDOUT", "maybe", overdue, "The connection went silent"),
  row("RequestTimedOut", "UND_ERR_HEADERS_TIMEOUT", "maybe", overdue, "No response in time"),
  row("RequestTimedOut", "UND_ERR_BODY_TIMEOUT", "maybe", overdue, "The response stalled"),
  row("RequestTimedOut", "RequestTimedOut", "maybe", overdue, "The attempt timed out"),

  row("TruncatedBody", "TruncatedBody", "maybe", offline, "The connection ended during the response"),
  row(
    "TruncatedBody",
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
    "maybe",
    offline,
    "The response is shorter or longer than its content-length",
  ),

  // A portal answers instead of passing the request on: that is what makes it one.
  row(
    "CaptivePortal",
    "CaptivePortal",
    "nothing",
    portal,
    "HTML where JSON was due, a temporary redirect to another host, or status 511",
  ),

  row(
    "RedirectRefused",
    "RedirectRefused",
    "maybe",
    misdirected,
    "A redirect of a request with a credential or a body; after 301, 302 and 303 the request may have been carried out",
  ),
  row(
    "RedirectRefused",
    "RedirectRefused unacted",
    "nothing",
    misdirected,
    "The same with 307 or 308, which ask for the request itself at another address (RFC 9110, section 15.4)",
  ),

  row("UnexpectedStatus", "UnexpectedStatus", "maybe", odd, "Not an error, but a status that the call does not expect"),

  row("DecodeFailure", "DecodeFailure", "maybe", odd, "A success with a body of another shape"),

  row(
    "TransportFailure",
    "connect *",
    "nothing",
    offline,
    "No connection: network or host unreachable, or a local limit",
  ),
  row("TransportFailure", "PROXY_REFUSED_*", "nothing", portal, "A proxy refused the connection, with that status"),
  row("TransportFailure", "UND_ERR_PRX_CONN", "nothing", offline, "A proxy closed the connection during its setup"),
  row("TransportFailure", "UND_ERR_PRX_TLS", "nothing", portal, "The certificate of a proxy is for another host"),
  row("TransportFailure", "HPE_*", "maybe", offline, "The response is not HTTP"),
  row("TransportFailure", "HTTPParserError", "maybe", offline, "The response is not HTTP"),
  row("TransportFailure", "UND_ERR_HEADERS_OVERFLOW", "maybe", odd, "The response headers are too long"),
  row("TransportFailure", "UND_ERR_DESTROYED", "maybe", ours, "This program closed its client"),
  row("TransportFailure", "UND_ERR_CLOSED", "maybe", ours, "This program closed its client"),
  row("TransportFailure", "UND_ERR_INVALID_ARG", "nothing", malformed, "A header or an option is invalid"),
  row("TransportFailure", "UND_ERR_NOT_SUPPORTED", "nothing", malformed, "The client cannot send such a request"),
  row(
    "TransportFailure",
    "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
    "maybe",
    malformed,
    "The body has another length than its header",
  ),
  row(
    "TransportFailure",
    "RequestBodyChanged",
    "maybe",
    malformed,
    "The body changed before a retry, or has another length than announced",
  ),
  row("TransportFailure", "RequestBodyFailed", "maybe", malformed, "The source of the body failed while it was read"),
  row("TransportFailure", "NotReadableError", "maybe", malformed, "The file behind the body was changed or removed"),
  row("TransportFailure", "ERR_INVALID_*", "nothing", malformed, "A header, an option or the address is invalid"),
  row(
    "TransportFailure",
    "ERR_UNESCAPED_CHARACTERS",
    "nothing",
    malformed,
    "The address has characters that need escapes",
  ),
  row("TransportFailure", "EncodeError", "nothing", malformed, "The body of the request cannot be encoded"),
  row("TransportFailure", "InvalidUrlError", "nothing", malformed, "The address is not a URL"),
  { class: "TransportFailure", form: "maybe", verdict: offline, description: "Any other failure of the exchange" },
] as const

/** The class of every failure that no row matches. */
export const unknown = "TransportFailure"

/** The row of a failure. Total. */
export const find = ErrorRows.finder({ system: "transport", rows, unknown })
