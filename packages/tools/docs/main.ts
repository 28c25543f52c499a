/**
 * Brings the pages up to date with the code: tables between `<!-- generated: name -->` and `<!-- end -->`, programs in
 * fences that name their file, what these programs print, and the pages of the codes in `docs/generated/diagnosis`.
 *
 *     npm run docs:generate
 *
 * A test fails while a page differs from what this would write.
 */
import { C2cError } from "@holdfast/c2c"
import { Backoff, ErrorRows, type ErrorTable, Retry, Timeouts, type Verdict } from "@holdfast/core"
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"
import { StatusTable, TransportTable } from "@holdfast/http"
import { OAuthError } from "@holdfast/oauth/OAuthError"
import { S3Error } from "@holdfast/s3"
import { Fault, FaultPlan, Route } from "@holdfast/sandbox"
import { Duration, Effect, Schema } from "effect"
import * as ExitCode from "holdfast/ExitCode"
import { readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Dashboard from "./observability/dashboard.ts"
import { codePages } from "./diagnosis.ts"
import * as ExplainPage from "../../explain/page/build.ts"
import { fences, insert, packagePages, pages, read, refresh, root } from "./pages.ts"
import * as PolicyDefaults from "./policies/defaults.ts"
import * as PolicyPictures from "./policies/pictures.ts"
import { run } from "./programs.ts"

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n")

/** What a caller has to know beyond the retry: the pace, the gate, and what must change first. */
const terms = ({ pace, closes, change }: Verdict.Verdict): string =>
  [
    pace === "throttled" ? "throttled" : "",
    closes === undefined ? "" : `closes ${closes}`,
    change === "nothing" ? "" : `change ${change}`,
  ]
    .filter((term) => term !== "")
    .join("; ")

interface Shown {
  /** What a key is called in this table. */
  readonly key: string
  /** What the form column means, when it is shown. */
  readonly form?: string
}

/**
 * What a row says of the service and of the request's effect. Nothing for the unknown row, whose status says it, and for
 * an error that comes with a success, of which the class says it all.
 */
const stated = (row: ErrorTable.Row): Pick<Verdict.Verdict, "applied" | "outcome"> => {
  const { applied, outcome } = ErrorRows.verdictOf(row, row.status ?? 0)
  const { verdict } = row
  return row.status === undefined && row.form === undefined
    ? { ...(verdict.outcome && { outcome: verdict.outcome }), ...(verdict.applied && { applied: verdict.applied }) }
    : { ...(outcome && { outcome }), ...(applied && { applied }) }
}

const errorTable = (rows: ReadonlyArray<ErrorTable.Row>, shown: Shown): string => {
  const columns: ReadonlyArray<readonly [string, (row: ErrorTable.Row) => string]> = [
    [shown.key, ({ key }) => (key === undefined ? "" : `\`${key}\``)],
    ["status", ({ status }) => (status === undefined ? "" : String(status))],
    [shown.form ?? "", ({ form }) => form ?? ""],
    ["error", (row) => `\`${row.class}\`${row.inferred === true ? " *" : ""}`],
    ["retry", ({ verdict }) => verdict.retry],
    ["outcome", (row) => stated(row).outcome ?? ""],
    ["applied", (row) => stated(row).applied ?? ""],
    ["terms", ({ verdict }) => terms(verdict)],
    ["meaning", ({ description }) => description.replace(/\.$/, "")],
  ]
  const used = columns.filter(([head, value]) => head !== "" && rows.some((row) => value(row) !== ""))
  return table(
    used.map(([head]) => head),
    rows.map((row) => used.map(([, value]) => value(row))),
  )
}

const seconds = (millis: number): string => `${Number((millis / 1000).toFixed(3))}`

/** 15 s, 2 min */
const spoken = (duration: Duration.Duration): string => {
  const millis = Duration.toMillis(duration)
  return millis >= 60_000 ? `${millis / 60_000} min` : `${millis / 1000} s`
}

const retries = Array.from({ length: Retry.defaultAttempts - 1 }, (_, n) => Backoff.delay(Backoff.guide, n))
const total = retries.reduce((sum, delay) => sum + delay, 0)

const delays = [
  table(
    ["retry", ...retries.map((_, n) => String(n + 1)), "together"],
    [
      ["delay, s", ...retries.map(seconds), seconds(total)],
      ["shortest wait, s", ...retries.map((delay) => seconds(Backoff.equalWait(delay, 0))), seconds(total / 2)],
      ["longest wait, s", ...retries.map((delay) => seconds(Backoff.equalWait(delay, 1))), seconds(total)],
    ],
  ),
  "",
  `${Retry.defaultAttempts} attempts in all, so ${retries.length} waits; the cap is ${seconds(Duration.toMillis(Backoff.guide.cap))} s.`,
].join("\n")

const jitters = (() => {
  const longest = Duration.toMillis(Backoff.guide.cap)
  const at = (wait: (delay: number, random: number) => number, delay: number) =>
    `${seconds(wait(delay, 0))} – ${seconds(wait(delay, 1))}`
  const row = (name: string, wait: (delay: number, random: number) => number, note: string) => [
    `\`Backoff.${name}\``,
    at(wait, 2000),
    at(wait, longest),
    note,
  ]
  return table(
    ["jitter", "wait for a delay of 2 s", `at the cap of ${seconds(longest)} s`, "note"],
    [
      row("equalJitter", Backoff.equalWait, "the default: keeps the cap, spreads at the cap too"),
      row("fullJitter", Backoff.fullWait, "the widest spread; a wait may be close to nothing"),
      row("proportionalJitter", Backoff.proportionalWait, "keeps the mean; passes the cap"),
      row("additiveJitter", Backoff.additiveWait, "the prose of Frame.io's guide; passes the cap"),
      [
        "`Backoff.decorrelatedJitter`",
        at((previous, random) => Backoff.decorrelatedWait(Backoff.guide, previous, random), 2000),
        at((previous, random) => Backoff.decorrelatedWait(Backoff.guide, previous, random), longest),
        "depends on the wait before instead of the delay; keeps the cap",
      ],
    ],
  )
})()

const timeouts = table(
  ["constant", "time of one attempt", "for"],
  [
    ["`Timeouts.request`", spoken(Timeouts.request), "any request that is none of the following"],
    ["`Timeouts.probe`", spoken(Timeouts.probe), "the health probe"],
    ["`Timeouts.refresh`", spoken(Timeouts.refresh), "a token refresh: giving up early costs a new pairing"],
    ["`Timeouts.chunk`", spoken(Timeouts.chunk), "one chunk of a file, about 20 MB"],
  ],
)

const exitCodes = table(
  ["code", "meaning"],
  Object.values(ExitCode.table).map(({ code, meaning }) => [String(code), meaning]),
)

/** What a named plan is made of, in a few words. */
const summary = ({ rules = [], deals = [], outages = [] }: FaultPlan.FaultPlan): string => {
  const faults = [...rules.map(({ fault }) => fault), ...deals.flatMap(({ hands }) => hands.flat())]
  const kinds = [...new Set(faults.map(({ kind }) => kind))]
  const parts = [
    kinds.length === 0 ? "" : kinds.map((kind) => `\`${kind}\``).join(", "),
    ...outages.map(({ seconds, routes }) => `${routes?.join(" and ") ?? "the whole server"} gone for ${seconds} s`),
  ].filter((part) => part !== "")
  return parts.length === 0 ? "nothing goes wrong" : parts.join("; ")
}

const plans = table(
  ["plan", "what happens"],
  FaultPlan.names.map((name) => [`\`${name}\``, summary(FaultPlan.named[name])]),
)

const faults = table(
  ["kind", "what happens", "where"],
  Object.entries(Fault.kinds).map(([kind, { description, ...rest }]) => [
    `\`${kind}\``,
    description,
    "routes" in rest && rest.routes !== undefined ? rest.routes.map((route) => `\`${route}\``).join(", ") : "any route",
  ]),
)

const routes = table(
  ["route", "request"],
  Object.entries(Route.routes).map(([name, request]) => [`\`${name}\``, request]),
)

const metrics = table(
  ["metric", "unit", "in Prometheus", "what it says", "attributes"],
  PolicyMetrics.names.map((name) => {
    const { attributes, description, type, unit } = PolicyMetrics.definition(name)
    return [
      `\`${name}\``,
      `${type}, \`${unit}\``,
      `\`${PolicyMetrics.prometheusName(name)}\``,
      description,
      attributes.map((attribute) => `\`${attribute}\``).join(", "),
    ]
  }),
)

const metricAttributes = table(
  ["attribute", "value"],
  Object.entries(PolicyMetrics.attributes).map(([name, meaning]) => [`\`${name}\``, meaning]),
)

/** The JSON Schema of a plan file, for editors. */
export const planSchema = (() => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(FaultPlan.FaultPlan, { onExcessProperty: "error" })
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A plan of faults for the Holdfast sandbox",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  }
  return `${JSON.stringify(document, null, 2)}\n`
})()

