/** Renders the evidence of a cause: the numbered form, and the other facts of the exchange. */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { partRows } from "./exchangeText.ts"
import { h } from "../dom.ts"

/** A section with its title. */
export const section = (title: string, ...children: ReadonlyArray<Node | undefined>): HTMLElement =>
  h(
    "section",
    {},
    h("h3", {}, title),
    children.filter((child) => child !== undefined),
  )

const formIndex = ({ at }: Evidence): number | undefined => {
  const index = /^request\.form\[(\d+)\]/.exec(at)?.[1]
  return index === undefined ? undefined : Number(index)
}

/** The numbered form. It marks the parts that the evidence names, and the point at which S3 stops reading. */
const formView = (exchange: Exchange, evidence: ReadonlyArray<Evidence>, ofS3: boolean): HTMLElement | undefined => {
  const form = exchange.request?.form
  if (form === undefined || form.length === 0) return undefined
  const rows = partRows(form)
  const end = ofS3 ? rows.findIndex(({ isFile, name }) => isFile && name.toLowerCase() === "file") : -1
  const last = rows.length - 1
  return h(
    "ol",
    { class: "form", "aria-label": "The form as it was sent" },
    rows.map(({ isFile, name, place, value }, index) => {
      const marks = evidence.filter((one) => formIndex(one) === index)
      const notes = marks.flatMap(({ expected }) => (expected === undefined ? [] : [`expected: ${expected}`]))
      const late = end !== -1 && index > end
      const kind = [
        marks.length > 0 && "marked",
        late && "late",
        isFile && "is-file",
        index === end && end < last && "cut",
      ]
      return h(
        "li",
        { class: kind.filter((one) => one !== false).join(" ") },
        h("span", { class: "place" }, String(place)),
        h("span", { class: "name" }, name === "" ? "(no name)" : name),
        h("span", { class: "value" }, value),
        (notes.length > 0 || late) &&
          h("span", { class: "note" }, [...notes, ...(late ? ["not read"] : [])].join(" · ")),
        index === end && end < last && h("span", { class: "stop" }, "S3 stops reading here"),
      )
    }),
  )
}

const elsewhere = (evidence: ReadonlyArray<Evidence>): HTMLElement | undefined => {
  const rest = evidence.filter((one) => formIndex(one) === undefined)
  if (rest.length === 0) return undefined
  return h(
    "dl",
    { class: "facts" },
    rest.map(({ at, expected, name, observed }) => {
      const where = whereOf(at)
      return h(
        "div",
        { class: expected === undefined ? undefined : "marked" },
        h("dt", {}, h("span", { class: "name" }, name), where !== name && h("span", { class: "at" }, where)),
        h(
          "dd",
          {},
          h("code", {}, observed),
          expected !== undefined && h("span", { class: "note" }, `expected: ${expected}`),
        ),
      )
    }),
  )
}

const whereOf = (at: string): string => {
  if (at.startsWith("request.url")) return "in the URL"
  if (at.startsWith("request.headers")) return "header sent"
  if (at.startsWith("response.headers")) return "response header"
  if (at.startsWith("response.body")) return "in the response"
  return places[at] ?? at
}

const places: Readonly<Record<string, string>> = {
  at: "local clock",
  failure: "connection",
  "request.body": "body sent",
  "request.form": "the form",
  "request.method": "method",
  "request.sent": "bytes sent",
  "request.size": "size sent",
  "response.status": "status",
}

/** Renders the evidence. `ofS3`: S3 stops reading a form at the file. `undefined` if there is nothing to show. */
export const evidenceView = (
  exchange: Exchange,
  evidence: ReadonlyArray<Evidence>,
  ofS3: boolean,
): HTMLElement | undefined => {
  const form = formView(exchange, evidence, ofS3)
  const rest = elsewhere(evidence)
  return form === undefined && rest === undefined ? undefined : section("Evidence", form, rest)
}
