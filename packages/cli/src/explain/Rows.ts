/**
 * Splits an explanation into rows in reading order, with one piece of information per row. `View` lays out the rows.
 */
import type {
  About,
  Alternative,
  Cause,
  Evidence,
  Explanation,
  Fix,
  Repair,
  Vendor,
} from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Format from "../terminal/Format.ts"
import type { Style } from "../terminal/Style.ts"
import { place } from "./Place.ts"

/** One row. */
export interface Row {
  /**
   * The text in the label column. An empty label continues the row above. If there is no label, the text uses the full width.
   */
  readonly label?: string
  readonly text: string
  /** A highlighted word before the text. */
  readonly lead?: { readonly text: string; readonly style: keyof Style }
  /** The words that replace the label and the lead in plain text. */
  readonly spoken?: string
  /** Whether the text is a command to copy, which is never wrapped. */
  readonly whole?: true
  /** If there are too many lines, rows with a higher rank lose lines first. */
  readonly rank: number
}

/** The options for the rows, and the context in which the rows are shown. */
export interface Options {
  /** Show everything. */
  readonly long: boolean
  /** The command that shows more details. By default, the row suggests `--long` or the page of the code. */
  readonly more?: string | undefined
  /**
   * The text that is printed above the rows. If this text contains the vendor's message, the message is not quoted again.
   */
  readonly said?: string | undefined
  /** A description of the recognized format. */
  readonly recognized?: string | undefined
  /** The repair that corrects the request, if the repair was requested. */
  readonly repair?: Repair | "none" | undefined
}

/** The maximum number of pieces of evidence in the short form. Additional pieces would have to be cut. */
const pieces = 3

/** Returns the rows of an explanation. */
export const explanation = (all: Explanation, options: Options): ReadonlyArray<Row> => {
  const { causes, code, outcome, retry, title, vendor } = all
  const { long } = options
  const read = readAs(options)
  if (outcome === "succeeded") return [{ text: `${title}: ${all.detail}`, rank: 0 }, ...answerer(all, long), ...read]
  const [first, ...others] = causes
  const answer = answered(vendor, options)
  const evidence = long ? all.evidence : shownOf(all, answer.length > 0)
  return [
    heading(code, title),
    ...answerer(all, long),
    ...answer,
    ...(first === undefined ? [] : [because(first)]),
    ...(long && first !== undefined ? [{ label: "Why", text: first.explanation, rank: 0 }] : []),
    ...evidence.slice(0, long ? undefined : pieces).map(evident),
    ...(long ? others.flatMap(other(first)) : all.alternatives.map(alternative(first))),
    ...list(
      "Ruled out",
      all.ruledOut.map(({ check, value }) => `${check} (${value})`),
      long,
      8,
    ),
    ...fixes(all.fix),
    ...repaired(options.repair),
    ...(first?.confidence === "certain" && !long ? [] : list("Not seen", all.unseen, long, 7)),
    { label: "Retry", text: retry.advice, rank: 1.9 },
    ...(long ? [{ label: "Verdict", text: verdict(all), rank: 0 }, ...linked(all.links)] : []),
    ...identified(vendor, long),
    ...read,
    ...further(all, evidence.length, options),
  ]
}

/** Returns the evidence to show in the short form. Evidence that repeats the `Answer` row is omitted. */
const shownOf = ({ evidence, vendor }: Explanation, hasAnswer: boolean): ReadonlyArray<Evidence> => {
  const isRepeated = isInAnswer(vendor)
  return hasAnswer ? evidence.filter((one) => !isRepeated(one)) : evidence
}

/** Returns the rows of the page about a rule. */
export const page = (about: About): ReadonlyArray<Row> => [
  heading(about.code, about.title),
  { label: "Why", text: about.explanation, rank: 0 },
  ...fixes(about.fix),
  { label: "Retry", text: until[about.change], rank: 0 },
  ...linked(about.links),
]

const until: Readonly<Record<About["change"], string>> = {
  nothing: "the same request may succeed later",
  url: "with a newly signed URL or form",
  token: "with another token",
  plan: "with a corrected request",
  clock: "after the clock has been corrected",
  human: "after someone has fixed it",
}

