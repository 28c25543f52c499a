/**
 * Rules for clock skew, and for requests that were signed too long before they were sent.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { dateOf, type S3Facts } from "../../../facts.ts"
import { basicDate } from "../../../../time/basicDate.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"
import { skewAllowed, theTime } from "./urlTime.ts"

const rule = topic("clock")

/** The time of the request, taken from its signature, its date, or the server's response. */
const requestTime = (facts: S3Facts): number | undefined => {
  if (facts.proof === "form" || Asked.signedIn(facts) === "query") return undefined
  const { answer, header } = facts
  const told = answer.element("RequestTime")
  return (
    basicDate(header("x-amz-date") ?? "") ??
    dateOf(header("x-amz-date") ?? header("date")) ??
    basicDate(told ?? "") ??
    dateOf(told)
  )
}

/** How far the local clock is behind the server's clock. The resolution of a Date header is one second. */
const behind = ({ clock }: S3Facts): number | undefined =>
  clock.server === undefined || clock.local === undefined ? undefined : clock.server - clock.local

const isSkewed = (facts: S3Facts): boolean => Asked.said(facts, "RequestTimeTooSkewed", "RequestTimeTooSkewedException")

const times = (facts: S3Facts): ReadonlyArray<Evidence> => [
  ...(facts.header("x-amz-date") === undefined ? [] : [Asked.inHeaders(facts, "x-amz-date")]),
  ...Asked.inAnswer(facts, "RequestTime", "ServerTime", "MaxAllowedSkewMilliseconds"),
  ...(facts.answer.element("ServerTime") === undefined ? theTime(facts) : []),
]

const difference = (facts: S3Facts): string => {
  const made = requestTime(facts)
  const { judge } = facts.clock
  if (made === undefined || judge === undefined) return "The server does not report how large the time difference is."
  return (
    `The request is dated ${Asked.instant(made)}, ${Asked.span(judge - made)} ` +
    `${made < judge ? "behind" : "ahead of"} ` +
    `${facts.clock.server === undefined ? "the local clock" : "the server"}.`
  )
}

const signedTooLongAgo = rule({
  code: "HF-S3-CLOCK-001",
  name: "SignedTooLongAgo",
  phase: "credentials",
  title: "The request was signed more than 15 minutes before it was sent",
  explanation:
    "A request with a signature in a header is valid for 15 minutes. A retry that reuses the signature can exceed " +
    "this limit even if all clocks are correct. A queue, or a body that is prepared after signing, can also delay " +
    "the request beyond the limit.",
  fix: [{ text: "sign each attempt again immediately before sending it", safety: "safe to apply" }],
  change: "url",
  links: [links.headerSigning],
  rivals: ["HF-S3-CLOCK-002"],
  inspect: (facts) => {
    const made = requestTime(facts)
    const { judge, local } = facts.clock
    if (made === undefined || judge === undefined || local === undefined) return undefined
    const late = judge - made
    const apart = behind(facts)
    if (Math.abs(late) <= skewAllowed)
      return cleared("signing time", `${Asked.span(late)} ${late < 0 ? "ahead" : "ago"}`)
    // The date is from the local clock. If that agrees with the server's now, it did so then.
    if (late <= 0 || (apart !== undefined && Math.abs(apart) > skewAllowed / 3)) return undefined
    return found({
      confidence: "certain",
      detail: difference(facts) + (apart === undefined ? "" : ` The clocks are only ${Asked.span(apart)} apart.`),
      evidence: times(facts),
    })
  },
  recognise: (facts) =>
    isSkewed(facts) && facts.clock.local === undefined && (facts.exchange.attempt ?? 1) > 1
      ? found({
          confidence: "possible",
          detail: `This is attempt ${facts.exchange.attempt}, which may reuse the signature of the first attempt.`,
          evidence: times(facts),
        })
      : undefined,
})

const clockWrong = rule({
  code: "HF-S3-CLOCK-002",
  name: "ClockWrong",
  phase: "credentials",
  title: "The clock used to date the request is wrong by more than 15 minutes",
  explanation:
    "S3 rejects a request whose time differs from the server's time by more than 15 minutes, and reports both " +
    "times. The clock may be slow on a device without a clock battery, or on a machine that was suspended. A local " +
    "time that is treated as UTC is wrong by hours.",
  fix: [
    { text: "set the clock by NTP", safety: "check first" },
    {
      text: "alternatively, adjust the signing time by the difference from the server's Date header",
      safety: "safe to apply",
    },
  ],
  change: "clock",
  links: [links.headerSigning],
  rivals: ["HF-S3-CLOCK-001"],
  inspect: (facts) => {
    const apart = behind(facts)
    const made = requestTime(facts)
    const { judge } = facts.clock
    const own = apart === undefined ? undefined : cleared("clock", `${Asked.span(apart)} apart`)
    if (made === undefined || judge === undefined || Math.abs(judge - made) <= skewAllowed) {
      return apart === undefined || Math.abs(apart) <= skewAllowed ? own : undefined
    }
    const isOwn = apart !== undefined && Math.abs(apart) > skewAllowed / 3
    const isFuture = made - judge > skewAllowed
    if (!isOwn && !isFuture) return undefined
    return found({
      confidence: "certain",
      detail:
        difference(facts) + (isOwn ? ` The local clock is ${Asked.span(apart)} ${apart > 0 ? "slow" : "fast"}.` : ""),
      evidence: times(facts),
    })
  },
  recognise: (facts) =>
    isSkewed(facts)
      ? found({
          confidence: "likely",
          detail: difference(facts),
          evidence: [...Asked.theCode(facts), ...times(facts)],
        })
      : undefined,
})

/** All rules of this topic, with the most specific cause first. */
export const clock = [signedTooLongAgo, clockWrong] as const
