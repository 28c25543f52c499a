/**
 * gRPC calls, whose status is a header or trailer beside the HTTP status: https://grpc.io/docs/guides/status-codes/
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { answered, told, topic } from "../rule.ts"

const rule = topic("grpc")

/** The gRPC statuses by number, with name and meaning. */
export const statuses: ReadonlyArray<readonly [name: string, means: string]> = [
  ["OK", "the call succeeded"],
  ["CANCELLED", "the caller cancelled the call, or its connection went away"],
  ["UNKNOWN", "the server failed with an error that it does not name, or a proxy answered in another form"],
  ["INVALID_ARGUMENT", "an argument of the call is not valid, whatever the state of the server is"],
  ["DEADLINE_EXCEEDED", "the time that the caller gives the call (its deadline) ran out; it may have taken effect"],
  ["NOT_FOUND", "what the call names does not exist"],
  ["ALREADY_EXISTS", "what the call wants to make already exists"],
  ["PERMISSION_DENIED", "the caller is known and may not do this"],
  ["RESOURCE_EXHAUSTED", "a quota or rate limit was met, or a message is larger than the receiver takes (4 MB unless it is raised)"],
  ["FAILED_PRECONDITION", "the state of the server does not permit the call now; the same call fails until that changes"],
  ["ABORTED", "another call at the same time got in the way; begin the whole operation again"],
  ["OUT_OF_RANGE", "the call goes past the end of what there is"],
  ["UNIMPLEMENTED", "the server has no such service or method: its name, package or version is another, or another server has the port"],
  ["INTERNAL", "the server or the way to it broke a rule of the protocol: a proxy that does not pass on trailers, or a fault of the server"],
  ["UNAVAILABLE", "the server cannot be reached at the moment, is starting or shutting down, or is overloaded; the call may be sent again with backoff"],
  ["DATA_LOSS", "data of the server is lost or damaged"],
  ["UNAUTHENTICATED", "the call carries no credentials, or none that are valid"],
] // prettier-ignore

/** The gRPC status of a response; `undefined` if it is not a gRPC call, or succeeded. */
export const statusOf = (header: HttpFacts["answerHeader"]): number | undefined => {
  const value = header("grpc-status")?.trim() ?? ""
  return /^(?:[1-9]|1[0-6])$/.test(value) ? Number(value) : undefined
}

/** The status message, decoded from gRPC's percent-encoding. */
const messageOf = (header: HttpFacts["answerHeader"]): string => {
  const value = header("grpc-message") ?? ""
  if (value.includes("[hidden")) return ""
  try {
    return decodeURIComponent(value).slice(0, 200)
  } catch {
    return value.slice(0, 200)
  }
}

/** The meaning of messages that the client library writes itself. */
const hints: ReadonlyArray<readonly [RegExp, string]> = [
  [/too_many_pings/i, "The client sends keepalive pings more often than the server permits (5 minutes apart unless it is set)."],
  [/larger than max/i, "A message is larger than the receiver takes: 4 MB unless maxReceiveMessageLength is raised."],
  [/http2: frame too large|frame with length .{1,40} exceed|server preface|unexpected HTTP status code|missing HTTP content-type|invalid content-type|text\/html|first record does not look like a TLS/i, "What answered is no gRPC server: a proxy or a server that speaks HTTP/1.1, or one side uses TLS and the other does not."],
  [/no such host|name resolver|dns resolution failed|lookup .{1,200}: /i, "The name of the server does not resolve."],
  [/connection refused|failed to connect to all addresses|no connection established|dialing/i, "No connection to the server could be made: the address or port is another, or the server is down."],
  [/handshake|certificate|x509/i, "The TLS handshake failed: the certificate is not accepted, or one side uses no TLS."],
] // prettier-ignore

const failedCall = rule({
  code: "HF-HTTP-GRPC-001",
  title: "The call of gRPC failed: its status says why",
  explanation:
    "gRPC answers with a status of its own, in grpc-status, while that of HTTP is 200 as a rule. The status tells " +
    "who has to act, and grpc-message says more in the server's words.",
  fix: [
    {
      text: "act on the status: correct the call, its credentials or its address, or send it again with backoff",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://grpc.io/docs/guides/status-codes/",
    "https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md",
  ],
  find: (facts) => {
    const number = statusOf(facts.answerHeader)
    const [name, means] = number === undefined ? [] : (statuses[number] ?? [])
    if (name === undefined || facts.page !== undefined) return undefined
    const message = messageOf(facts.answerHeader)
    const hint = hints.find(([pattern]) => pattern.test(message))
    return found({
      confidence: "likely",
      detail: `${name} (${number}): ${means}.${hint === undefined ? "" : ` ${hint[1]}`}${message === "" ? "" : ` The server says: "${message.replaceAll('"', "'")}".`}`,
      evidence: [...answered(facts), ...told(facts, "grpc-status"), ...told(facts, "grpc-message")],
    })
  },
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const grpc = [failedCall] as const
