/**
 * Which fault becomes which transport error, with which verdict: the table of a system that has no vendor.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import * as Verdict from "@holdfast/core/Verdict"
import {
  CaptivePortal,
  ConnectionRefused,
  ConnectionReset,
  DecodeFailure,
  DnsFailure,
  type Fields,
  RequestTimedOut,
  TlsFailure,
  TransportFailure,
  TruncatedBody,
  UnexpectedStatus,
} from "./TransportError.ts"

/** The network is at fault: everybody waits until the health service answers, then sends again. */
const offline = Verdict.always({ closes: "connectivity" })

/** Somebody has to look at the network; meanwhile the probe keeps asking. */
const portal = Verdict.always({ closes: "connectivity", change: "human" })

/** A certificate is judged by the local clock; a device without network time comes up with a wrong one. */
const clock = Verdict.always({ closes: "connectivity", change: "clock" })

/** The request itself is wrong: it fails the same way every time. */
const malformed = Verdict.never({ change: "plan" })

/** The answer came, and is odd. */
const odd = Verdict.once()

/**
 * The rows.
 *
 * **Details**
 *
 * A key is the code that Node, OpenSSL or undici gives; with `connect` before it when the failing system call was
 * `connect`; with `*` at its end for a family of codes. The remaining keys are our own names of what is seen in an
 * answer. `form` says what can have reached the server: `nothing` or `maybe`.
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
    UnexpectedStatus,
    DecodeFailure,
    TransportFailure,
  },
  unknown: "TransportFailure",
  rows: [
    { class: "ConnectionRefused", key: "ECONNREFUSED", form: "nothing", verdict: offline, description: "Nobody listens at the address" },

    { class: "ConnectionReset", key: "connect ECONNRESET", form: "nothing", verdict: offline, description: "Reset while the connection was made" },
    { class: "ConnectionReset", key: "ECONNRESET", form: "maybe", verdict: offline, description: "Reset before an answer began" },
    { class: "ConnectionReset", key: "EPIPE", form: "maybe", verdict: offline, description: "The other side had closed while we wrote" },
    { class: "ConnectionReset", key: "ECONNABORTED", form: "maybe", verdict: offline, description: "The connection was aborted by this side's network stack" },
    { class: "ConnectionReset", key: "UND_ERR_SOCKET", form: "maybe", verdict: offline, description: "The other side closed before an answer began" },
    { class: "ConnectionReset", key: "unsent UND_ERR_SOCKET", form: "nothing", verdict: offline, description: "The other side closed before a byte was written" },

    { class: "DnsFailure", key: "ENOTFOUND", form: "nothing", verdict: offline, description: "No such host name, or no name server within reach" },
    { class: "DnsFailure", key: "ENODATA", form: "nothing", verdict: offline, description: "The host name has no address" },
    { class: "DnsFailure", key: "EAI_*", form: "nothing", verdict: offline, description: "The name server gave no answer for now" },

    { class: "TlsFailure", key: "CERT_HAS_EXPIRED", form: "nothing", verdict: clock, description: "The certificate has expired, says the local clock" },
    { class: "TlsFailure", key: "CERT_NOT_YET_VALID", form: "nothing", verdict: clock, description: "The certificate is not valid yet, says the local clock" },
    { class: "TlsFailure", key: "CERT_*", form: "nothing", verdict: portal, description: "The certificate was rejected" },
    { class: "TlsFailure", key: "ERR_TLS_CERT_ALTNAME_INVALID", form: "nothing", verdict: portal, description: "The certificate is for another host" },
    { class: "TlsFailure", key: "DEPTH_ZERO_SELF_SIGNED_CERT", form: "nothing", verdict: portal, description: "The certificate is signed by itself" },
    { class: "TlsFailure", key: "SELF_SIGNED_CERT_IN_CHAIN", form: "nothing", verdict: portal, description: "The chain ends in an unknown authority" },
    { class: "TlsFailure", key: "UNABLE_TO_*", form: "nothing", verdict: portal, description: "The chain of certificates cannot be verified" },
    { class: "TlsFailure", key: "unfinished handshake", form: "nothing", verdict: offline, description: "The other side closed during the handshake" },
    { class: "TlsFailure", key: "ERR_SSL_WRONG_VERSION_NUMBER", form: "nothing", verdict: offline, description: "The port does not speak TLS" },
    { class: "TlsFailure", key: "ERR_SSL_PACKET_LENGTH_TOO_LONG", form: "nothing", verdict: offline, description: "The port does not speak TLS" },
    { class: "TlsFailure", key: "ERR_SSL_HTTP_REQUEST", form: "nothing", verdict: offline, description: "The port speaks plain HTTP" },
    { class: "TlsFailure", key: "ERR_SSL_UNSUPPORTED_PROTOCOL", form: "nothing", verdict: offline, description: "No common version of TLS" },
    { class: "TlsFailure", key: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", form: "nothing", verdict: offline, description: "No common version of TLS" },
    { class: "TlsFailure", key: "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", form: "nothing", verdict: offline, description: "The server refused the handshake" },
    // A broken record or a late alert comes after the handshake, when the request may be gone already.
    { class: "TlsFailure", key: "ERR_SSL_*", form: "maybe", verdict: offline, description: "The secure connection broke" },
    { class: "TlsFailure", key: "ERR_TLS_*", form: "maybe", verdict: offline, description: "The secure connection broke" },
    { class: "TlsFailure", key: "EPROTO", form: "maybe", verdict: offline, description: "The secure connection broke" },

    { class: "RequestTimedOut", key: "connect ETIMEDOUT", form: "nothing", verdict: offline, description: "The host did not accept a connection in time" },
    { class: "RequestTimedOut", key: "UND_ERR_CONNECT_TIMEOUT", form: "nothing", verdict: offline, description: "The host did not accept a connection in time" },
    { class: "RequestTimedOut", key: "ETIMEDOUT", form: "maybe", verdict: offline, description: "The connection went silent" },
    { class: "RequestTimedOut", key: "UND_ERR_HEADERS_TIMEOUT", form: "maybe", verdict: offline, description: "No answer began in time" },
    { class: "RequestTimedOut", key: "UND_ERR_BODY_TIMEOUT", form: "maybe", verdict: offline, description: "The answer stopped coming" },
    { class: "RequestTimedOut", key: "RequestTimedOut", form: "maybe", verdict: offline, description: "The attempt used up its time" },

    { class: "TruncatedBody", key: "TruncatedBody", form: "maybe", verdict: offline, description: "The connection ended inside the answer" },
    { class: "TruncatedBody", key: "UND_ERR_RES_CONTENT_LENGTH_MISMATCH", form: "maybe", verdict: offline, description: "The answer is not as long as it said" },

    // A portal answers instead of passing the request on: that is what makes it one.
    { class: "CaptivePortal", key: "CaptivePortal", form: "nothing", verdict: portal, description: "HTML where JSON was due, a temporary redirect to another host, or status 511" },

    { class: "UnexpectedStatus", key: "UnexpectedStatus", form: "maybe", verdict: odd, description: "Neither an error nor a status that the call expects" },

    { class: "DecodeFailure", key: "DecodeFailure", form: "maybe", verdict: odd, description: "A success without the promised shape" },

    { class: "TransportFailure", key: "connect *", form: "nothing", verdict: offline, description: "No connection: network or host unreachable, or a local limit" },
    { class: "TransportFailure", key: "HPE_*", form: "maybe", verdict: offline, description: "The answer is not HTTP" },
    { class: "TransportFailure", key: "HTTPParserError", form: "maybe", verdict: offline, description: "The answer is not HTTP" },
    { class: "TransportFailure", key: "UND_ERR_HEADERS_OVERFLOW", form: "maybe", verdict: odd, description: "The headers of the answer are too long" },
    { class: "TransportFailure", key: "UND_ERR_DESTROYED", form: "maybe", verdict: Verdict.never(), description: "This program closed its client" },
    { class: "TransportFailure", key: "UND_ERR_CLOSED", form: "maybe", verdict: Verdict.never(), description: "This program closed its client" },
    { class: "TransportFailure", key: "UND_ERR_INVALID_ARG", form: "nothing", verdict: malformed, description: "A header or an option is invalid" },
    { class: "TransportFailure", key: "UND_ERR_NOT_SUPPORTED", form: "nothing", verdict: malformed, description: "The client cannot send such a request" },
    { class: "TransportFailure", key: "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", form: "maybe", verdict: malformed, description: "The body is not as long as its header says" },
    { class: "TransportFailure", key: "EncodeError", form: "nothing", verdict: malformed, description: "The body of the request cannot be made" },
    { class: "TransportFailure", key: "InvalidUrlError", form: "nothing", verdict: malformed, description: "The address is not a URL" },
    { class: "TransportFailure", form: "maybe", verdict: offline, description: "Any other failure of the exchange" },
  ],
})
