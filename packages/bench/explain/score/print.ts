/**
 * The scorer's tables and lists.
 */
import * as Explain from "@holdfast/explain/Explain"
import { columns } from "../../shared/table.ts"
import * as Figures from "./Figures.ts"
import type { Numbered } from "./generated.ts"
import type { Generated } from "./generate/Generated.ts"

/** Prints rows as a table. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  for (const line of columns(rows, { rightFrom: 1 })) console.log(line)
}

/** A named set with its figures. */
export type Row = readonly [name: string, figures: Figures.Figures]

/** How often the true cause is first. */
export const places = (title: string, rows: ReadonlyArray<Row>): void =>
  table([
    [title, "all", "right first", "", "in the list", "wrong", "certain and wrong"],
    ...rows.map(([name, { certainWrong, first, listed, total, wrong }]) => [
      name,
      ...[total, first].map(String),
      Figures.share(first, total),
      ...[listed, wrong, certainWrong.length].map(String),
    ]),
  ])

/** How often each degree of confidence is right. */
export const calibration = (rows: ReadonlyArray<Row>): void =>
  table([
    ["right when it says", ...Figures.degrees.flatMap((degree) => [degree, ""])],
    ...rows.map(([name, { calibration: degrees }]) => [
      name,
      ...Figures.degrees.flatMap((degree) => {
        const { right, said } = degrees[degree]
        return [`${right} of ${said}`, Figures.share(right, said)]
      }),
    ]),
  ])

/** Lists the explanations whose first cause is wrong. */
export const wrong = (name: string, judged: ReadonlyArray<Figures.Judged>): void => {
  const missing = judged.filter(({ place }) => place !== 0)
  if (missing.length === 0) return
  console.log(`\n${name}, not right first:`)
  for (const one of missing) {
    const surely = one.confidence === "certain" ? "  CERTAIN" : ""
    const listed = one.place > 0 ? " (true cause in the list)" : ""
    console.log(`  ${one.name}: ${one.said}${listed}${surely}\n      ${one.truth}`)
  }
}

/** The generated exchanges that are wrong, by inserted and reported cause, most frequent first. */
export const confusions = (judged: ReadonlyArray<Numbered>, most: number, surely: boolean): void => {
  const groups = new Map<string, Array<Numbered>>()
  for (const one of judged) {
    if (one.place === 0 || (surely && one.confidence !== "certain")) continue
    const key = `${one.defects.join(" and ") || "nothing wrong"} → ${one.said} (${one.confidence ?? "-"})`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const sorted = [...groups].toSorted(([, a], [, b]) => b.length - a.length)
  for (const [key, ones] of sorted.slice(0, most)) {
    const dialects = [...new Set(ones.map(({ dialect }) => dialect))]
    console.log(`  ${String(ones.length).padStart(5)}  ${key}\n         ${dialects.join(" ")}: ${names(ones)}`)
  }
  if (sorted.length > most) console.log(`  and ${sorted.length - most} further kinds`)
}

const names = (ones: ReadonlyArray<Numbered>): string =>
  ones
    .slice(0, 3)
    .map(({ name }) => name)
    .join(", ")

/** Prints an exchange, its true causes and its explanation. */
export const show = (made: Generated): void => {
  const { causes, ...explanation } = Explain.explain(made.exchange)
  console.log(JSON.stringify(made, null, 2))
  console.log(JSON.stringify(explanation, null, 2))
  for (const { code, confidence, detail, title } of causes) console.log(`${code} ${confidence}: ${title}\n  ${detail}`)
}
