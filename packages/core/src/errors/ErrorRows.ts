/**
 * The rows of a vendor's error table, and how a response finds its row.
 *
 * Kept apart from `ErrorTable` because rows are plain data. Code that only needs a verdict (a diagnosis in a browser, a command
 * that must start fast) does not load the error schemas.
 */
import * as Verdict from "./Verdict.ts"

/**
 * One row of a vendor's table.
 *
 * **Details**
 *
 * A row with a `key` (the vendor's message or code) matches any status; its `status` and `form` only document what the vendor
 * sends. A row without a key matches its `status`, and its payload `form` if it has one. The row with neither a key nor a
 * status is the unknown error.
 *
 * If a verdict omits `outcome` or `applied`, they are derived from the row's documented status, or else from the status of the
 * response.
 */
export interface Row<Class extends string = string> {
  readonly class: Class
  readonly key?: string
  readonly status?: number
  readonly form?: string
  readonly verdict: Verdict.Verdict
  /** A one-line description for the documentation. */
  readonly description: string
  /** Marks a row that is our conclusion and is not documented by the vendor. */
  readonly inferred?: true
}

/** The parts of a response that decide which row it matches. */
export interface Seen {
  readonly key?: string | undefined
  readonly status: number
  readonly form?: string | undefined
}

/** The complete verdict of a row for a response with this status. */
export const verdictOf = (row: Row, status: number): Verdict.Verdict =>
  Verdict.withStatus(row.verdict, row.status ?? status)

/**
 * Finds the row of a response: by key, else by status and form, else by status, else the unknown row. Never throws.
 *
 * **Gotchas**
 *
 * Keys are compared exactly. If two rows have the same key, the first wins. Throws if there is no unknown row.
 */
export const finder = <Tag extends string>(options: {
  readonly system: string
  readonly rows: ReadonlyArray<Row<Tag>>
  readonly unknown: Tag
  /**
   * The verdicts of bare statuses. An unknown code is at least as retryable as its status. Default: the verdict of the unknown
   * row.
   */
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
    throw new Error(`error table "${options.system}" has no row for the unknown class "${options.unknown}"`)
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

/** Maps a bare status and the form of its payload to a verdict. */
export type Statuses = (status: number, form: string | undefined) => Verdict.Verdict

/** The unknown row for a status and form, cached: at least as retryable as the status alone, with a delay at least as long. */
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

/** Caches rows with complete verdicts by row and status: a decoder meets the same few combinations. */
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
