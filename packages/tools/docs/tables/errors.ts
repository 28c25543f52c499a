/** The error tables of the packages. */
import { C2cError } from "@holdfast/c2c"
import { ErrorRows, type ErrorTable, type Verdict } from "@holdfast/core"
import { StatusTable, TransportTable } from "@holdfast/http"
import { OAuthError } from "@holdfast/oauth/OAuthError"
import { S3Error } from "@holdfast/s3"
import { table } from "./markdown.ts"

/** What a caller has to know besides the retry: the pace, the gate, and what must change first. */
const terms = ({ pace, closes, change }: Verdict.Verdict): string =>
  [
    pace === "throttled" ? "throttled" : "",
    closes === undefined ? "" : `closes ${closes}`,
    change === "nothing" ? "" : `change ${change}`,
  ]
    .filter((term) => term !== "")
    .join("; ")

interface Shown {
  /** The name of the key column in this table. */
  readonly key: string
  /** The name of the form column, if it is shown. */
  readonly form?: string
}

/**
 * The outcome and the effect of a row. Empty for the unknown row, where the status decides, and for an error that comes with a
 * success, where the class says it all.
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

/** Each table by its name in `docs/error-tables.md`. */
export const sections: ReadonlyArray<readonly [name: string, text: string]> = [
  ["transport", errorTable(TransportTable.rows, { key: "seen", form: "reached" })],
  ["statuses", errorTable(StatusTable.rows, { key: "", form: "sent with" })],
  ["oauth", errorTable(OAuthError.rows, { key: "`error`", form: "payload" })],
  ["c2c", errorTable(C2cError.table.rows, { key: "message", form: "payload" })],
  ["s3", errorTable(S3Error.table.rows, { key: "code", form: "no document, headers with" })],
]
