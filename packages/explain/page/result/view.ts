/** Renders a diagnosis as elements. */
import type { About, Cause, Confidence, Explanation, Fix } from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type { LintFinding } from "@holdfast/s3/Lint"
import { evidenceView, section } from "./evidence.ts"
import { h } from "../dom.ts"

const meaning: Readonly<Record<Confidence, string>> = {
  certain: "The exchange proves this cause and excludes the others.",
  likely: "This cause fits the exchange better than any other.",
  possible: "This cause would explain the response, but the exchange lacks the evidence that would decide.",
}

const chip = (text: string, kind: string, title?: string): HTMLElement =>
  h("span", { class: `chip ${kind}`, title }, text)

const kindOf = (safety: Fix["safety"]): string => (safety === "safe to apply" ? "good" : "wait")

const fixView = (fixes: ReadonlyArray<Fix>): HTMLElement =>
  h(
    "ul",
    { class: "fixes" },
    fixes.map(({ safety, text }) =>
      h("li", { class: kindOf(safety) }, h("span", {}, text), chip(safety, kindOf(safety))),
    ),
  )

const linksView = (links: ReadonlyArray<string>): HTMLElement | undefined =>
  links.length === 0
    ? undefined
    : section(
        "Read more",
        h(
          "ul",
          { class: "links" },
          links.map((link) =>
            h(
              "li",
              {},
              h("a", { href: link, rel: "noreferrer noopener", target: "_blank" }, link.replace(/^https?:\/\//, "")),
            ),
          ),
        ),
      )

const heading = (cause: Pick<Cause, "code" | "title" | "confidence">): HTMLElement =>
  h(
    "header",
    {},
    h(
      "p",
      { class: "line" },
      chip(cause.confidence, cause.confidence, meaning[cause.confidence]),
      h("code", {}, cause.code),
    ),
    h("h2", { tabindex: "-1" }, cause.title),
  )

const vendorView = ({ answeredBy, vendor }: Explanation): HTMLElement | undefined => {
  const { code, message, requestId, status } = vendor
  const what = [status === 0 ? "" : String(status), code].filter((word) => word !== "").join(" ")
  if (what === "" && message === "") return undefined
  return section(
    vendor.unanswered === true ? "What the client said" : "What the server said",
    answeredBy === "unknown" || vendor.unanswered === true
      ? undefined
      : h("p", { class: "muted" }, `Answered by ${answeredBy}`),
    h(
      "blockquote",
      {},
      what !== "" && h("strong", {}, what),
      message !== "" && h("p", {}, message),
      requestId !== undefined && h("p", { class: "muted" }, `request id ${requestId}`),
    ),
  )
}

const others = (causes: ReadonlyArray<Cause>, isCertain: boolean): HTMLElement | undefined => {
  if (causes.length === 0) return undefined
  const list = h(
    "ul",
    { class: "others" },
    causes.map(({ code, confidence, detail, title }) =>
      h(
        "li",
        {},
        h("p", { class: "line" }, chip(confidence, confidence, meaning[confidence]), h("code", {}, code)),
        h("strong", {}, title),
        h("p", {}, detail),
      ),
    ),
  )
  if (!isCertain) return section("Or", list)
  const label = `${causes.length} other ${causes.length === 1 ? "cause" : "causes"}`
  return h("section", {}, h("details", {}, h("summary", {}, label), list))
}

const checked = ({ ruledOut, unseen }: Explanation): ReadonlyArray<HTMLElement> => [
  ...(ruledOut.length === 0
    ? []
    : [
        section(
          "Ruled out",
          h(
            "ul",
            { class: "ruled" },
            ruledOut.map(({ check, value }) => h("li", {}, h("strong", {}, check), ` ${value}`)),
          ),
        ),
      ]),
  ...(unseen.length === 0
    ? []
    : [
        section(
          "Add this for a better diagnosis",
          h(
            "ul",
            { class: "unseen" },
            unseen.map((needs) => h("li", {}, needs)),
          ),
        ),
      ]),
]

/**
 * Renders the diagnosis of an exchange. `exchange` must be redacted; `repaired` is the corrected request, if one is
 * known.
 */
export const explanation = (one: Explanation, exchange: Exchange, repaired?: HTMLElement): ReadonlyArray<Node> => {
  const [first, ...more] = one.causes
  const ofS3 = (first?.system ?? one.vendor.system) === "s3"
  if (first === undefined) {
    return [
      h(
        "header",
        {},
        h("h2", { tabindex: "-1" }, one.title),
        one.detail !== "" && h("p", { class: "detail" }, one.detail),
      ),
      ...[evidenceView(exchange, [], ofS3), vendorView(one)].filter((part) => part !== undefined),
      ...checked(one),
      ...(one.outcome === "unknown" ? [section("Retry", h("p", {}, one.retry.advice))] : []),
    ]
  }
  return [
    heading(first),
    h("p", { class: "detail" }, one.detail),
    ...[evidenceView(exchange, one.evidence, ofS3)].filter((part) => part !== undefined),
    section("What to do", fixView(one.fix), h("p", { class: "retry" }, h("strong", {}, "Retry: "), one.retry.advice)),
    ...(repaired === undefined ? [] : [repaired]),
    section("Why", h("p", {}, first.explanation)),
    ...checked(one),
    ...[others(more, first.confidence === "certain"), vendorView(one), linksView(one.links)].filter(
      (part) => part !== undefined,
    ),
  ]
}

/** Renders the page of a cause, without an exchange. */
export const about = ({ code, explanation: why, fix, links, title }: About): ReadonlyArray<Node> => [
  h("header", {}, h("p", { class: "line" }, h("code", {}, code)), h("h2", { tabindex: "-1" }, title)),
  section("Why", h("p", {}, why)),
  section("What to do", fixView(fix)),
  ...[linksView(links)].filter((part) => part !== undefined),
]

/** Renders the findings of the lint for a request without a response. */
export const findings = (all: ReadonlyArray<LintFinding>, exchange: Exchange): ReadonlyArray<Node> =>
  all.length === 0
    ? [
        h(
          "header",
          {},
          h("p", { class: "line" }, chip("no response yet", "good")),
          h("h2", { tabindex: "-1" }, "The lint finds nothing that S3 would reject"),
        ),
        h("p", { class: "detail" }, "Only S3 knows whether the key may write and whether the signature is correct."),
        ...[evidenceView(exchange, [], true)].filter((part) => part !== undefined),
      ]
    : [
        h(
          "p",
          { class: "muted" },
          `There is no response yet. The lint reports before sending: ${all.length} ` +
            `${all.length === 1 ? "finding" : "findings"}.`,
        ),
        ...all.flatMap((finding, index) => [
          heading({ ...finding, confidence: "certain" }),
          h("p", { class: "detail" }, finding.detail),
          ...(index === 0
            ? [
                evidenceView(
                  exchange,
                  all.flatMap(({ evidence }) => evidence),
                  true,
                ),
              ].filter((part) => part !== undefined)
            : []),
          section("What to do", fixView(finding.fix)),
        ]),
        ...[linksView([...new Set(all.flatMap(({ links }) => links))])].filter((part) => part !== undefined),
      ]
