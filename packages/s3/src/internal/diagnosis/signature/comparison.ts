/**
 * Compares the canonical request that a server shows with the captured request, line by line.
 *
 * The server builds its text from the request that it received. Any difference from the captured request therefore arose in
 * transit. If there is no difference, the signer signed a different request or used a different secret.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf, has, isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../asked.ts"
import type { S3Facts } from "../facts.ts"
import { isVendor, nameOf, withoutDefaultPort } from "./hosts.ts"
import * as Paths from "./paths.ts"
import * as Texts from "./texts.ts"

export interface Difference {
  readonly part: "method" | "path" | "parameter" | "header" | "host" | "date" | "scope"
  readonly name: string
  /** `undefined` if the line is absent. */
  readonly sent: string | undefined
  readonly received: string | undefined
  readonly relation?: Paths.Relation
  /** Set if redaction placeholders prevent a comparison of the line. */
  readonly isUntold?: boolean
  readonly evidence: Evidence
}

/** The result of a comparison. */
export interface Comparison {
  readonly received: Texts.Received
  /** Whether a request was captured. */
  readonly isCompared: boolean
  /** Whether the comparison is complete: no line is hidden by a redaction placeholder that prevents its comparison. */
  readonly isTold: boolean
  readonly differences: ReadonlyArray<Difference>
  /** Parameters that the server read from a form body instead of the URL. */
  readonly formParameters: ReadonlyArray<string>
}

/** A cache of comparisons, because many rules use the same comparison. */
const known = new WeakMap<S3Facts, Comparison>()

/** Compares the signed text in the response with the request; `undefined` if the response contains no such text. */
export const of = (facts: S3Facts): Comparison | undefined => {
  const before = known.get(facts)
  if (before !== undefined) return before
  const received = Texts.received(facts.answer)
  if (received === undefined) return undefined
  // A request that a proxy has signed itself is not the captured one.
  const isCompared =
    facts.url !== undefined && facts.exchange.request?.headers !== undefined && Asked.signedIn(facts) !== undefined
  const lines = isCompared ? compare(received, facts) : []
  const isFromBody = ({ part, sent }: Difference) => part === "parameter" && sent === undefined && isFormPost(facts)
  const comparison = {
    received,
    isCompared,
    isTold: lines.every(({ isUntold }) => isUntold !== true),
    differences: lines.filter((line) => line.isUntold !== true && !isFromBody(line)),
    formParameters: lines.filter(isFromBody).map(({ name }) => name),
  }
  known.set(facts, comparison)
  return comparison
}

/** Whether S3 reads the body as additional query parameters, as it does for a POST with a web form's content type. */
const isFormPost = (facts: S3Facts): boolean =>
  facts.method === "POST" && /^application\/x-www-form-urlencoded\b/i.test(facts.header("content-type") ?? "")

/** Whether the response shows exactly the lines that were sent, without omissions. */
export const isEqual = (facts: S3Facts): boolean => {
  const comparison = of(facts)
  return (
    comparison !== undefined &&
    comparison.isCompared &&
    comparison.isTold &&
    comparison.differences.length === 0 &&
    comparison.formParameters.length === 0 &&
    (comparison.received.version === 2 || comparison.received.payload !== undefined)
  )
}

const compare = (received: Texts.Received, facts: S3Facts): ReadonlyArray<Difference> => [
  ...methods(received, facts),
  ...paths(received, facts),
  ...parameters(received, facts),
  ...headers(received, facts),
  ...(received.version === 2 ? olderLines(received, facts) : scopes(facts)),
]

const difference = (
  part: Difference["part"],
  name: string,
  at: string,
  values: { readonly sent: string | undefined; readonly received: string | undefined; readonly absent: string },
): Difference => ({
  part,
  name,
  sent: values.sent,
  received: values.received,
  ...(isUntold(values.sent, values.received) ? { isUntold: true } : {}),
  evidence: {
    at,
    name,
    observed: values.sent ?? values.absent,
    expected: `${values.received ?? "missing"} (as received by the server)`,
  },
})

