/**
 * Connections that failed, or that ended before a response.
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
  title: "No server listens at this address and port",
  explanation:
    "The host is reachable, and it refused the connection at once: no program has this port open. The service is " +
    "down or still starting, the port or the host name is another one, or a firewall refuses in its place. Nothing " +
    "of the request was sent.",
  fix: [
    { text: "check the host and the port in the URL", safety: "check first" },
    { text: "send again with backoff", safety: "safe to apply" },
    { text: "see whether the service runs", safety: "check first" },
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

/** Codes of a connection that ended during the exchange. */
const cut = ["ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET", "unsent UND_ERR_SOCKET", "connect ECONNRESET"]

/** The length of the request's body in bytes, if the exchange shows it. */
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
  title: "The server closed the connection while the body was being sent: often a refusal whose answer was lost",
  explanation:
    "A server that refuses a request by its headers or its first fields answers and closes without reading the " +
    "rest. The sender is still writing, the kernel reports a reset or a broken pipe, and the answer that explains " +
    "it is thrown away. So the error to look for is the one in the answer: a wrong signature, a form out of order, " +
    "a body that is too large. A network that broke looks the same once, but rarely at the same place twice.",
  fix: [
    {
      text: "send the request again with `Expect: 100-continue`, or with an empty body, to see the server's answer",
      safety: "check first",
    },
    { text: "lint the request as it is held", safety: "check first" },
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
          ? `The connection to ${hostOf(facts)} ended before an answer; how much of the body had left is not known.`
          : `${sent} ${size === undefined ? "bytes" : `of ${size} bytes`} had left when ${hostOf(facts)} closed.`,
      evidence: [
        ...failed(facts),
        ...(sent === undefined ? [] : [{ at: "request.sent", name: "bytes sent", observed: String(sent) }]),
        ...(size === undefined ? [] : [{ at: "request.size", name: "body", observed: `${size} bytes` }]),
      ],
    })
  },
})

/** Only a writer sees a broken pipe. */
const whileWriting = ({ failure }: HttpFacts): string =>
  failure?.key === "EPIPE"
    ? " The client was still writing: the server may have refused the request (a body that is too large, a wrong signature) and closed before it had read all."
    : ""

