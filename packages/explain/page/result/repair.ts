/** Shows the corrected request beside the one that was sent, and marks the lines that differ. */
import type { Repair } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import { h } from "../dom.ts"
import { partRows, requestLines } from "./exchangeText.ts"

/** A line of a request, and whether only this request has it. */
export interface Line {
  readonly text: string
  readonly isChanged: boolean
}

/** Formats a request for a narrow column: the parts of a form are not aligned. */
const linesOf = ({ form, ...rest }: Request): ReadonlyArray<string> => {
  const lines = requestLines(rest)
  if (form === undefined) return lines
  const parts = partRows(form).map(({ name, place, value }) => `${place}  ${name}: ${value.replaceAll("\n", " ")}`)
  return [...lines, "", ...parts]
}

/** The lines of both requests, which must be redacted. A line that only one of them has is marked as changed. */
export const compare = (sent: Request, wanted: Request): readonly [ReadonlyArray<Line>, ReadonlyArray<Line>] => {
  const [before, after] = [linesOf(sent), linesOf(wanted)]
  const marked = (lines: ReadonlyArray<string>, others: ReadonlySet<string>) =>
    lines.map((text) => ({ text, isChanged: text !== "" && !others.has(text) }))
  return [marked(before, new Set(after)), marked(after, new Set(before))]
}

const needs: Readonly<Record<NonNullable<Repair["needs"]>, string>> = {
  signature: "The old signature no longer matches and was removed: sign this request again.",
  token: "The request needs another token.",
}

const signs = {
  del: { mark: "−", spoken: "Removed: " },
  ins: { mark: "+", spoken: "Added: " },
} as const

/**
 * Each line is a block of its own, so that a long line wraps below its start. A changed line has a sign as well as a
 * color.
 */
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

/** Shows both requests side by side. `sent` and `wanted` must be redacted. */
export const view = (repair: Repair, sent: Request, wanted: Request): HTMLElement => {
  const note = repair.needs === undefined ? undefined : h("p", {}, needs[repair.needs])
  if (repair.changes.length === 0) {
    return h(
      "section",
      {},
      h("h3", {}, "The corrected request"),
      h("p", {}, "Send the same request again."),
      note ?? "",
    )
  }
  const [before, after] = compare(sent, wanted)
  return h(
    "section",
    {},
    h("h3", {}, "The corrected request"),
    h("div", { class: "repair" }, column("Sent", "del", before), column("Corrected", "ins", after)),
    note ?? "",
  )
}