/** The generated parts: page, name of the marker, text. */
export const sections: ReadonlyArray<readonly [page: string, name: string, text: string]> = [
  ["README.md", "exit codes", exitCodes],
  ["docs/policies.md", "delays", delays],
  ["docs/policies.md", "jitters", jitters],
  ["docs/policies.md", "timeouts", timeouts],
  ...Object.keys(PolicyDefaults.options).map(
    (name) =>
      [
        "docs/policies.md",
        name,
        table(["option", "default", "what it is", "source"], PolicyDefaults.rows(name)),
      ] as const,
  ),
  ["docs/observability.md", "metrics", metrics],
  ["docs/observability.md", "metric attributes", metricAttributes],
  ["docs/testing.md", "plans", plans],
  ["docs/testing.md", "faults", faults],
  ["docs/testing.md", "routes", routes],
  ["docs/errors.md", "transport", errorTable(TransportTable.rows, { key: "seen", form: "reached" })],
  ["docs/errors.md", "statuses", errorTable(StatusTable.rows, { key: "", form: "sent with" })],
  ["docs/errors.md", "oauth", errorTable(OAuthError.rows, { key: "`error`", form: "payload" })],
  ["docs/errors.md", "c2c", errorTable(C2cError.table.rows, { key: "message", form: "payload" })],
  ["docs/errors.md", "s3", errorTable(S3Error.table.rows, { key: "code", form: "no document, headers with" })],
]

