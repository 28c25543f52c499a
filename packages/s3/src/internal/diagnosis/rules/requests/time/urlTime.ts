/**
 * Rules for presigned URLs that are not valid yet, have expired, or expire too soon.
 */
import { cleared, type Evidence, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"
import { dateMalformed, expiresOutOfRange } from "./urlDate.ts"

const rule = topic("url-time")

/** The permitted skew between the client's clock and the server's clock, in milliseconds: 15 minutes. */
export const skewAllowed = 900_000

const freshUrl = { text: "request a new URL and use it immediately", safety: "safe to apply" } as const

export const theTime = ({ clock }: S3Facts): ReadonlyArray<Evidence> =>
  clock.judge === undefined
    ? []
    : [
        clock.server === undefined
          ? { at: "at", name: "local time", observed: Asked.instant(clock.judge) }
          : { at: "response.headers.date", name: "server time", observed: Asked.instant(clock.judge) },
      ]

const byClock = ({ clock }: S3Facts): string => (clock.server === undefined ? "the local clock" : "the server's clock")

const disagreement = ({ clock }: S3Facts): string =>
  clock.server === undefined || clock.local === undefined || Math.abs(clock.local - clock.server) < 240_000
    ? ""
    : ` The local clock is ${Asked.span(clock.local - clock.server)} ` +
      `${clock.local < clock.server ? "slow" : "fast"}.`

const urlExpired = rule({
  code: "HF-S3-URL-001",
  name: "UrlExpired",
  phase: "credentials",
  title: "The presigned URL has expired",
  explanation:
    "A presigned URL is valid for X-Amz-Expires seconds after its X-Amz-Date (version 2: until Expires), according " +
    "to the clock of the server. After that, the server rejects every request. Servers word this rejection " +
    "differently, and some do not give a reason. If the URL should still be valid, the signer's clock or the local " +
    "clock is wrong.",
  fix: [freshUrl],
  change: "url",
  links: [links.presigned, links.querySigning],
  rivals: ["HF-S3-URL-002", "HF-S3-CLOCK-002"],
  inspect: (facts) => {
    const { clock } = facts
    const validity = Asked.signedIn(facts) === "query" ? Asked.validityOf(facts) : undefined
    if (validity === undefined || clock.judge === undefined) return undefined
    // If bytes were sent without a response, the request began before the expiry, which is the subject of another rule.
    if (wasUnderWay(facts)) return undefined
    const left = validity.until - clock.judge
    if (left >= 0) return cleared("URL expiry", `${Asked.span(left)} left`)
    return found({
      confidence: isAboutOther(facts) ? "possible" : "certain",
      detail:
        `The URL was valid until ${Asked.instant(validity.until)}, ${Asked.span(left)} before the request according to ` +
        `${byClock(facts)}.${disagreement(facts)}`,
      evidence: [...endOf(facts), ...theTime(facts)],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    const end = answer.element("Expires")
    const told = end !== undefined && answer.element("ServerTime") !== undefined && /expired/i.test(answer.message)
    const worded =
      Asked.said(facts, "ExpiredRequest", "RequestExpired", "ExpiredPresignedUrlRequest") ||
      /\b(?:request|url|signature)\b.{0,20}\bexpired\b|\bdate is too old\b/i.test(
        `${answer.message} ${answer.element("Details") ?? ""}`,
      )
    if (!told && !worded) {
      return !facts.hasRequest && answer.code !== "" && answer.phases.has("credentials")
        ? unseen(Asked.theRequest)
        : undefined
    }
    if (facts.form !== undefined || /policy/i.test(answer.message)) return undefined
    // For a token, the session has expired.
    if (
      /\btoken\b.{0,40}\bexpired\b/i.test(answer.message) &&
      !/signature expired/i.test(answer.element("Details") ?? "")
    )
      return undefined
    return found({
      confidence: told ? "certain" : "likely",
      detail: told
        ? `The server reports that the URL expired at ${end} and that the current server time is ` +
          `${answer.element("ServerTime") ?? ""}.`
        : "The server reports that the request or its signature has expired.",
      evidence: [
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "Expires", "X-Amz-Expires", "ServerTime"),
        ...endOf(facts),
      ],
    })
  },
})

/**
 * Whether the response reports a different cause. A server that looked up the key or compared signatures has already accepted
 * the time.
 */
const isAboutOther = (facts: S3Facts): boolean => Asked.said(facts, "SignatureDoesNotMatch", "InvalidAccessKeyId")

const wasUnderWay = ({ answer, exchange }: S3Facts): boolean =>
  answer.status === 0 && exchange.failure !== undefined && (exchange.request?.sent ?? 0) > 0

const endOf = (facts: S3Facts): ReadonlyArray<Evidence> => {
  const { query } = facts
  for (const letters of ["X-Amz-", "X-Goog-", "x-oss-"]) {
    if (query(`${letters}date`) !== undefined)
      return [`${letters}Date`, `${letters}Expires`].map((name) => Asked.inQuery(facts, name))
  }
  return query("expires") === undefined ? [] : [Asked.inQuery(facts, "Expires")]
}

const notYetValid = rule({
  code: "HF-S3-URL-002",
  name: "NotYetValid",
  phase: "credentials",
  title: "The date in the URL's signature is in the future, so the URL is not valid yet",
  explanation:
    "The date in the signature is more than 15 minutes ahead of the clock with which it is compared. Either the " +
    "signer's clock is fast, or, if only this program reports the problem, the local clock is slow.",
  fix: [
    { text: "synchronize the signer's clock with NTP and sign again", safety: "check first" },
    { text: "compare this machine's clock with the server's Date header", safety: "check first" },
  ],
  change: "clock",
  links: [links.presigned],
  rivals: ["HF-S3-URL-001"],
  inspect: (facts) => {
    const { clock } = facts
    const from = Asked.signedIn(facts) === "query" ? Asked.validityOf(facts)?.from : undefined
    if (from === undefined || clock.judge === undefined) return undefined
    const ahead = from - clock.judge
    if (ahead <= skewAllowed) return cleared("signing time", ahead > 0 ? `${Asked.span(ahead)} ahead` : "past")
    return found({
      confidence: Asked.said(facts, "SignatureDoesNotMatch") ? "possible" : "certain",
      detail: `X-Amz-Date is ${Asked.instant(from)}, ${Asked.span(ahead)} ahead of ${byClock(facts)}.${disagreement(facts)}`,
      evidence: [Asked.inQuery(facts, "X-Amz-Date"), ...theTime(facts)],
    })
  },
  recognise: (facts) =>
    /not (?:yet valid|valid yet)|\bis in the future\b/i.test(facts.answer.message) ||
    Asked.said(facts, "RequestInTheFuture", "RequestNotYetValid")
      ? found({
          confidence: "likely",
          detail: "The server reports that the request is not valid yet.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "X-Amz-Date", "ServerTime")],
        })
      : undefined,
})

const urlEndsTooSoon = rule({
  code: "HF-S3-URL-005",
  name: "UrlEndsTooSoon",
  phase: "credentials",
  title: "The URL expires before the transfer can complete",
  explanation:
    "S3 checks the expiry when a request begins, so a single long request can succeed. However, every retry needs " +
    "a URL that is still valid. A transfer that is interrupted after the URL has expired cannot be retried with " +
    "this URL.",
  fix: [
    {
      text: "sign for a longer time, up to seven days, with credentials that stay valid for that time",
      safety: "check first",
    },
    { text: "send smaller parts, each with its own URL", safety: "check first" },
  ],
  change: "url",
  links: [links.presigned],
  rivals: ["HF-S3-URL-001"],
  inspect: (facts) => {
    const { clock, plan } = facts
    const bytes = Asked.lengthOf(facts)
    const until = Asked.signedIn(facts) === "query" ? Asked.validityOf(facts)?.until : undefined
    const speed = plan.bytesPerSecond
    if (bytes === undefined || until === undefined || clock.judge === undefined) return undefined
    if (speed === undefined || speed <= 0 || until < clock.judge) return undefined
    const needed = (bytes / speed) * 1000
    const left = until - clock.judge
    if (needed <= left) return cleared("time for the transfer", `${Asked.span(needed)} of ${Asked.span(left)}`)
    return found({
      confidence: "certain",
      detail: `Transferring ${Asked.amount(bytes)} at ${Math.round(speed)} bytes per second takes ${Asked.span(needed)}, but the URL expires in ${Asked.span(left)}.`,
      evidence: [...endOf(facts), ...theTime(facts)],
    })
  },
  recognise: (facts) => {
    const { clock, exchange } = facts
    const until = Asked.signedIn(facts) === "query" ? Asked.validityOf(facts)?.until : undefined
    if (!wasUnderWay(facts) || until === undefined || clock.judge === undefined || until >= clock.judge)
      return undefined
    return found({
      confidence: "likely",
      detail:
        `The connection was lost after the client had sent ${Asked.amount(exchange.request?.sent ?? 0)}, ` +
        `${Asked.span(clock.judge - until)} after the URL had expired. A retry cannot use the expired URL.`,
      evidence: [
        { at: "request.sent", name: "sent", observed: `${exchange.request?.sent ?? 0} bytes` },
        ...endOf(facts),
        ...theTime(facts),
      ],
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const urlTime = [dateMalformed, expiresOutOfRange, urlExpired, notYetValid, urlEndsTooSoon] as const
