/** The request as it should be beside the one that was sent, with the lines that differ marked. */
import type { Repair } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import { h } from "../dom.ts"
import { partRows, requestLines } from "./exchangeText.ts"

/** A line of a request, and whether the other request has it. */
export interface Line {
  readonly text: string
  readonly isChanged: boolean
}

/** A request as lines for a narrow column: the parts of a form are not aligned. */
const linesOf = ({ form, ...rest }: Request): ReadonlyArray<string> => {
  const lines = requestLines(rest)
  if (form === undefined) return lines
  const parts = partRows(form).map(({ name, place, value }) => `${place}  ${name}: ${value.replaceAll("\n", " ")}`)
  return [...lines, "", ...parts]
}

/** The lines of both requests; a line that only one of them has is changed. Both are redacted. */
export const compare = (sent: Request, wanted: Request): readonly [ReadonlyArray<Line>, ReadonlyArray<Line>] => {
  const [before, after] = [linesOf(sent), linesOf(wanted)]
  const marked = (lines: ReadonlyArray<string>, others: ReadonlySet<string>) =>
    lines.map((text) => ({ text, isChanged: text !== "" && !others.has(text) }))
  return [marked(before, new Set(after)), marked(after, new Set(before))]
}

const needs: Readonly<Record<NonNullable<Repair["needs"]>, string>> = {
  signature: "The old signature does not fit and was removed: sign this request again.",
  token: "It needs another token.",
}

const signs = {
  del: { mark: "−", spoken: "Removed: " },
  ins: { mark: "+", spoken: "Added: " },
} as const

/** Each line is a block of its own, so that a long one wraps below itself; a changed one has a sign as well as a color. */
const column = (title: string, kind: "del" | "ins", lines: ReadonlyArray<Line>): HTMLElement =>
  h(
    "figure",
    {},
    h("figcaption", {}, title),
    h(
      "pre",
      {},
      lines.map(({ isChanged, text }) =>
        isChanged
          ? h(
              kind,
              {},
              h("span", { class: "sign", "aria-hidden": "true" }, signs[kind].mark),
              h("span", { class: "sr" }, signs[kind].spoken),
              `${text}\n`,
            )
          : h("span", {}, `${text}\n`),
      ),
    ),
  )

/** Both requests side by side; `sent` and `wanted` are redacted. */
export const view = (repair: Repair, sent: Request, wanted: Request): HTMLElement => {
  const note = repair.needs === undefined ? undefined : h("p", {}, needs[repair.needs])
  if (repair.changes.length === 0) {
    return h(
      "section",
      {},
      h("h3", {}, "The request as it should be"),
      h("p", {}, "The same one, sent again."),
      note ?? "",
    )
  }
  const [before, after] = compare(sent, wanted)
  return h(
    "section",
    {},
    h("h3", {}, "The request as it should be"),
    h("div", { class: "repair" }, column("As it was sent", "del", before), column("As it should be", "ins", after)),
    note ?? "",
  )
}
