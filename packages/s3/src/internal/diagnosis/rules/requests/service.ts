/**
 * Rules for failures of the service: it is overloaded or failed, a concurrent request was faster, or a quota is exhausted.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import * as Inside from "./inside.ts"
import { links } from "./links.ts"

const rule = topic("service")

const sendAgain = { text: "send the same request again with backoff", safety: "safe to apply" } as const

const inner = ["InternalError", "InternalFailure", "ServiceUnavailable", "SlowDown", "RequestTimeout"]

const status = ({ answer }: S3Facts): Evidence => ({
  at: "response.status",
  name: "status",
  observed: String(answer.status),
})

const failedAfterOk = rule({
  code: "HF-S3-SVC-001",
  name: "FailedAfterOk",
  phase: "service",
  title: "The operation failed after the server returned 200: the body contains an error",
  explanation:
    "Completing a multipart upload or copying an object can take minutes. S3 sends a 200 immediately to keep the " +
    "connection open, and can report a later error only in the body. A client that checks only the status treats " +
    "the error as a success.",
  fix: [{ text: "read the body before treating a 200 as a success", safety: "check first" }, sendAgain],
  change: "nothing",
  links: [links.completeUpload],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html",
  recognise: (facts) => {
    const { answer } = facts
    if (!answer.isErrorDocument || answer.status < 200 || answer.status > 299) return undefined
    return found({
      confidence: answer.code === "" || inner.includes(answer.code) ? "certain" : "possible",
      detail: `The status is ${answer.status}, but the body contains ${answer.code === "" ? "Error" : answer.code}.`,
      evidence: [status(facts), ...Asked.theCode(facts)],
    })
  },
})

const throttled = rule({
  code: "HF-S3-SVC-002",
  name: "Throttled",
  phase: "service",
  title: "The server received more requests than it accepts, and asks the client to slow down",
  explanation:
    "S3 accepts about 3,500 writes per second for each prefix and raises that limit only gradually; smaller " +
    "servers limit the number of concurrent requests. The request itself is correct, and nothing was stored.",
  fix: [
    {
      text: "wait before each retry, with backoff and jitter, and send fewer concurrent requests",
      safety: "safe to apply",
    },
    {
      text: "distribute the keys across more prefixes, or spread the load over a longer period",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [links.performance, links.retries],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { answer } = facts
    const stated =
      Asked.said(
        facts,
        "SlowDown",
        "503 SlowDown",
        "SlowDownRead",
        "SlowDownWrite",
        "Busy",
        "ServerBusy",
        "TooManyRequests",
        "TooManyRequestsException",
        "TooMuchConcurrency",
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "RequestLimitExceeded",
        "RequestRateLimitExceeded",
        "BandwidthLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
      ) || /(?:reduce|lower) your (?:request|concurrent)/i.test(answer.message)
    if (Inside.isQuorumLost(facts)) return undefined
    if (!stated && !(Asked.isWordless(facts) && answer.status === 429)) return undefined
    return found({
      confidence: stated ? "certain" : "likely",
      detail: `${facts.words.remark()} The request itself is not at fault.`.trim(),
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Details"), status(facts)],
    })
  },
})

const unavailable = rule({
  code: "HF-S3-SVC-003",
  name: "Unavailable",
  phase: "service",
  title: "The service is temporarily unavailable",
  explanation:
    "The server, or a server behind it, cannot respond at the moment: it lacks capacity, is restarting, or is " +
    "being split. The request itself is correct.",
  fix: [sendAgain],
  change: "nothing",
  links: [links.retries],
  rivals: ["HF-S3-SVC-002"],
  recognise: (facts) => {
    const { answer } = facts
    const stated = Asked.said(
      facts,
      "ServiceUnavailable",
      "ServiceUnavailableException",
      "TemporarilyUnavailable",
      "XMinioServerNotInitialized",
      "XMinioReadQuorum",
      "XMinioWriteQuorum",
    )
    const unnamed = [502, 503, 504].includes(answer.status) && !answer.isForeign && !knownElsewhere(facts)
    if (!stated && !unnamed && !Inside.isQuorumLost(facts)) return undefined
    return found({
      confidence: stated ? "certain" : "likely",
      detail: Inside.unavailable(facts),
      evidence: [...Asked.theCode(facts), status(facts)],
    })
  },
})

const knownElsewhere = (facts: S3Facts): boolean =>
  throttled.find(facts) !== undefined || usedUp.find(facts) !== undefined

const failedInside = rule({
  code: "HF-S3-SVC-004",
  name: "FailedInside",
  phase: "service",
  title: "The service encountered an internal error",
  explanation:
    "The server failed for a reason unrelated to the request. S3 runs on so many machines that internal errors " +
    "occur occasionally, and S3 expects clients to retry.",
  fix: [
    sendAgain,
    { text: "if the error persists, send the request id to the provider's support", safety: "check first" },
  ],
  change: "nothing",
  links: [links.retries],
  recognise: (facts) => {
    const { answer } = facts
    const stated = Asked.said(facts, "InternalError", "InternalFailure", "UnknownError", "XMinioBackendDown")
    if (!stated && !(answer.status === 500 && !answer.isForeign && !knownElsewhere(facts))) return undefined
    return found({
      // Some servers send it if they cannot handle the request.
      confidence: "likely",
      detail:
        Inside.reason(facts) ?? `The server does not report a fault in the request itself.${Inside.spoken(facts)}`,
      evidence: [...Asked.theCode(facts), status(facts)],
    })
  },
})

const conflicting = rule({
  code: "HF-S3-SVC-005",
  name: "Conflicting",
  phase: "state",
  title: "Another request changed the same object or bucket at the same time",
  explanation:
    "Two conditional writes, or a write and an unfinished operation on the bucket, collided. S3 rejects one of " +
    "them so that the client can check the current state again. A single PUT can simply be sent again; after a " +
    "rejected completion, the parts must be uploaded again in a new upload.",
  fix: [sendAgain, { text: "allow only one writer at a time for each key", safety: "check first" }],
  change: "nothing",
  links: [links.conditions, links.retries],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    Asked.said(facts, "OperationAborted", "ConditionalRequestConflict", "ConcurrentModification")
      ? found({
          confidence: "certain",
          detail: `The server reports ${facts.answer.code}.`,
          evidence: Asked.theCode(facts),
        })
      : Asked.isWordless(facts) && facts.answer.status === 409 && facts.answer.isMarked
        ? found({ confidence: "likely", detail: "The status is 409, Conflict.", evidence: [status(facts)] })
        : undefined,
})

/** The meaning of the condition that was not met; empty if the request has several conditions. */
const meaningOf = (names: ReadonlyArray<string>, header: S3Facts["header"]): string => {
  const [name] = names
  if (names.length !== 1) return ""
  if (name === "if-none-match" && (header(name) ?? "*").trim() === "*") return ": the object already exists"
  return name === "if-match" ? ": the object does not exist, or its ETag has changed" : ""
}

