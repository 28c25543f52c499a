/**
 * Rules for gRPC calls, whose status is sent in a header or trailer in addition to the HTTP status:
 * https://grpc.io/docs/guides/status-codes/
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { answered, told, topic } from "../rule.ts"

const rule = topic("grpc")

/** The gRPC statuses, indexed by number, each with its name and meaning. */
export const statuses: ReadonlyArray<readonly [name: string, means: string]> = [
  ["OK", "the call succeeded"],
  ["CANCELLED", "the caller canceled the call, or its connection was lost"],
  ["UNKNOWN", "the server failed with an error that it does not identify, or a proxy sent a response in another format"],
  ["INVALID_ARGUMENT", "an argument of the call is invalid, regardless of the state of the server"],
  ["DEADLINE_EXCEEDED", "the deadline that the caller set for the call expired; the call might have taken effect"],
  ["NOT_FOUND", "the resource that the call refers to does not exist"],
  ["ALREADY_EXISTS", "the resource that the call would create already exists"],
  ["PERMISSION_DENIED", "the server recognizes the caller but does not permit the call"],
  ["RESOURCE_EXHAUSTED", "the call exceeded a quota or rate limit, or a message is larger than the receiver accepts (4 MB by default)"],
  ["FAILED_PRECONDITION", "the state of the server does not permit the call now; the same call fails until that state changes"],
  ["ABORTED", "the call conflicted with a concurrent call; start the whole operation again"],
  ["OUT_OF_RANGE", "the call refers to a position past the end of the available data"],
  ["UNIMPLEMENTED", "the server does not have this service or method: its name, package or version is different, or another server uses the port"],
  ["INTERNAL", "the server or an intermediary violated the protocol: a proxy does not forward trailers, or the server has a defect"],
  ["UNAVAILABLE", "the server is currently unreachable, starting, shutting down or overloaded; the call can be sent again with backoff"],
  ["DATA_LOSS", "data on the server is lost or damaged"],
  ["UNAUTHENTICATED", "the call has no credentials, or its credentials are invalid"],
] // prettier-ignore

/** Returns the gRPC status of a response, or `undefined` if the call succeeded or was not a gRPC call. */
export const statusOf = (header: HttpFacts["answerHeader"]): number | undefined => {
  const value = header("grpc-status")?.trim() ?? ""
  return /^(?:[1-9]|1[0-6])$/.test(value) ? Number(value) : undefined
}

/** Returns the gRPC status message after percent-decoding. */
const messageOf = (header: HttpFacts["answerHeader"]): string => {
  const value = header("grpc-message") ?? ""
  if (value.includes("[hidden")) return ""
  try {
    return decodeURIComponent(value).slice(0, 200)
  } catch {
    return value.slice(0, 200)
  }
}

/** The meanings of messages that the gRPC client library itself generates. */
const hints: ReadonlyArray<readonly [RegExp, string]> = [
  [/too_many_pings/i, "The client is sending keepalive pings more often than the server permits (by default, once every 5 minutes)."],
  [/larger than max/i, "A message is larger than the receiver accepts: the limit is 4 MB unless maxReceiveMessageLength is increased."],
  [/http2: frame too large|frame with length .{1,40} exceed|server preface|unexpected HTTP status code|missing HTTP content-type|invalid content-type|text\/html|first record does not look like a TLS/i, "The response does not come from a gRPC server: it comes from a proxy or a server that speaks HTTP/1.1, or only one side uses TLS."],
  [/no such host|name resolver|dns resolution failed|lookup .{1,200}: /i, "The host name of the server cannot be resolved."],
  [/connection refused|failed to connect to all addresses|no connection established|dialing/i, "The client could not connect to the server: the address or port is wrong, or the server is down."],
  [/handshake|certificate|x509/i, "The TLS handshake failed: the certificate was not accepted, or only one side uses TLS."],
] // prettier-ignore

const failedCall = rule({
  code: "HF-HTTP-GRPC-001",
  title: "The gRPC call failed, and its status identifies the reason",
  explanation:
    "gRPC reports its own status in grpc-status, while the HTTP status is usually 200. The gRPC status shows which " +
    "side must act, and grpc-message contains more details in the server's words.",
  fix: [
    {
      text: "act according to the status: correct the call, its credentials or its address, or send the call again with backoff",
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
      detail: `${name} (${number}): ${means}.${hint === undefined ? "" : ` ${hint[1]}`}${message === "" ? "" : ` The server reports: "${message.replaceAll('"', "'")}".`}`,
      evidence: [...answered(facts), ...told(facts, "grpc-status"), ...told(facts, "grpc-message")],
    })
  },
})

/** All rules about gRPC calls. Findings of equal rank are sorted in the order in which their rules are listed. */
export const grpc = [failedCall] as const
