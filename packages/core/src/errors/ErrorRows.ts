/**
 * The rows of a vendor's error table, and how a response finds its row.
 *
 * Apart from `ErrorTable` because rows are plain data: what only asks for a verdict (a diagnosis in a browser, a command
 * that must answer at once) does not load the schemas of the errors.
 */
import * as Verdict from "./Verdict.ts"

/**
 * One row of a vendor's table.
 *
 * **Details**
 *
 * A row with a `key` (the vendor's message or code) matches whatever the status was; `status` and `form` are then what
 * the vendor documents. A row without a key matches its `status`, and its `form` of payload where it names one. The row
 * with neither is the unknown error.
 *
 * A verdict that does not state `outcome` and `applied` gets them from the status: the one that the row documents, or
 * that of the response where the row documents none.
 */
export interface Row<Class extends string = string> {
  readonly class: Class
  readonly key?: string
  readonly status?: number
  readonly form?: string
  readonly verdict: Verdict.Verdict
  /** One line for the documentation. */
  readonly description: string
  /** The vendor does not state this row: we concluded it. */
  readonly inferred?: true
}

/** What a response said, as far as the table is concerned. */
export interface Seen {
  readonly key?: string | undefined
  readonly status: number
  readonly form?: string | undefined
}

/** The verdict of a row for a response with this status, complete. */
export const verdictOf = (row: Row, status: number): Verdict.Verdict =>
  Verdict.withStatus(row.verdict, row.status ?? status)

/**
 * How a response finds its row: by key, else by status and form, else by status, else the unknown row. Total.
 *
 * **Gotchas**
 *
 * Keys are compared exactly; where two rows have the same key, the first wins. Throws when no row is the unknown one.
 */
export const finder = <Tag extends string>(options: {
  readonly system: string
  readonly rows: ReadonlyArray<Row<Tag>>
  readonly unknown: Tag
  /** The verdicts of bare statuses. An unknown code is retried at least as often. Default: the unknown row decides. */
  readonly statuses?: Statuses | undefined
}): ((seen: Seen) => Row<Tag>) => {
  const byKey = new Map<string, Row<Tag>>()
  const byStatus = new Map<string, Row<Tag>>()
  let unknownRow: Row<Tag> | undefined
  const decided = completing<Tag>()
  for (const row of options.rows) {
    if (row.key !== undefined) {
      if (!byKey.has(row.key)) byKey.set(row.key, row)
    } else if (row.status !== undefined) {
      byStatus.set(statusKey(row.status, row.form), row)
    } else if (row.class === options.unknown) {
      unknownRow = row
    }
  }
  if (unknownRow === undefined) {
    throw new Error(`error table "${options.system}": no row for the unknown class "${options.unknown}"`)
  }
  const otherwise = unlisted(unknownRow, options.statuses)
  return ({ key, status, form }) =>
    decided(
      (key === undefined ? undefined : byKey.get(key)) ??
        (form === undefined ? undefined : byStatus.get(statusKey(status, form))) ??
        byStatus.get(statusKey(status, undefined)) ??
        otherwise(status, form),
      status,
    )
}

/** The verdict of a bare status and the form of its payload. */
export type Statuses = (status: number, form: string | undefined) => Verdict.Verdict

/** The unknown row of a status and form, cached: at least as retryable and as slow as the status alone. */
const unlisted = <Tag extends string>(row: Row<Tag>, statuses: Statuses | undefined) => {
  const known = new Map<string, Row<Tag>>()
  return (seen: number, form: string | undefined): Row<Tag> => {
    if (statuses === undefined) return row
    const status = seen >= 100 ? Math.min(Math.trunc(seen), 600) : 0
    const key = statusKey(status, form)
    let found = known.get(key)
    if (found === undefined) {
      const { closes = row.verdict.closes, pace, retry } = statuses(status, form)
      const verdict: Verdict.Verdict = {
        ...row.verdict,
        retry: often[retry] > often[row.verdict.retry] ? retry : row.verdict.retry,
        pace: pace === "throttled" ? pace : row.verdict.pace,
        ...(closes === undefined ? {} : { closes }),
      }
      known.set(key, (found = { ...row, verdict }))
    }
    return found
  }
}

const often: Readonly<Record<Verdict.Retry, number>> = { never: 0, once: 1, always: 2 }

/** The rows of a finder with complete verdicts, cached by row and status, because a decoder meets the same few. */
const completing = <Tag extends string>(): ((row: Row<Tag>, status: number) => Row<Tag>) => {
  const known = new Map<Row<Tag>, Map<number, Row<Tag>>>()
  return (row, seen) => {
    const status = row.status ?? (seen >= 100 && seen <= 599 ? seen : 0)
    let rows = known.get(row)
    if (rows === undefined) known.set(row, (rows = new Map()))
    let complete = rows.get(status)
    if (complete === undefined) rows.set(status, (complete = { ...row, verdict: verdictOf(row, status) }))
    return complete
  }
}

const statusKey = (status: number, form: string | undefined): string =>
  form === undefined ? `${status}` : `${status} ${form}`
