/**
 * Converts a failure from any HTTP client into a transport error. Only this module reads error codes.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Verdict from "@holdfast/core/Verdict"
import type * as Duration from "effect/Duration"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Keys from "./internal/errors/transport/keys.ts"
import * as Arguments from "./internal/request/arguments.ts"
import { requestLineOf } from "./internal/request/requestLine.ts"
import * as Sent from "./internal/request/sent.ts"
import type { TransportError } from "./TransportError.ts"
import { TransportTable } from "./TransportTable.ts"

/** The known details of a failure, in addition to its kind. */
export interface Known {
  readonly status?: number
  readonly detail?: string
  readonly cause?: unknown
  /** The retry hint from the intermediary that sent the response. The hint delays only the gate's probe. */
  readonly hint?: Duration.Duration | undefined
}

/**
 * Creates the error that is defined by a row of `TransportTable`. The key identifies the row.
 *
 * **Gotchas**
 *
 * If a key does not have a row, the error is a `TransportFailure`. A key is the name of an error class (`"RequestTimedOut"`,
 * `"TruncatedBody"`, `"CaptivePortal"`, `"UnexpectedStatus"`, `"DecodeFailure"`) or an error code.
 */
export const make = (key: string, request: HttpClientRequest.HttpClientRequest, known: Known = {}): TransportError => {
  const seen = { key, status: 0 }
  const { cause, detail, hint, ...others } = known
  const { method, url } = requestLineOf(request)
  const redactor = Sent.redactorOf(request)
  return TransportTable.decode({
    ...seen,
    retryAfter: hint,
    isOwn: false,
    fields: {
      method,
      url: redactor.text(url),
      reached: Verdict.appliedOf(TransportTable.find(seen).verdict) === "no" ? "nothing" : "maybe",
      ...others,
      ...withCause(
        detail === undefined ? undefined : ForeignError.shown(detail, redactor.text),
        ForeignError.keep(cause, redactor.text),
      ),
    },
  })
}

/** Changes to an existing error; `undefined` removes a detail or a cause. */
export interface Revision {
  readonly verdict?: Verdict.Verdict
  readonly detail?: string | undefined
  readonly cause?: unknown
}

/** Returns a copy of an error with the given changes. */
export const revise = (error: TransportError, revision: Revision): TransportError => {
  const { _tag, method, reached, status, url } = error
  const { detail, verdict } = { detail: error.detail, verdict: error.verdict, ...revision }
  const cause = "cause" in revision ? ForeignError.keep(revision.cause) : error.cause
  return new TransportTable.classes[_tag]({
    verdict,
    method,
    url,
    reached,
    ...(status === undefined ? {} : { status }),
    ...withCause(detail, cause),
  })
}

/**
 * Converts a failure of an `HttpClient` into a transport error.
 *
 * **Details**
 *
 * The conversion discards the wrapper and keeps only the name, code and message of the cause. Errors are logged, but both the
 * wrapper and the cause may contain a raw response or the request with its headers and query.
 */
export const fromHttpClientError = ({ reason }: HttpClientError.HttpClientError): TransportError => {
  switch (reason._tag) {
    case "TransportError":
      return fromCause(reason.request, reason.cause)
    case "EncodeError": {
      const own = chain(reason.cause).find(isTransportError)
      return own ?? make("EncodeError", reason.request, withCause("the body cannot be encoded", reason.cause))
    }
    case "InvalidUrlError":
      // Without a cause, because it repeats the URL with its query.
      return make("InvalidUrlError", reason.request, { detail: "the address is not a URL" })
    case "DecodeError":
      return reason.cause instanceof SyntaxError
        ? make("DecodeFailure", reason.request, { status: reason.response.status, detail: "the body is not JSON" })
        : fromBodyCause(reason.response, reason.cause)
    case "EmptyBodyError":
      return make("DecodeFailure", reason.request, { status: reason.response.status, detail: "the body is empty" })
    case "StatusCodeError":
      return make("UnexpectedStatus", reason.request, { status: reason.response.status })
  }
}

/**
 * Returns the error for a request whose body could not be read from its source.
 *
 * **Details**
 *
 * The source of the body is not the service that receives the body. A missing file or a failed download therefore does not
 * close a gate or open a circuit for that service. If the source fails with an error that has a verdict, that verdict
 * determines whether the request is retried.
 */
export const fromBodySource = (request: HttpClientRequest.HttpClientRequest, cause: unknown): TransportError => {
  const own = chain(cause).find(Verdict.isClassified)
  const { detail } = identify(cause)
  const error = make("RequestBodyFailed", request, withCause(own?._tag ?? detail ?? "the body cannot be read", cause))
  if (own === undefined) return error
  const { applied: _applied, closes: _closes, overdue: _overdue, probeAfter: _probeAfter, ...verdict } = own.verdict
  return revise(error, { verdict: { ...verdict, outcome: "ignored", applied: "maybe" } })
}

export { type CertificateFault, faultOf as certificateFault } from "./internal/errors/transport/certificates.ts"

/** Whether a value is one of the transport errors. */
export const isTransportError = (value: unknown): value is TransportError =>
  classes.some((transportClass) => value instanceof transportClass)

const classes = Object.values(TransportTable.classes)

/**
 * Returns the transport error for a cause that occurred before a response began. `body` is the body that was sent, if the
 * request does not contain it.
 */
