/**
 * Rules for presigned URLs that contain an unreadable date or lifetime.
 */
import { type Evidence, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { ofAny } from "../../../facts.ts"
import { basicDate } from "../../../../time/basicDate.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"

const rule = topic("url-time")

/** The maximum lifetime of a presigned URL, in seconds: seven days (Signature V4, `X-Amz-Expires`). */
const longest = 604_800

export const expiresOutOfRange = rule({
  code: "HF-S3-URL-003",
  name: "ExpiresOutOfRange",
  phase: "credentials",
  title: "The URL's X-Amz-Expires is not a number from 0 to 604800",
  explanation:
    "X-Amz-Expires is the number of seconds for which the URL is valid after X-Amz-Date. S3 accepts only integers " +
    "up to 604800 (seven days). For any other value, S3 rejects the URL before it makes any other check.",
  fix: [{ text: "sign with an X-Amz-Expires value between 1 and 604800", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-URL-004", "HF-S3-URL-006", "HF-S3-URL-007", "HF-S3-URL-008"],
  inspect: (facts) => {
    const seconds = Asked.queryVersion(facts) === 4 ? ofAny(facts.query, "expires") : undefined
    if (seconds === undefined || (/^\d{1,9}$/.test(seconds) && Number(seconds) <= longest)) return undefined
    const name = Asked.expiresOf(facts)
    return found({
      confidence: "certain",
      detail: `${name} is ${JSON.stringify(seconds)}.`,
      evidence: [Asked.inQuery(facts, name, `0 to ${longest}`)],
      about: [name],
    })
  },
  recognise: (facts) =>
    /X-(?:Amz|Goog|Oss)-Expires (?:must|should)/i.test(
      `${facts.answer.message} ${facts.answer.element("Details") ?? ""}`,
    )
      ? found({
          confidence: "likely",
          detail: `The server reports that it received an invalid ${Asked.expiresOf(facts)}.`,
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

/** The smallest value that must be in milliseconds since the epoch: in seconds, it would be a time beyond the year 5000. */
const tooFarOff = 1e11

export const dateMalformed = rule({
  code: "HF-S3-URL-004",
  name: "DateMalformed",
  phase: "credentials",
  title: "The date in the signature is not in the format that S3 requires",
  explanation:
    "Signature version 4 requires X-Amz-Date in the basic ISO 8601 format, in UTC (20261121T172358Z), without " +
    "dashes or a fraction. Signature version 2 requires Expires in epoch seconds. Milliseconds, dashes or a time " +
    "zone make the date unreadable or move it far into the future.",
  fix: [{ text: "write the date as YYYYMMDD'T'HHMMSS'Z' in UTC and sign again", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-URL-003", "HF-S3-URL-006", "HF-S3-URL-007", "HF-S3-URL-008"],
  inspect: (facts) => {
    const { header, query } = facts
    const parameter = Asked.queryVersion(facts) === 4 ? ofAny(query, "date") : undefined
    if (parameter !== undefined) {
      const name = query("x-goog-date") === undefined ? "X-Amz-Date" : "X-Goog-Date"
      return basicDate(parameter) === undefined
        ? malformed(parameter, Asked.inQuery(facts, name, "YYYYMMDD'T'HHMMSS'Z'"))
        : undefined
    }
    const sent = facts.proof === "header" && facts.version === 4 ? header("x-amz-date") : undefined
    if (sent !== undefined && basicDate(sent) === undefined && !/^[A-Z][a-z]{2},/.test(sent)) {
      return malformed(sent, Asked.inHeaders(facts, "x-amz-date", "YYYYMMDD'T'HHMMSS'Z'"))
    }
    const end = Asked.queryVersion(facts) === 2 ? query("expires") : undefined
    if (end === undefined || (/^\d+$/.test(end) && Number(end) < tooFarOff)) return undefined
    return malformed(end, Asked.inQuery(facts, "Expires", "seconds of the epoch"))
  },
  recognise: (facts) =>
    Asked.said(facts, "MalformedDate", "InvalidDate") ||
    /invalid date|X-Amz-Date must be|date .{0,30}(?:ISO8601|format)/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: "The server cannot read the date in the signature.",
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

const malformed = (value: string, evidence: Evidence): Finding =>
  found({
    confidence: "certain",
    detail: `${evidence.name} is ${JSON.stringify(value)}${
      /^\d{12,14}$/.test(value)
        ? ", which are milliseconds of the epoch"
        : /^\d{9,11}$/.test(value)
          ? ", which are seconds of the epoch"
          : ""
    }.`,
    evidence: [evidence],
    about: [evidence.name],
  })
