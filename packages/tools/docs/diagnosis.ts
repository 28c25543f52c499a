/** Builds a page for every code of a diagnosis, and their index, from the rule sets and their examples. */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { ruleSets, redact } from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as ExplainView from "../../cli/src/explain/View.ts"
import * as Printable from "../../cli/src/terminal/Printable.ts"
import * as ExchangeText from "../../explain/page/result/exchangeText.ts"
import { root } from "./pages.ts"

/** A rule with its example. */
export interface Entry {
  readonly system: string
  readonly about: Diagnosis.About
  /** The path of the example from the root. */
  readonly example: string
  readonly exchange: Exchange
  readonly explanation: Diagnosis.Explanation
}

/** The systems in the order of the index, with their names. */
const systems: Readonly<Record<string, string>> = {
  s3: "S3",
  c2c: "Frame.io Camera to Cloud",
  oauth: "Signing in (OAuth)",
  http: "HTTP and the network",
  own: "Holdfast itself",
}

/** The path of a code's example from the root; `undefined` if there is none. */
const exampleOf = (system: string, code: string): string | undefined =>
  [".http", ".json"]
    .map((extension) => `packages/${system === "own" ? "explain" : system}/test/fixtures/codes/${code}${extension}`)
    .find((path) => existsSync(join(root, path)))

const entryOf = (system: string, about: Diagnosis.About): Entry | undefined => {
  const example = exampleOf(system, about.code)
  if (example === undefined) return undefined
  const input = ExplainInput.recognize(readFileSync(join(root, example)))
  if (input._tag === "Unusable") throw new Error(`${example} ${input.problem}`)
  return {
    system,
    about,
    example,
    exchange: redact(input.exchange),
    explanation: Diagnosis.explain(input.exchange, ruleSets),
  }
}

const all = Object.keys(systems).flatMap((system) =>
  ruleSets
    .filter((ruleSet) => ruleSet.system === system)
    .flatMap((ruleSet) => ruleSet.rules.map((about) => ({ system, about }))),
)

/** The codes of rules without an example; should be empty. */
export const withoutExample: ReadonlyArray<string> = all
  .filter(({ about, system }) => exampleOf(system, about.code) === undefined)
  .map(({ about }) => about.code)

/** The systems of rule sets that the index does not know; should be empty. */
export const withoutName: ReadonlyArray<string> = ruleSets
  .map(({ system }) => system)
  .filter((name) => !(name in systems))

/** Every rule that has an example, by system and in the order in which the vendor checks. */
export const entries: ReadonlyArray<Entry> = all.flatMap(({ about, system }) => entryOf(system, about) ?? [])

/** Escapes prose for Markdown, except code between backticks. */
const md = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\`*[\]<>$|]/g, writtenOut)))
    .join("")

const writtenOut = (character: string): string =>
  character === "<" ? "&lt;" : character === ">" ? "&gt;" : `\\${character}`

const fenced = (text: string): string => {
  // Longer than any run of backticks inside.
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  return `${fence}text\n${text.trimEnd()}\n${fence}`
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`

const short = (explanation: Diagnosis.Explanation): string =>
  ExplainView.render(explanation, { columns: 80, color: true, long: false })
    .map((line) => Printable.line(line, false).trimEnd())
    .join("\n")

const pageOf = ({ about, example, exchange, explanation }: Entry): string =>
  [
    `# ${about.code}`,
    `**${md(sentence(about.title))}**`,
    md(about.explanation),
    "## How it looks",
    `[An example](../../../${example}) with its secrets taken out:`,
    fenced(ExchangeText.render(exchange)),
    `What \`npx holdfast explain ${example}\` says about it:`,
    fenced(short(explanation)),
    "## What to do",
    about.fix.map(({ safety, text }) => `- ${md(text)} (${safety})`).join("\n"),
    `Again? ${md(sentence(explanation.retry.advice))}`,
    ...(about.links.length === 0 ? [] : ["## Read more", about.links.map((link) => `- <${link}>`).join("\n")]),
    "[All codes](README.md) · [How to read a diagnosis](../../precise-errors.md)",
    "",
  ].join("\n\n")

