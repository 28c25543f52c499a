/**
 * Rules for connections that failed or that ended before a response arrived.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import type { HttpFacts } from "../facts.ts"
import { localOf, localTrouble, versionOf } from "../remarks.ts"
import { failed, hostOf, onFailure, starting, topic } from "../rule.ts"

const rule = topic("connection")

const nodeErrors = "https://nodejs.org/api/errors.html#common-system-errors"

const refused = rule({
  code: "HF-HTTP-NET-001",
  title: "No server listens on this address and port",
  explanation:
    "The host is reachable but refused the connection immediately: no program has this port open. The service " +
    "might be down or still starting, or the host name or the port might be wrong. A firewall, rather than the " +
    "host, can also refuse the connection. No part of the request was sent.",
  fix: [
    { text: "check the host and the port in the URL", safety: "check first" },
    { text: "send again with backoff", safety: "safe to apply" },
    { text: "check whether the service is running", safety: "check first" },
  ],
  change: "nothing",
  links: [nodeErrors],
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: onFailure(["ECONNREFUSED"], (facts) => ({
    // curl and some libraries print "could not connect" for other reasons, too.
    confidence: /refused|ECONNREFUSED/i.test(facts.failure?.text ?? "") ? "certain" : "likely",
    detail: `${starting(hostOf(facts))} refused the connection; nothing was sent.${localOf(facts)}`,
  })),
})

/** Error codes for a connection that ended during the exchange. */
const cut = ["ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET", "unsent UND_ERR_SOCKET", "connect ECONNRESET"]

/** Returns the length of the request body in bytes, or `undefined` if the exchange does not contain it. */
const sizeOf = ({ exchange, header }: HttpFacts): number | undefined => {
  const { request } = exchange
  if (request?.size !== undefined) return request.size
  const stated = Number(header("content-length") ?? Number.NaN)
  if (Number.isFinite(stated)) return stated
  return request?.body === undefined ? undefined : bytesOf(request.body)
}

const hasBody = (facts: HttpFacts): boolean =>
  facts.exchange.request?.form !== undefined || (sizeOf(facts) ?? 0) > 0 || (facts.exchange.request?.sent ?? 0) > 0

const isMidBody = (facts: HttpFacts): boolean => {
  const sent = facts.exchange.request?.sent
  const size = sizeOf(facts)
  return sent === undefined ? hasBody(facts) : sent > 0 && (size === undefined || sent < size)
}