export const fromCause = (
  request: HttpClientRequest.HttpClientRequest,
  cause: unknown,
  body: unknown = request.body._tag === "Raw" ? request.body.body : undefined,
): TransportError => {
  const links = chain(cause)
  const own = links.find(Verdict.isClassified)
  // A layer around the client has already classified the exchange.
  if (isTransportError(own)) return own
  // An error with any other verdict did not come from the network but from a body's source.
  if (own !== undefined) return fromBodySource(request, cause)
  const { detail, key } = identify(cause)
  if (key === "" && links.some((link) => isErrorOf(body, link))) return fromBodySource(request, cause)
  // The message of such an error repeats headers and the URL, which may be secrets.
  return key === "" && !isSendable(request, cause)
    ? make("UND_ERR_INVALID_ARG", request, { detail: "the request has a header or option that cannot be sent" })
    : make(key, request, withCause(detail, cause))
}

/**
 * Returns the transport error for a cause that occurred while the body of a response was being read.
 *
 * **Details**
 *
 * Regardless of how the connection ended, the caller has a truncated response. Only a timeout is reported under its own name.
 */
export const fromBodyCause = (response: HttpClientResponse.HttpClientResponse, cause: unknown): TransportError => {
  const { detail, key } = identify(cause)
  const timedOut = TransportTable.find({ key, status: 0 }).class === "RequestTimedOut"
  return make(timedOut ? "RequestTimedOut" : "TruncatedBody", response.request, {
    status: response.status,
    ...withCause(detail, cause),
  })
}

/**
 * Whether a body is a Node stream that failed with the given error. Socket errors are excluded because they also destroy the
 * stream; they have their own rows in the error table.
 */
const isErrorOf = (body: unknown, error: object): boolean =>
  typeof body === "object" && body !== null && "errored" in body && body.errored === error

/**
 * Whether the platform accepts the arguments of the request. If a client's error is not recognized, invalid arguments may
 * have caused it.
 */
const isSendable = (request: HttpClientRequest.HttpClientRequest, cause: unknown): boolean => {
  if (!Arguments.areHeaders(Object.entries(request.headers))) return false
  if (!(cause instanceof TypeError) || cause.cause !== undefined) return true
  const { body, headers, method } = request
  const init = { method, headers: { ...headers }, ...(body._tag === "Empty" ? {} : { body: "" }) }
  return Option.match(HttpClientRequest.toUrl(request), {
    onNone: () => false,
    onSome: ({ href }) => Arguments.areAccepted(href, init),
  })
}

const withCause = (detail: string | undefined, cause: unknown): Known => ({
  ...(detail === undefined ? {} : { detail }),
  ...(cause === undefined ? {} : { cause }),
})

/** Errors are nested at most a few levels deep. The limit protects against a cause that contains itself. */
const depth = 8

/** Returns the cause, its nested causes, and the errors in an `AggregateError` (one for each address that was tried). */
const chain = (cause: unknown): ReadonlyArray<object> => {
  const found: Array<object> = []
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || found.length >= depth) return
    found.push(value)
    if ("cause" in value) visit(value.cause)
    if ("errors" in value && Array.isArray(value.errors)) value.errors.forEach(visit)
  }
  visit(cause)
  return found
}

/**
 * Identifies the first error in the chain of causes that has a row in the error table. If none of the errors has a row, the
 * first error with a code or a message is used.
 */
const identify = (cause: unknown): { readonly key: string; readonly detail: string | undefined } => {
  const links = chain(cause)
  for (const link of links) {
    for (const key of keys(link)) {
      if (Keys.keys.has(key)) return { key, detail: describe(link) }
    }
  }
  return { key: "", detail: links.map(describe).find((detail) => detail !== undefined) }
}

/** Returns the keys of the rows that may match an error in the chain, with the most specific key first. */
const keys = (link: object): ReadonlyArray<string> => {
  const code = text(link, "code")
  const found: Array<string> = proxyRefusal(link) === undefined ? [] : ["PROXY_REFUSED_*"]
  if (code !== undefined) {
    if (code === "ECONNRESET" && Keys.isUnfinishedHandshake(text(link, "message") ?? "")) {
      found.push("unfinished handshake")
    }
    if (code === "UND_ERR_SOCKET" && bytesWritten(link) === 0) found.push(`unsent ${code}`)
    if (text(link, "syscall") === "connect") {
      found.push(`connect ${code}`, ...(Keys.keys.has(code) ? [code] : []), "connect *")
    }
    const family = Keys.familyOf(code)
    found.push(code, ...(family === undefined ? [] : [family]))
  }
  const name = text(link, "name")
  if (name !== undefined) found.push(Object.hasOwn(Keys.byName, name) ? (Keys.byName[name] ?? name) : name)
  return found
}

/**
 * Returns the number of bytes written, as reported by undici. For a socket that was kept alive, the number includes the bytes
 * of earlier requests.
 */
const bytesWritten = (link: object): number | undefined => {
  if (!("socket" in link) || typeof link.socket !== "object" || link.socket === null) return undefined
  const { socket } = link
  return "bytesWritten" in socket && typeof socket.bytesWritten === "number" ? socket.bytesWritten : undefined
}

const describe = (link: object): string | undefined => proxyRefusal(link) ?? text(link, "code") ?? text(link, "message")

/**
 * Recognizes the error that is raised when a proxy rejects a connection. undici identifies this error only by its message;
 * the error code is the same as for an abort. The `fetch` function of undici turns every 407 into a network error, as the
 * Fetch standard requires.
 */
const proxyRefusal = (link: object): string | undefined => {
  if (text(link, "message") === "proxy authentication required") return "PROXY_REFUSED_407"
  if (!/^UND_ERR_(?:ABORTED|INVALID_ARG)$/.test(text(link, "code") ?? "")) return undefined
  const said = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(text(link, "message") ?? "")
  return said?.[1] === undefined ? undefined : `PROXY_REFUSED_${said[1]}`
}

const text = (link: object, name: string): string | undefined => {
  const value: unknown = name in link ? Reflect.get(link, name) : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}