const heading = (code: string | undefined, title: string): Row => ({
  text: title,
  spoken: code === undefined ? "Diagnosis" : `Diagnosis ${code}`,
  rank: 0,
  ...(code === undefined ? {} : { lead: { text: code, style: "bad" } }),
})

/** The response in the server's own words. */
const answered = (vendor: Vendor, { long, said }: Options): ReadonlyArray<Row> => {
  const { code, fields, message, unanswered = false } = vendor
  const words = message === "" || message === code ? "" : `"${message}"`
  const what = statusAndCode(vendor)
  if (what === "" && words === "") return []
  if (said !== undefined && said.includes((message || code).replace(/\.$/, ""))) return []
  const text = [what, words].filter((part) => part !== "").join(": ")
  const more = Object.entries(fields).map(([name, value]) => ({
    label: "",
    spoken: `Answer, ${name}`,
    lead: { text: name, style: "dim" as const },
    text: value,
    rank: 0,
  }))
  return [{ label: "Answer", text: unanswered ? `none came, ${text}` : text, rank: 2 }, ...(long ? more : [])]
}

const statusAndCode = ({ code, status }: Vendor): string =>
  [status === 0 ? "" : String(status), code].filter((word) => word !== "").join(" ")

/** Whether a piece of evidence only repeats the `Answer` row above it. */
const isInAnswer =
  ({ code, message, status }: Vendor) =>
  ({ at, expected, observed }: Evidence): boolean =>
    expected === undefined &&
    /^response\.(?:body|status)/.test(at) &&
    (observed === String(status) || observed === code || (observed !== "" && isStartOf(observed, message)))

/** Whether a string equals another string or is a truncated beginning of it. */
const isStartOf = (part: string, whole: string): boolean => {
  const start = part.replace(/…$/, "")
  return part === whole || (start.length > 100 && whole.startsWith(start))
}

/** Returns the row that identifies the server that responded. The short form does not mention an unknown server. */
const answerer = ({ answeredBy }: Explanation, long: boolean): ReadonlyArray<Row> =>
  answeredBy === "unknown" && !long ? [] : [{ label: "Answered by", text: answeredBy, rank: 5.25 }]

const lacks: Readonly<Record<NonNullable<Repair["needs"]>, string>> = {
  signature: "the corrected request has to be signed again",
  token: "the corrected request needs another token",
}

/** Returns the rows that list the changes in a corrected request. */
const repaired = (repair: Options["repair"]): ReadonlyArray<Row> => {
  if (repair === undefined) return []
  if (repair === "none")
    return [{ label: "Repair", text: "no automatic correction is available; apply the fix manually", rank: 1.5 }]
  const { changes, hints, needs } = repair
  const place = needs === "signature" && hints.region !== undefined ? `, for the region ${hints.region}` : ""
  const lines = changes.map(({ after, before, name }) =>
    before === undefined
      ? `add ${name}: ${after}`
      : after === undefined
        ? `remove ${name}`
        : `${name}: ${before} → ${after}`,
  )
  const all = [
    ...(lines.length === 0 && needs === undefined ? ["send the same request again"] : lines),
    ...(needs === undefined ? [] : [`${lacks[needs]}${place}`]),
  ]
  return all.map((text, index) => ({ label: index === 0 ? "Repair" : "", spoken: "Repair", text, rank: 1.5 }))
}

/** Shows what was recognized in the input, so that the reader notices missing parts. */
const readAs = ({ recognized }: Options): ReadonlyArray<Row> =>
  recognized === undefined ? [] : [{ label: "Read as", text: recognized, rank: 7.75 }]

const tones = { certain: "bad", likely: "wait", possible: "wait" } as const

const because = ({ confidence, detail }: Cause): Row => ({
  label: "Cause",
  spoken: `Cause, ${confidence}`,
  lead: { text: confidence, style: tones[confidence] },
  text: detail,
  rank: 1,
})

/** If two causes are certain, they are two separate defects, and both must be fixed. */
const linkOf = (first: Cause | undefined, confidence: Cause["confidence"]): string =>
  first?.confidence === "certain" && confidence === "certain" ? "Also" : "Or"