const refusedMidBody = rule({
  code: "HF-HTTP-NET-002",
  title:
    "The server closed the connection while the body was being sent, often after a rejection whose response was lost",
  explanation:
    "A server that rejects a request because of its headers or its first fields sends a response and closes the " +
    "connection without reading the rest. Because the sender is still writing at that time, the kernel reports a " +
    "reset or a broken pipe and discards the response that explains the error. The error to look for is therefore " +
    "the one in the response: a wrong signature, form fields in the wrong order, or a body that is too large. A " +
    "network failure can look the same once, but it rarely occurs at the same point twice.",
  fix: [
    {
      text: "send the request again with `Expect: 100-continue` or with an empty body to see the server's response",
      safety: "check first",
    },
    { text: "check the request with `holdfast explain` before you send it again", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc9112#section-9.5", nodeErrors],
  find: (facts) => {
    const { exchange, failure } = facts
    if (failure === undefined || !cut.includes(failure.key) || !isMidBody(facts)) return undefined
    const sent = exchange.request?.sent
    const size = sizeOf(facts)
    return found({
      confidence: sent === undefined ? "possible" : "likely",
      detail:
        sent === undefined
          ? `The connection to ${hostOf(facts)} ended before a response arrived; it is unknown how much of the body was sent.`
          : `${sent} ${size === undefined ? "bytes" : `of ${size} bytes`} had left when ${hostOf(facts)} closed.`,
      evidence: [
        ...failed(facts),
        ...(sent === undefined ? [] : [{ at: "request.sent", name: "bytes sent", observed: String(sent) }]),
        ...(size === undefined ? [] : [{ at: "request.size", name: "body", observed: `${size} bytes` }]),
      ],
    })
  },
})

/** Only a client that is still writing receives a broken pipe error. */
const whileWriting = ({ failure }: HttpFacts): string =>
  failure?.key === "EPIPE"
    ? " The client was still writing the request when the connection ended. The server might have rejected the request (a body that is too large, a wrong signature) and closed the connection before it had read the whole request."
    : ""

const reset = rule({
  code: "HF-HTTP-NET-003",
  title: "The connection was closed or reset before a response began",
  explanation:
    "The server or an intermediary ended the connection without sending a response. One cause is a keep-alive " +
    "connection that was idle for too long. Other causes are a server restart, a load balancer without a backend, " +
    "and a network failure. The server might have acted on the request.",
  fix: [
    { text: "send the request again with backoff if it is safe to repeat", safety: "safe to apply" },
    { text: "otherwise, first check whether the request took effect", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2", nodeErrors],
  find: onFailure(cut, (facts) => ({
    confidence: isMidBody(facts) ? "possible" : "likely",
    detail:
      facts.failure?.row.form === "nothing"
        ? `The connection to ${hostOf(facts)} was closed while it was being established; nothing was sent.`
        : `The connection to ${hostOf(facts)} ended before a response arrived; the server might have received the request.${versionOf(facts)}${whileWriting(facts)}`,
  })),
})

const connectTimeout = rule({
  code: "HF-HTTP-NET-004",
  title: "The host did not accept a connection in time",
  explanation:
    "The host did not respond to the connection attempt: packets were dropped in transit. Possible causes are a " +
    "firewall that silently discards packets and a host that is turned off. A wrong address or a slow network can " +
    "also cause this timeout. No part of the request was sent.",
  fix: [
    { text: "check the network, the firewall and the address", safety: "check first" },
    { text: "send again with backoff", safety: "safe to apply" },
  ],
  change: "nothing",
  links: [nodeErrors],
  rivals: ["HF-HTTP-NET-005"],
  find: onFailure(["connect ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"], (facts) => ({
    confidence: "certain",
    detail: `${starting(hostOf(facts))} did not accept a connection in time; nothing was sent.`,
  })),
})

/**
 * Matches messages of openid-client, axios, Go, .NET and AbortSignal about client timeouts that cover both the connection and
 * the response.
 */
const ofAll =
  /outgoing request timed out after|[Tt]imeout of \d{1,9} ?ms exceeded|Client\.Timeout exceeded|context deadline exceeded|HttpClient\.Timeout|aborted due to timeout|Timeout awaiting 'request'/

const silence = rule({
  code: "HF-HTTP-NET-005",
  title: "No data arrived on the connection before the timeout",
  explanation:
    "The connection was established, but no data arrived in time. The server might be slow or stuck, or the body " +
    "might be too large to send over this network within the time limit. The network might also have failed " +
    "silently, as it can when a device switches to another access point. The server might have acted on the " +
    "request.",
  fix: [
    { text: "send the request again with backoff if it is safe to repeat", safety: "safe to apply" },
    { text: "allow more time for large bodies, or send them in smaller parts", safety: "check first" },
  ],
  change: "nothing",
  links: [nodeErrors],
  rivals: ["HF-HTTP-NET-004"],
  find: onFailure(["ETIMEDOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "RequestTimedOut"], (facts) => {
    const sent = facts.exchange.request?.sent
    const size = sizeOf(facts)
    const progress = sent === undefined || size === undefined ? "" : ` after ${sent} of ${size} bytes had been sent`
    // The word alone may be anything, such as the name of an option.
    const isSaid =
      /ETIMEDOUT|[A-Z]_TIMEOUT|timed[ _-]?out|[Dd]eadline exceeded|Timeout(?:Error|Exception)|TimedOut|curl: \(28\)|[Tt]imeout (?:of|exceeded|expired|reached|was reached)|(?:i\/o|[Rr]equest|[Rr]ead|[Rr]esponse|[Ss]ocket) [Tt]imeout/.test(
        facts.failure?.text ?? "",
      )
    return {
      confidence: isSaid && !ofAll.test(facts.failure?.text ?? "") ? "certain" : "likely",
      detail: `${starting(hostOf(facts))} did not respond in time${progress}.${
        ofAll.test(facts.failure?.text ?? "")
          ? " The timeout is the client's own and includes the time to connect, so the client may never have connected. A firewall, a missing proxy setting or a network without internet access causes the same message."
          : ""
      }`,
    }
  }),
})

const unreachable = rule({
  code: "HF-HTTP-NET-006",
  title: "There is no network path to the host",
  explanation:
    "This machine has no route to the address: it is offline, the route is missing, or the address family (IPv6) " +
    "has no uplink. The machine might also have run out of local ports or file descriptors. No part of the request " +
    "was sent.",
  fix: [{ text: "restore the network connection, then send the request again", safety: "check first" }],
  change: "nothing",
  links: [nodeErrors],
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: onFailure(["connect *"], (facts) => ({
    confidence: localTrouble(facts) === "" ? "certain" : "likely",
    detail: `No connection to ${hostOf(facts)} could be made; nothing was sent.${localTrouble(facts)}`,
  })),
})

const unsaid = rule({
  code: "HF-HTTP-NET-008",
  title: "No response arrived, and the reason was not recorded",
  explanation:
    "Node's fetch wraps the reason: the error itself reports only that the fetch failed, and its `cause` contains " +
    "the code. Typical codes are ECONNRESET, ENOTFOUND and the codes of certificate errors. A log that contains " +
    "only the error message omits the code.",
  fix: [{ text: "log `error.cause` with its code, then explain the failure again", safety: "check first" }],
  change: "nothing",
  links: ["https://nodejs.org/api/errors.html#errorcause", "https://undici.nodejs.org/#/docs/api/Errors"],
  find: (facts) => {
    const { failure } = facts
    if (failure === undefined || (failure.key !== "fetch failed" && failure.key !== "")) return undefined
    return found({
      confidence: "possible",
      detail: `The exchange with ${hostOf(facts)} failed with "${failure.text.slice(0, 100)}" and without a code.`,
      evidence: failed(facts),
    })
  },
})

const ours = rule({
  code: "HF-HTTP-NET-009",
  title: "This program ended the exchange itself",
  explanation:
    "A canceled task, a signal or a scope that ended too early closed the client or aborted the request during the " +
    "exchange. The network and the server did not cause the failure.",
  fix: [
    {
      text: "find out what aborts the request: a timeout in your own program, or a client that is closed too early",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: ["https://undici.nodejs.org/#/docs/api/Errors"],
  rivals: [],
  soleCause: "https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md",
  find: onFailure(["UND_ERR_DESTROYED", "UND_ERR_CLOSED"], () => ({
    confidence: "certain",
    detail: "This program closed the client or aborted the request.",
  })),
})

/**
 * All rules about failed connections. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const connection = [refused, refusedMidBody, reset, connectTimeout, silence, unreachable, unsaid, ours] as const
