/**
 * The rows of a vendor's error table, and the lookup of the row that matches a response.
 *
 * This module is separate from `ErrorTable`, because rows are plain data. Code that needs only a verdict does not load the
 * error schemas. Such code includes diagnosis in a browser and any command that must start quickly.
 */
import * as Verdict from "./Verdict.ts"

/**
 * One row of a vendor's error table.
 *
 * **Details**
 *
 * A row with a `key` (the vendor's message or code) matches a response with any status. The `status` and `form` of such a row
 * document what the vendor sends and do not affect the match. A row without a key matches responses with its `status` and, if
 * the row has a `form`, with that payload form. The row that has neither a key nor a status represents the unknown error.
 *
 * If a verdict omits `outcome` or `applied`, the omitted field is derived from the status that the row documents. If the row
 * does not document a status, the field is derived from the status of the response.
 */
export interface Row<Class extends string = string> {
  readonly class: Class
  readonly key?: string
  readonly status?: number
  readonly form?: string
  readonly verdict: Verdict.Verdict
  /** A one-line description for the documentation. */
  readonly description: string
  /** Marks a row that we inferred because the vendor does not document it. */
  readonly inferred?: true
}

/** The parts of a response that determine which row matches. */
export interface Seen {
  readonly key?: string | undefined
  readonly status: number
  readonly form?: string | undefined
}

/** Returns the complete verdict of a row for a response with the given status. */
export const verdictOf = (row: Row, status: number): Verdict.Verdict =>
  Verdict.withStatus(row.verdict, row.status ?? status)

/**
 * Builds a function that finds the row for a response. The function looks for a match by key, then by status and form, and
 * then by status. If no row matches, the function returns the unknown row. Never throws.
 *
 * **Gotchas**
 *
 * Keys must match exactly, including their case. If two rows have the same key, the first row is used. Throws during
 * construction if `rows` does not contain the unknown row.
 */
export const finder = <Tag extends string>(options: {
  readonly system: string
  readonly rows: ReadonlyArray<Row<Tag>>
  readonly unknown: Tag
  /**
   * Returns the verdict for the status of a response that does not match any row. A response with an unknown code is at least
   * as retryable as its status. Default: the verdict of the unknown row.
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

/** Maps a status and the form of the payload to a verdict. */
export type Statuses = (status: number, form: string | undefined) => Verdict.Verdict

/**
 * Builds a function that returns the unknown row for a status and form, and caches the result. The row is at least as
 * retryable as the status, and its pace is `throttled` if the status is throttled.
 */
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

/** Caches rows with complete verdicts by row and status, because a decoder receives the same few combinations repeatedly. */
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