/** Groups items in the order of first occurrence. */
const grouped = <A>(
  items: ReadonlyArray<A>,
  key: (item: A) => string,
): ReadonlyArray<readonly [string, ReadonlyArray<A>]> =>
  [...new Set(items.map(key))].map((name) => [name, items.filter((item) => key(item) === name)])

/** A topic as a heading: `post-order` becomes "forms". */
const titled = (topic: string): string =>
  topic === "stated"
    ? "What the response states itself"
    : sentence(topic.replace(/^post-/, "forms: ").replaceAll("-", " "))
        .replace(/\.$/, "")
        .replace(/\b(?:tls|url|http)\b/gi, (word) => word.toUpperCase())

const isOfForms = ([topic]: readonly [string, unknown]): boolean => topic.startsWith("post-")

const formsFirst = <A>(topics: ReadonlyArray<readonly [string, A]>): ReadonlyArray<readonly [string, A]> =>
  topics.toSorted((a, b) => Number(isOfForms(b)) - Number(isOfForms(a)))

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const link = (code: string): string => `[${code}](${code}.md)`

/** The codes by the vendor's error code in their examples, or by the status if there is none. */
const byAnswer = (): string => {
  const answered = entries
    .filter(({ explanation: { vendor } }) => vendor.code !== "" || vendor.status !== 0)
    .map(({ about, explanation: { vendor }, system }) => ({
      system,
      word: vendor.code === "" ? String(vendor.status) : `\`${vendor.code}\``,
      code: about.code,
    }))
  return Object.entries(systems)
    .flatMap(([system, name]) => {
      const rows = grouped(
        answered.filter((one) => one.system === system),
        ({ word }) => word,
      ).toSorted(([a], [b]) => (a < b ? -1 : 1))
      if (rows.length === 0) return []
      return [
        `### ${name} says`,
        [
          row(["answer", "codes"]),
          row(["---", "---"]),
          ...rows.map(([word, same]) =>
            row([
              word,
              same
                .map(({ code }) => code)
                .toSorted()
                .map(link)
                .join(", "),
            ]),
          ),
        ].join("\n"),
      ]
    })
    .join("\n\n")
}

const index = (): string =>
  [
    "# Codes of diagnoses",
    "Every cause that `holdfast explain` and `Diagnosis.explain` know, with an example whose first cause it is. " +
      "A code never changes its meaning. [How to read a diagnosis](../../precise-errors.md) explains the terms.",
    "These pages are made from the rules and from the captures in `packages/*/test/fixtures/codes` by `npm run docs:generate`.",
    ...grouped(entries, ({ system }) => system).flatMap(([system, ofSystem]) => [
      `## ${systems[system] ?? system}`,
      ...formsFirst(grouped(ofSystem, ({ about }) => about.topic)).flatMap(([topic, ofTopic]) => [
        `### ${titled(topic)}`,
        [
          row(["code", "cause"]),
          row(["---", "---"]),
          ...ofTopic
            .toSorted((a, b) => (a.about.code < b.about.code ? -1 : 1))
            .map(({ about }) => row([link(about.code), md(about.title)])),
        ].join("\n"),
      ]),
    ]),
    "## By the vendor's error code",
    "One error code has many causes, and one cause many error codes. This table lists the codes in the responses of the examples; an " +
      "explanation looks at the request, not at the word.",
    byAnswer(),
    "",
  ].join("\n\n")

/** The pages, by their path from the root. */
export const codePages: ReadonlyArray<readonly [path: string, text: string]> = [
  ["docs/generated/diagnosis/README.md", index()],
  ...entries.map((entry) => [`docs/generated/diagnosis/${entry.about.code}.md`, pageOf(entry)] as const),
]