if (import.meta.main) {
  writeFileSync(join(root, "docs/generated/fault-plan.schema.json"), planSchema)
  writeFileSync(join(root, Dashboard.path), Dashboard.text)
  for (const [path, text] of PolicyPictures.pictures) writeFileSync(join(root, path), text)
  for (const name of readdirSync(join(root, "docs/generated/diagnosis"))) {
    if (!codePages.some(([path]) => path === `docs/generated/diagnosis/${name}`))
      rmSync(join(root, "docs/generated/diagnosis", name))
  }
  for (const [path, text] of codePages) writeFileSync(join(root, path), text)
  const explainPage = "packages/explain/page/README.md"
  const size = ExplainPage.size(await ExplainPage.build())
  writeFileSync(join(root, explainPage), insert(read(explainPage), "page size", size))

  const written = [...pages, ...packagePages].filter((page) => !page.startsWith("docs/generated/diagnosis/"))
  const output = new Map<string, string>()
  for (const { file } of written.flatMap((page) => fences(read(page)))) {
    if (file !== undefined && !output.has(file)) output.set(file, await Effect.runPromise(run(file)))
  }
  for (const page of written) {
    const before = read(page)
    const tables = sections.filter(([where]) => where === page)
    const after = tables.reduce((text, [, name, part]) => insert(text, name, part), before)
    writeFileSync(
      join(root, page),
      refresh(
        after,
        (file) => read(`docs/${file}`),
        (file) => output.get(file) ?? "",
      ),
    )
  }
}
