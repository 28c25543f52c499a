/**
 * Uses the message table to determine the meaning of a response and the causes that the response allows.
 */
import type { S3Answer } from "../answer.ts"
import type { Misnamed } from "../client/host.ts"
import type { ClientFault } from "../client/words.ts"
import type { S3Facts } from "../facts.ts"
import { conditions } from "./conditions.ts"
import * as Sentences from "./sentences/index.ts"
import type { Meaning, Row, Words } from "./sentences/row.ts"
import { textOf } from "./text.ts"

const isMeaning = (row: Row): row is Meaning => row.means !== undefined

const namesCauses = ({ allows, denies }: Row): boolean => allows !== undefined || denies !== undefined

/** The rows that name possible causes. */
const causes = Sentences.shared.filter(namesCauses)

/** The rows that each identify a single cause. */
const sufficient = causes.filter(isMeaning)

/** The rows that explain a message without naming a cause. */
const remarks = Sentences.shared.filter((row) => !namesCauses(row)).filter(isMeaning)

/** The parts of a response that the table is matched against. */
interface Said {
  readonly codes: ReadonlyArray<string>
  readonly text: string
  readonly vendor: string
  /** This field is absent if no row depends on the exchange. */
  readonly facts?: S3Facts
}

/** The first matching row; later rows are ignored. */
const first = <One extends Row>(rows: ReadonlyArray<One>, { codes, facts, text, vendor }: Said): One | undefined =>
  rows.find(
    (row) =>
      (row.codes === undefined || row.codes.some((code) => codes.includes(code))) &&
      (row.of === undefined || row.of.some((name) => name === vendor)) &&
      (row.says === undefined || row.says.test(text)) &&
      (row.unless === undefined || !row.unless.test(text)) &&
      (row.where === undefined || (facts !== undefined && conditions[row.where](facts))),
  )

/** The meaning of the code and message in the response. */
export const read = (answer: S3Answer, vendor: string): Words => {
  const said = { codes: [answer.code], text: textOf({ answer }), vendor }
  const isWorded = answer.code !== "" || answer.message !== ""
  let stated: { readonly row: Meaning | undefined } | undefined
  return {
    told: answer.isForeign || answer.status === 0 || !isWorded ? undefined : first(Sentences.documented, said),
    // Cached, since every rule reads it.
    stated: () => (stated ??= { row: first(sufficient, said) }).row,
    remark: () => first(remarks, said)?.means ?? "",
  }
}

/**
 * The codes in the vendors' tables, with their documented status. If a code has several rows, the first row takes precedence.
 */
export const codes: ReadonlyArray<{ readonly code: string; readonly status: number }> = Sentences.documented.flatMap(
  ({ codes = [], status }) => codes.map((code) => ({ code, status })),
)

/**
 * The rule codes that the response allows. `undefined` if the response does not narrow down the cause.
 *
 * **Details**
 *
 * A name that ends with `*` matches every rule code with that prefix.
 */
export const allowed = (facts: S3Facts, codes: ReadonlyArray<string>): ReadonlySet<string> | undefined => {
  const { answer, client, dialect, misnamed, words } = facts
  // The reason why a client sent nothing, or used a nonexistent host, also explains the transport failure.
  if (client !== undefined) return new Set(byFault[client.fault])
  if (misnamed !== undefined) return new Set(byFlaw[misnamed.flaw])
  if (conditions.internalHost(facts)) return new Set(["HF-S3-PLACE-019"])
  if (answer.status === 0 || answer.isForeign) return undefined
  // The vendor's table is narrower than messages that many vendors share.
  const { code, means } = answer
  const row = words.told ?? first(causes, { codes: [code, means], text: textOf(facts), vendor: dialect.name, facts })
  return row === undefined ? undefined : expanded(row, codes)
}

const [noRegion, misnamedRegion, bucketName] = ["HF-S3-CLIENT-004", "HF-S3-CLIENT-010", "HF-S3-PLACE-004"]

/** The possible causes for each client fault. */
const byFault: Readonly<Record<ClientFault, ReadonlyArray<string>>> = {
  "no credentials": ["HF-S3-CLIENT-001"],
  "no identity token": ["HF-S3-CLIENT-008"],
  profile: ["HF-S3-CLIENT-002"],
  "session over": ["HF-S3-CLIENT-003"],
  "no region": [noRegion],
  "region unknown": [misnamedRegion],
  "bucket name": [bucketName],
  "no bucket": [bucketName],
  "hidden ETag": ["HF-S3-CLIENT-005"],
  endpoint: ["HF-S3-CLIENT-006", noRegion, misnamedRegion],
  body: ["HF-S3-CLIENT-007"],
  "not XML": ["HF-S3-CLIENT-009"],
  "state locked": ["HF-S3-CLIENT-012"],
  "lock table": ["HF-S3-CLIENT-013"],
}

/** The possible causes for each host that does not exist. */
const byFlaw: Readonly<Record<Misnamed["flaw"], ReadonlyArray<string>>> = {
  "no region": [noRegion],
  "no bucket": [bucketName],
  zone: [misnamedRegion],
  "no code": [misnamedRegion],
  unknown: [misnamedRegion],
  numbered: [misnamedRegion],
  doubled: ["HF-S3-PLACE-010"],
}

const expanded = (
  { allows, denies }: Pick<Row, "allows" | "denies">,
  codes: ReadonlyArray<string>,
): ReadonlySet<string> => {
  const fits = (patterns: ReadonlyArray<string>) => (code: string) =>
    patterns.some((pattern) =>
      pattern.endsWith("*") ? code.startsWith(`HF-S3-${pattern.slice(0, -1)}`) : code === `HF-S3-${pattern}`,
    )
  const isNamed = allows === undefined ? () => true : fits(allows)
  const isDenied = fits(denies ?? [])
  return new Set(codes.filter((code) => isNamed(code) && !isDenied(code)))
}