const reset = rule({
  code: "HF-HTTP-NET-003",
  title: "The connection was cut before an answer began",
  explanation:
    "The other side, or an intermediary, ended the connection without an answer. A kept-alive connection that had " +
    "idled too long, a restart of the server, a load balancer without a backend and a lost network all look like " +
    "this. The server may have acted on the request.",
  fix: [
    { text: "send again with backoff if the request may be repeated", safety: "safe to apply" },
    { text: "otherwise look first whether it took effect", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2", nodeErrors],
  find: onFailure(cut, (facts) => ({
    confidence: isMidBody(facts) ? "possible" : "likely",
    detail:
      facts.failure?.row.form === "nothing"
        ? `The connection to ${hostOf(facts)} was cut while it was made; nothing was sent.`
        : `The connection to ${hostOf(facts)} was cut before an answer; the request may have been read.${versionOf(facts)}${whileWriting(facts)}`,
  })),
})

const connectTimeout = rule({
  code: "HF-HTTP-NET-004",
  title: "The host did not accept a connection in time",
  explanation:
    "No answer at all to the attempt to connect: packets are dropped on the way. A firewall that discards " +
    "silently, a host that is off, a wrong address, or a network so slow that the time ran out. Nothing of the " +
    "request was sent.",
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

/** Client timeouts that cover both connecting and the response: openid-client, axios, Go, .NET, AbortSignal. */
const ofAll =
  /outgoing request timed out after|[Tt]imeout of \d{1,9} ?ms exceeded|Client\.Timeout exceeded|context deadline exceeded|HttpClient\.Timeout|aborted due to timeout|Timeout awaiting 'request'/

const silence = rule({
  code: "HF-HTTP-NET-005",
  title: "The connection went silent and the time ran out",
  explanation:
    "The connection was there, but no byte came in time. The server is slow or stuck, the body is too large for " +
    "the line and the limit, or the network was lost without a word, as when a device changes its access point. " +
    "The server may have acted on the request.",
  fix: [
    { text: "send again with backoff if the request may be repeated", safety: "safe to apply" },
    { text: "give large bodies more time, or send them in smaller parts", safety: "check first" },
  ],
  change: "nothing",
  links: [nodeErrors],
  rivals: ["HF-HTTP-NET-004"],
  find: onFailure(["ETIMEDOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "RequestTimedOut"], (facts) => {
    const sent = facts.exchange.request?.sent
    const size = sizeOf(facts)
    const progress = sent === undefined || size === undefined ? "" : ` after ${sent} of ${size} bytes had left`
    // The word alone may be anything, such as the name of an option.
    const isSaid =
      /ETIMEDOUT|[A-Z]_TIMEOUT|timed[ _-]?out|[Dd]eadline exceeded|Timeout(?:Error|Exception)|TimedOut|curl: \(28\)|[Tt]imeout (?:of|exceeded|expired|reached|was reached)|(?:i\/o|[Rr]equest|[Rr]ead|[Rr]esponse|[Ss]ocket) [Tt]imeout/.test(
        facts.failure?.text ?? "",
      )
    return {
      confidence: isSaid && !ofAll.test(facts.failure?.text ?? "") ? "certain" : "likely",
      detail: `${starting(hostOf(facts))} gave no answer in time${progress}.${
        ofAll.test(facts.failure?.text ?? "")
          ? " The limit is the client's own and counts from the start, so the connection itself may have been what did not come: a firewall, a proxy that is needed, or a network without a way out look the same."
          : ""
      }`,
    }
  }),
})

const unreachable = rule({
  code: "HF-HTTP-NET-006",
  title: "There is no network path to the host",
  explanation:
    "The machine itself knows no way to the address: it is offline, the route is missing, the address family " +
    "(IPv6) has no uplink, or it has run out of local ports or descriptors. Nothing of the request was sent.",
  fix: [{ text: "bring the network up and send again", safety: "check first" }],
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
  title: "No answer came, and the reason was not kept",
  explanation:
    "Node's fetch wraps the reason: the error says no more than that fetching failed, and its `cause` has the code " +
    "(ECONNRESET, ENOTFOUND, a certificate). A log with the message alone has lost the code.",
  fix: [{ text: "log `error.cause` with its code and explain again", safety: "check first" }],
  change: "nothing",
  links: ["https://nodejs.org/api/errors.html#errorcause", "https://undici.nodejs.org/#/docs/api/Errors"],
  find: (facts) => {
    const { failure } = facts
    if (failure === undefined || (failure.key !== "fetch failed" && failure.key !== "")) return undefined
    return found({
      confidence: "possible",
      detail: `The exchange with ${hostOf(facts)} ended with "${failure.text.slice(0, 100)}" and no code.`,
      evidence: failed(facts),
    })
  },
})

const ours = rule({
  code: "HF-HTTP-NET-009",
  title: "This program ended the exchange itself",
  explanation:
    "The client was closed, or the request was aborted, during the exchange: a cancelled task, a signal, a scope " +
    "that ended too early. The network and the server have no part in it.",
  fix: [
    { text: "find what aborts: a timeout of your own, or a client that is closed too early", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://undici.nodejs.org/#/docs/api/Errors"],
  rivals: [],
  soleCause: "https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md",
  find: onFailure(["UND_ERR_DESTROYED", "UND_ERR_CLOSED"], () => ({
    confidence: "certain",
    detail: "The client was closed or the request aborted on this side.",
  })),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const connection = [refused, refusedMidBody, reset, connectTimeout, silence, unreachable, unsaid, ours] as const