const conditionFailed = rule({
  code: "HF-S3-SVC-006",
  name: "ConditionFailed",
  phase: "state",
  title: "A condition in the request is not met: the object already exists, or it is a different version",
  explanation:
    "If-None-Match: * requires that the key does not exist yet; If-Match requires that the object still has the " +
    "specified ETag. Neither is a transfer error: another client wrote the object, or this program wrote it in an " +
    "earlier attempt whose response was lost.",
  fix: [
    {
      text: "send a HEAD request for the object; if the object is the intended one, treat this as a success",
      safety: "check first",
    },
    { text: "otherwise, choose another key or remove the condition", safety: "check first" },
  ],
  change: "plan",
  links: [links.conditions],
  rivals: ["HF-S3-POST-001"],
  recognise: (facts) => {
    const { answer, header } = facts
    if (!Asked.said(facts, "PreconditionFailed") && !(Asked.isWordless(facts) && answer.status === 412))
      return undefined
    if (/multipart\/form-data/i.test(answer.element("Condition") ?? answer.message)) return undefined
    const names = [
      "if-none-match",
      "if-match",
      "if-unmodified-since",
      "if-modified-since",
      "x-goog-if-generation-match",
      "x-goog-if-metageneration-match",
      "x-amz-if-match-last-modified-time",
    ]
    const sent = names.filter((name) => header(name) !== undefined)
    const named = answer.element("Condition")
    // A form has no conditions. Without S3's own error code, the status means something else.
    if (facts.form !== undefined && sent.length === 0 && answer.code === "") return undefined
    return found({
      confidence: sent.length > 0 || named !== undefined ? "certain" : "likely",
      detail:
        sent.length > 0
          ? `${sent.join(", ")} ${sent.length === 1 ? "was" : "were"} sent${meaningOf(sent, header)}.`
          : named === undefined
            ? "The response does not state which condition was not met."
            : `The server names ${named}${meaningOf([named.toLowerCase()], header)}.`,
      evidence: [
        ...sent.map((name) => Asked.inHeaders(facts, name)),
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "Condition"),
      ],
      about: sent,
    })
  },
})

const usedUp = rule({
  code: "HF-S3-SVC-007",
  name: "UsedUp",
  phase: "service",
  title: "A quota is exhausted, or the storage is full",
  explanation:
    "The user, the bucket or the whole storage has reached its limit on bytes, objects or buckets, or the account " +
    "has reached its daily cap on downloads and calls. The request is correct, and succeeds once space is " +
    "available or the cap is raised.",
  fix: [{ text: "delete unneeded objects and unfinished uploads, or request a higher quota", safety: "check first" }],
  change: "human",
  links: [links.errors],
  rivals: ["HF-S3-SVC-002"],
  recognise: (facts) => {
    const codes = [
      "QuotaExceeded",
      "XMinioAdminBucketQuotaExceeded",
      "XMinioStorageFull",
      "StorageFull",
      "InsufficientStorage",
      "TooManyBuckets",
      "TooManyAccessPoints",
      "TooManyMultiRegionAccessPoints",
      "TooManyMultiRegionAccessPointregionsError",
      "StorageQuotaExceeded",
      "too_many_buckets",
    ]
    const stated = Asked.said(facts, ...codes) || /\bquota\b.{0,40}exceed|\bcap exceeded\b/i.test(facts.answer.message)
    if (!stated && (facts.answer.status !== 507 || facts.answer.isForeign)) return undefined
    return found({
      confidence: stated ? "certain" : "likely",
      detail: `The server says ${facts.answer.code === "" ? facts.answer.status : facts.answer.code}${
        facts.answer.message === "" ? "." : `: ${facts.answer.message}`
      }`,
      evidence: [...Asked.theCode(facts), status(facts)],
    })
  },
})

/** All rules of this topic, with the most specific rule first. */
export const service = [
  failedAfterOk,
  conflicting,
  conditionFailed,
  throttled,
  usedUp,
  unavailable,
  failedInside,
] as const