/** Summarizes another cause in one line. */
const alternative =
  (first: Cause | undefined) =>
  ({ code, confidence, title }: Alternative, index: number): Row => ({
    label: linkOf(first, confidence),
    spoken: `${linkOf(first, confidence)}, ${confidence}`,
    lead: { text: confidence, style: tones[confidence] },
    text: `${title} (${code})`,
    rank: 6 + index * 2.5,
  })

const other =
  (first: Cause | undefined) =>
  ({ code, confidence, detail, evidence, fix, title }: Cause): ReadonlyArray<Row> => [
    {
      label: linkOf(first, confidence),
      spoken: `${linkOf(first, confidence)}, ${confidence}`,
      lead: { text: confidence, style: tones[confidence] },
      text: `${title} (${code}): ${detail}`,
      rank: 0,
    },
    ...evidence.map((one, index) => ({ ...evident(one, index), label: "", spoken: "Its evidence" })),
    ...fixes(fix).map((row) => ({ ...row, label: "", spoken: `Its ${(row.spoken ?? "fix").toLowerCase()}` })),
  ]

const evident = ({ at, expected, name, observed }: Evidence, index: number): Row => ({
  label: index === 0 ? "Evidence" : "",
  spoken: `Evidence ${index + 1}`,
  lead: { text: String(index + 1), style: "dim" },
  text: `${place(at, name)}: ${observed}${expected === undefined ? "" : `; expected ${expected}`}`,
  // From the third piece on, evidence loses lines before the ruled-out causes do.
  rank: 5.5 + index * 1.5,
})

/**
 * Formats several strings as rows. The short form joins the strings in one row, and the long form has one row for each
 * string.
 */
const list = (label: string, texts: ReadonlyArray<string>, long: boolean, rank: number): ReadonlyArray<Row> =>
  texts.length === 0
    ? []
    : long
      ? texts.map((text, index) => ({ label: index === 0 ? label : "", spoken: label, text, rank }))
      : [{ label, text: texts.join("; "), rank }]

const fixes = (all: ReadonlyArray<Fix>): ReadonlyArray<Row> =>
  all.map(({ safety, text }, index) => ({
    label: index === 0 ? "Fix" : "",
    spoken: `Fix, ${safety}`,
    lead: { text: safety, style: safety === "safe to apply" ? "good" : "wait" },
    text,
    // The first text must fit completely before another one gets a line.
    rank: 1.5 + index * 7,
  }))

const linked = (links: ReadonlyArray<string>): ReadonlyArray<Row> =>
  links.map((text, index) => ({ label: index === 0 ? "Links" : "", spoken: "Link", text, rank: 0 }))

const verdict = ({ retry: { afterMs, attempt, change, verdict } }: Explanation): string =>
  [
    `retry ${verdict}`,
    `change ${change}`,
    ...(afterMs === undefined ? [] : [`after ${Format.span(afterMs)}`]),
    ...(attempt === undefined ? [] : [`this was attempt ${attempt}`]),
  ].join(", ")

/**
 * The request ID that the user can quote to the vendor. An ID that was redacted as a secret is useless to the vendor and is
 * omitted.
 */
const identified = ({ hostId, requestId }: Vendor, long: boolean): ReadonlyArray<Row> => {
  if (requestId === undefined || Redaction.isHidden(requestId)) return []
  // A cut id is useless. The host's id is longer than a line, so it gets its own.
  return [
    { label: "Request id", text: requestId, rank: 7.5 },
    ...(!long || hostId === undefined || Redaction.isHidden(hostId)
      ? []
      : [{ label: "Host id", text: hostId, rank: 0 }]),
  ]
}

const further = ({ causes, code }: Explanation, evidence: number, { long, more }: Options): ReadonlyArray<Row> => {
  if (long) return []
  const hidden = evidence - pieces
  const words = [
    ...(causes.length < 2 ? [] : [Format.count(causes.length - 1, "other cause", "other causes")]),
    ...(hidden < 1 ? [] : [Format.count(hidden, "more piece of evidence", "more pieces of evidence")]),
  ]
  if (more !== undefined) return [{ label: "More", text: more, whole: true, rank: 1.95 }]
  const tail = words.length > 0 || code === undefined ? "add --long" : `add --long, or run holdfast explain ${code}`
  return [{ label: "More", text: words.length === 0 ? tail : `${words.join(", ")}: ${tail}`, rank: 1.95 }]
}