const methods = ({ method }: Texts.Received, facts: S3Facts): ReadonlyArray<Difference> =>
  facts.method === undefined || facts.method === method
    ? []
    : [
        difference("method", "method", "request.method", {
          sent: facts.method,
          received: method,
          absent: "missing",
        }),
      ]

/** The path as written, before a URL parser normalizes it. */
export const pathOf = ({ exchange, url }: S3Facts): string => {
  const raw = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*)?([^?#]*)/i.exec(exchange.request?.url ?? "")?.[1] ?? ""
  return raw === "" ? (url?.pathname ?? "/") : raw
}

const paths = (received: Texts.Received, facts: S3Facts): ReadonlyArray<Difference> => {
  const sent = pathOf(facts)
  // Version 2 and Alibaba's version 4 sign the bucket before the path, wherever the address has it.
  const hasBucket = received.version === 2 || Texts.scope(facts.answer)?.algorithm.startsWith("OSS4-") === true
  const candidates = hasBucket ? [sent, ...bucketsIn(facts).map((bucket) => `/${bucket}${sent}`)] : [sent]
  const relations = candidates.map((path) => ({ path, relation: Paths.relation(path, received.path) }))
  if (relations.some(({ relation }) => relation === "same")) return []
  // A custom domain stands for a bucket that it need not name.
  const host = facts.header("host") ?? facts.url?.host ?? ""
  if (hasBucket && !isVendor(host) && Paths.isBucketBefore(sent, received.path)) return []
  const hidden = relations.find(({ relation }) => relation === "untold")
  if (hidden !== undefined) {
    const line = difference("path", "path", "request.url", { sent: hidden.path, received: received.path, absent: "/" })
    return [{ ...line, isUntold: true }]
  }
  // Uses the nearest one. For a bucket in the host the whole resource counts.
  const nearest = order.flatMap((one) => relations.filter(({ relation }) => relation === one))[0]
  if (nearest === undefined) return []
  return [
    {
      ...difference("path", "path", "request.url", { sent: nearest.path, received: received.path, absent: "/" }),
      relation: nearest.relation,
    },
  ]
}

const order: ReadonlyArray<Paths.Relation> = ["encoded", "decoded", "blank", "merged", "prefixed", "stripped", "other"]

/** The buckets that a host can name: the part before the storage's own name, or an entire custom domain. */
const bucketsIn = (facts: S3Facts): ReadonlyArray<string> => {
  const host = nameOf(facts.header("host") ?? facts.url?.host ?? "")
  const place = Asked.placeOf(facts)
  const [first = ""] = host.split(".")
  return [...new Set([...(place?.style === "host" ? [place.bucket ?? ""] : []), first, host])].filter(
    (one) => one !== "",
  )
}

/** Parameters that version 2 signs ("Constructing the CanonicalizedResource element"). */
const signedByVersion2 =
  /^(?:acl|cors|delete|lifecycle|location|logging|notification|partNumber|policy|requestPayment|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website|response-(?:cache-control|content-(?:disposition|encoding|language|type)|expires))$/

const parameters = (received: Texts.Received, facts: S3Facts): ReadonlyArray<Difference> => {
  const sent = new Map(
    [...(facts.url?.searchParams ?? [])].filter(([name]) => !/^(?:x-(?:amz|goog|oss)-)?signature$/i.test(name)),
  )
  const isSigned = (name: string) => received.version === 4 || signedByVersion2.test(name)
  const byName = new Map([...sent].map(([name, value]) => [name.toLowerCase(), value]))
  // Tencent writes names in lower case, and omits those of the signature.
  const isCos = received.at.endsWith("FormatString")
  return [
    ...[...received.query].flatMap(([name, value]) => {
      const own = sent.get(name) ?? (isCos ? byName.get(name.toLowerCase()) : undefined)
      if (own !== undefined && !unlike(own, value)) return []
      return [difference("parameter", name, `request.url?${name}`, { sent: own, received: value, absent: "missing" })]
    }),
    ...[...sent].flatMap(([name, value]) =>
      isCos || received.query.has(name) || !isSigned(name)
        ? []
        : [difference("parameter", name, `request.url?${name}`, { sent: value, received: undefined, absent: "" })],
    ),
  ]
}

const headers = (received: Texts.Received, facts: S3Facts): ReadonlyArray<Difference> =>
  [...received.headers].flatMap(([name, value]) => {
    const at = `request.headers.${name}`
    if (name === "host") {
      const own = facts.header("host") ?? facts.url?.host
      return own === undefined || value === "" || !unlike(withoutDefaultPort(own), withoutDefaultPort(value))
        ? []
        : [difference("host", "host", at, { sent: own, received: value, absent: "not sent" })]
    }
    const own = facts.header(name)
    if (own === undefined) {
      return value === "" || transport.has(name)
        ? []
        : [difference("header", name, at, { sent: undefined, received: value, absent: "not sent" })]
    }
    return unlike(squeezed(own), squeezed(value))
      ? [difference("header", name, at, { sent: own, received: value === "" ? undefined : value, absent: "" })]
      : []
  })

/** The three headers that have their own lines in version 2. */
const olderLines = (received: Texts.Received, facts: S3Facts): ReadonlyArray<Difference> => {
  const end = facts.query("expires")
  const dated = ["x-amz-date", "x-goog-date", "x-oss-date", "x-obs-date"].some(
    (name) => facts.header(name) !== undefined,
  )
  const lines: ReadonlyArray<readonly [name: string, line: string | undefined]> = [
    ["content-md5", received.md5],
    ["content-type", received.type],
    ...(end === undefined && !dated ? [["date", received.date] as const] : []),
  ]
  const found = lines.flatMap(([name, line]) => {
    const own = facts.header(name) ?? ""
    if (line === undefined || !unlike(squeezed(own), squeezed(line))) return []
    return [
      difference("header", name, `request.headers.${name}`, {
        sent: own === "" ? undefined : own,
        received: line === "" ? undefined : line,
        absent: "not sent",
      }),
    ]
  })
  return end === undefined || received.date === undefined || received.date === "" || !unlike(end, received.date)
    ? found
    : [
        ...found,
        difference("date", "Expires", "request.url?Expires", { sent: end, received: received.date, absent: "" }),
      ]
}

/** The date and the scope in a version 4 string to sign. */
const scopes = (facts: S3Facts): ReadonlyArray<Difference> => {
  const scope = Texts.scope(facts.answer)
  const { credential } = facts
  const date = facts.query("x-amz-date") ?? facts.header("x-amz-date")
  const own = credential?.scope.split("/").slice(1).join("/")
  return [
    ...(scope?.date !== undefined && date !== undefined && unlike(date, scope.date) && /^\d{8}T/.test(date)
      ? [difference("date", "X-Amz-Date", "request", { sent: date, received: scope.date, absent: "" })]
      : []),
    ...(scope?.scope !== undefined && own !== undefined && own !== "" && unlike(own, scope.scope)
      ? [difference("scope", "scope", credential?.at ?? "request", { sent: own, received: scope.scope, absent: "" })]
      : []),
  ]
}

/** Headers that the transport layer adds, so a captured request may lack them. */
export const transport: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "origin",
  "transfer-encoding",
  "user-agent",
])

/** Whether two strings differ as written. */
const unlike = (one: string, other: string): boolean => one !== other

/** Whether redaction placeholders prevent a comparison of two strings that were hidden in different ways. */
const isUntold = (sent: string | undefined, received: string | undefined): boolean => {
  if (sent === undefined || received === undefined || (!isHidden(sent) && !isHidden(received))) return false
  if (!whole.test(sent) || !whole.test(received)) return true
  // Runs of spaces are collapsed before a header is signed, so equal values can differ in length.
  return has(sent, "blanks") && has(received, "blanks") && bytesOf(received) < bytesOf(sent)
}

const whole = /^\[hidden-[^\]]*\]$/

/** Repeated headers are joined by commas, with or without a space. */
const squeezed = (value: string): string =>
  value
    .trim()
    .replace(/[ \t]+/g, " ")
    .replaceAll(", ", ",")
