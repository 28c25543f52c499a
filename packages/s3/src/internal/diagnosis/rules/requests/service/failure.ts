/**
 * Rules for a service that is overloaded, has failed, or has exhausted a quota.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import * as Inside from "./inside.ts"
import { rule, sendAgain, status } from "./topic.ts"

const inner = ["InternalError", "InternalFailure", "ServiceUnavailable", "SlowDown", "RequestTimeout"]

export const failedAfterOk = rule({
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

export const throttled = rule({
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

export const unavailable = rule({
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
      "XMinioIAMNotInitialized",
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

export const failedInside = rule({
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

export const usedUp = rule({
  code: "HF-S3-SVC-007",
  name: "UsedUp",
  phase: "service",
  title: "A quota is exhausted, or the storage is full",
  explanation:
    "The user, the bucket or the whole storage has reached its limit on bytes, objects or buckets, or the account " +
    "has reached its daily cap on downloads and calls. The request is correct, and will succeed once space is " +
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
      detail: `The server reports ${facts.answer.code === "" ? facts.answer.status : facts.answer.code}${
        facts.answer.message === "" ? "." : `: ${facts.answer.message}`
      }`,
      evidence: [...Asked.theCode(facts), status(facts)],
    })
  },
})
