/**
 * Rules about failures on the service's side: it is busy, it failed, a concurrent request won, or a quota is exhausted.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import * as Inside from "./inside.ts"
import { links } from "./links.ts"

const rule = topic("service")

const sendAgain = { text: "send the same request again, with backoff", safety: "safe to apply" } as const

const inner = ["InternalError", "InternalFailure", "ServiceUnavailable", "SlowDown", "RequestTimeout"]

const status = ({ answer }: S3Facts): Evidence => ({
  at: "response.status",
  name: "status",
  observed: String(answer.status),
})

/** A failure has the status of a success. */
const failedAfterOk = rule({
  code: "HF-S3-SVC-001",
  name: "FailedAfterOk",
  phase: "service",
  title: "The operation failed after the server had answered 200: the body is an error",
  explanation:
    "Completing an upload and copying can take minutes. S3 sends its 200 at once to keep the connection, and an error that " +
    "comes up later can only stand in the body. A client that looks at the status alone takes it for a success.",
  fix: [{ text: "read the body before taking a 200 for a success", safety: "check first" }, sendAgain],
  change: "nothing",
  links: [links.completeUpload],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html",
  recognise: (facts) => {
    const { answer } = facts
    if (!answer.isErrorDocument || answer.status < 200 || answer.status > 299) return undefined
    return found({
      confidence: answer.code === "" || inner.includes(answer.code) ? "certain" : "possible",
      detail: `The status is ${answer.status}, and the body says ${answer.code === "" ? "Error" : answer.code}.`,
      evidence: [status(facts), ...Asked.theCode(facts)],
    })
  },
})

/** The server asks for fewer requests. */
const throttled = rule({
  code: "HF-S3-SVC-002",
  name: "Throttled",
  phase: "service",
  title: "The server asks to slow down: more requests came than it takes",
  explanation:
    "S3 takes some 3,500 writes a second for a prefix and grows beyond that only gradually; smaller servers limit how many " +
    "requests they serve at once. The request itself is right, and nothing was stored.",
  fix: [
    { text: "wait, with backoff and jitter, and send fewer at a time", safety: "safe to apply" },
    { text: "spread the keys over more prefixes, or the load over more time", safety: "check first" },
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

/** The service is temporarily unavailable. */
const unavailable = rule({
  code: "HF-S3-SVC-003",
  name: "Unavailable",
  phase: "service",
  title: "The service is not available for the moment",
  explanation:
    "The server, or the one behind it, cannot answer now: it is short of capacity, restarting, or being split. The request " +
    "itself is right.",
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

/** The service had an internal error. */
const failedInside = rule({
  code: "HF-S3-SVC-004",
  name: "FailedInside",
  phase: "service",
  title: "The service had an internal error",
  explanation:
    "A fault of the server that says nothing about the request. With so many machines behind it, S3 answers so now and then, " +
    "and expects the request again.",
  fix: [sendAgain, { text: "if it persists, give the request id to the provider's support", safety: "check first" }],
  change: "nothing",
  links: [links.retries],
  recognise: (facts) => {
    const { answer } = facts
    const stated = Asked.said(facts, "InternalError", "InternalFailure", "UnknownError", "XMinioBackendDown")
    if (!stated && !(answer.status === 500 && !answer.isForeign && !knownElsewhere(facts))) return undefined
    return found({
      // Some servers send this if the request makes them fail.
      confidence: "likely",
      detail:
        Inside.reason(facts) ??
        `As far as the server tells, the request itself is not at fault.${Inside.spoken(facts)}`,
      evidence: [...Asked.theCode(facts), status(facts)],
    })
  },
})

/** Another request on the same resource was in progress. */
const conflicting = rule({
  code: "HF-S3-SVC-005",
  name: "Conflicting",
  phase: "state",
  title: "Another request was working on the same object or bucket at the same moment",
  explanation:
    "Two writes with conditions, or an operation on the bucket that is not over yet, met. One of them is refused so that it can " +
    "look again. A single PUT may simply be sent again; a completion that was refused needs a new upload of its parts.",
  fix: [sendAgain, { text: "let one writer at a time write a key", safety: "check first" }],
  change: "nothing",
  links: [links.conditions, links.retries],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    Asked.said(facts, "OperationAborted", "ConditionalRequestConflict", "ConcurrentModification")
      ? found({
          confidence: "certain",
          detail: `The server says ${facts.answer.code}.`,
          evidence: Asked.theCode(facts),
        })
      : Asked.isWordless(facts) && facts.answer.status === 409 && facts.answer.isMarked
        ? found({ confidence: "likely", detail: "The status is 409, Conflict.", evidence: [status(facts)] })
        : undefined,
})

/** The meaning of a single condition that does not hold. Empty if several were sent. */
const meaningOf = (names: ReadonlyArray<string>, header: S3Facts["header"]): string => {
  const [name] = names
  if (names.length !== 1) return ""
  if (name === "if-none-match" && (header(name) ?? "*").trim() === "*") return ": the object exists already"
  return name === "if-match" ? ": the object is not there, or has another ETag by now" : ""
}

/** A condition of the request does not hold. */
const conditionFailed = rule({
  code: "HF-S3-SVC-006",
  name: "ConditionFailed",
  phase: "state",
  title: "A condition of the request does not hold: the object is there already, or is another version",
  explanation:
    "If-None-Match: * asks that the key be free, If-Match that the object still have this ETag. Neither is an error of the " +
    "transfer: another client has written the object, perhaps this program, with an earlier attempt whose answer it did not hear.",
  fix: [
    { text: "HEAD the object: if it is the one that was to be written, this is a success", safety: "check first" },
    { text: "else choose another key, or leave the condition out", safety: "check first" },
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
    // A form has no conditions. Without S3's code, the status means something else.
    if (facts.form !== undefined && sent.length === 0 && answer.code === "") return undefined
    return found({
      confidence: sent.length > 0 || named !== undefined ? "certain" : "likely",
      detail:
        sent.length > 0
          ? `${sent.join(", ")} ${sent.length === 1 ? "was" : "were"} sent${meaningOf(sent, header)}.`
          : named === undefined
            ? "The server does not say which condition."
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

/** A quota is exhausted. */
const usedUp = rule({
  code: "HF-S3-SVC-007",
  name: "UsedUp",
  phase: "service",
  title: "A quota or the space of the storage is used up",
  explanation:
    "The user, the bucket or the whole storage may hold no more bytes, objects or buckets, or a daily cap of the account on " +
    "downloads and calls is reached. The request is right, and goes through once there is room or the cap is raised.",
  fix: [{ text: "delete what is not needed, unfinished uploads too, or have the quota raised", safety: "check first" }],
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

/** The rules, the most specific first. */
export const service = [
  failedAfterOk,
  conflicting,
  conditionFailed,
  throttled,
  usedUp,
  unavailable,
  failedInside,
] as const
