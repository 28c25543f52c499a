/**
 * Explains why an API cannot be reached, and what the user can do about it.
 */
import * as TransportCause from "@holdfast/http/TransportCause"

/** A cause. The cause has a `remedy` if the user has to act. */
export interface Cause {
  readonly text: string
  readonly remedy?: string
}

const member = (u: unknown, name: string): string => {
  const value: unknown = typeof u === "object" && u !== null && name in u ? Reflect.get(u, name) : undefined
  return typeof value === "string" ? value : ""
}

/** Faults of a certificate or its chain that adding a certificate authority cannot fix. */
const unusable: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_REJECTED",
  "CERT_SIGNATURE_FAILURE",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
])

const ofTls = (detail: string): Cause => {
  const fault = TransportCause.certificateFault(detail)
  if (fault === "untrusted") {
    return {
      text: `the network presents a certificate that is not trusted (${detail})`,
      remedy:
        "the network may inspect TLS traffic: set NODE_EXTRA_CA_CERTS to a file with its certificate authority, or use another network",
    }
  }
  if (fault === "expired" || fault === "not yet valid") {
    return {
      text: `the certificate has expired or is not yet valid (${detail})`,
      remedy: "check the clock of this machine",
    }
  }
  if (fault === "other host") {
    return {
      text: `the certificate is for another host (${detail})`,
      remedy: "the network may redirect requests: open a browser and sign in to the network",
    }
  }
  if (fault === "revoked") {
    return {
      text: `the certificate was revoked (${detail})`,
      remedy: "use another network, or ask the owner of the server to install a new certificate",
    }
  }
  return { text: `the secure connection failed${detail === "" ? "" : ` (${detail})`}` }
}

const ofProxy = (detail: string): Cause | undefined => {
  if (detail.startsWith("UND_ERR_PRX_")) {
    return { text: `the proxy cannot be reached (${detail})`, remedy: "check HTTPS_PROXY, or use another network" }
  }
  const status = /^PROXY_REFUSED_(\d{3})$/.exec(detail)?.[1]
  if (status === undefined) return undefined
  const remedy =
    status === "407"
      ? "put its user name and password into HTTPS_PROXY (http://user:password@host:port)"
      : "ask the proxy's administrator to allow this host, or add it to NO_PROXY"
  return { text: `the proxy refused the connection (${status})`, remedy }
}

const simple: Readonly<Record<string, string>> = {
  DnsFailure: "the host name cannot be resolved",
  ConnectionRefused: "the connection was refused",
  ConnectionReset: "the connection was cut off",
  RequestTimedOut: "no answer in time",
  TimeoutError: "no answer in time",
}

/** Whether a probe failed because no secure connection could be established. */
export const isTls = (failure: unknown): boolean =>
  member(failure, "_tag") === "TlsFailure" || unusable.has(member(failure, "detail"))

/** Returns the cause of a failed probe, or `undefined` if no probe has failed. */
export const cause = (failure: unknown): Cause | undefined => {
  if (failure === undefined) return undefined
  const tag = member(failure, "_tag")
  const detail = member(failure, "detail")
  if (tag === "CaptivePortal") {
    return {
      text: "a captive portal answered instead of the API",
      remedy: "open a browser and sign in to the network",
    }
  }
  // OpenSSL has more such codes than the table of transport errors has rows.
  if (unusable.has(detail)) {
    return {
      text: `the certificate or its chain is invalid (${detail})`,
      remedy: "use another network, or ask the owner of the server to correct the certificate",
    }
  }
  if (tag === "TlsFailure") return ofTls(detail)
  const proxy = ofProxy(detail)
  if (proxy !== undefined) return proxy
  const known = Object.hasOwn(simple, tag) ? simple[tag] : undefined
  if (known !== undefined) return { text: known }
  const message = member(failure, "message").replace(/\s+/g, " ").trim()
  return { text: message === "" ? "the probe failed" : message }
}

/**
 * Returns the status (429, or 5xx except 511) with which a server or an intermediary reported that the service is
 * unavailable, or `undefined` if there is no such response. A response with this status shows that the user's network works
 * and that the run has to wait.
 */
export const unavailable = (failure: unknown): number | undefined => {
  const status: unknown =
    typeof failure === "object" && failure !== null && "status" in failure ? failure.status : undefined
  return typeof status === "number" && (status >= 500 || status === 429) && status !== 511 ? status : undefined
}

/**
 * Returns the status with which a server rejected a health check, usually because the server or the path is wrong. Returns
 * `undefined` if there is no response, or if a captive portal responded. A response with this status shows that the network
 * works, but waiting is unlikely to help.
 */
export const refused = (failure: unknown): number | undefined => {
  const status: unknown =
    typeof failure === "object" && failure !== null && "status" in failure ? failure.status : undefined
  if (typeof status !== "number" || status < 400 || status >= 500 || passing.has(status)) return undefined
  return noAnswer.has(member(failure, "_tag")) || ofProxy(member(failure, "detail")) !== undefined ? undefined : status
}

/** The statuses below 500 that are temporary. */
const passing: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * Whether a failure with this tag occurred without a response. A failure without a response means that the connection, not
 * the service, is down.
 */
export const isUnanswered = (tag: string): boolean => Object.hasOwn(simple, tag) || noAnswer.has(tag)

const noAnswer: ReadonlySet<string> = new Set(["TlsFailure", "TransportFailure", "CaptivePortal"])

/** Formats the cause as one clause, followed by its remedy. */
export const sentence = ({ remedy, text }: Cause): string => (remedy === undefined ? text : `${text}; ${remedy}`)
