/**
 * A limit that depends on the time of the week, in the syntax of rclone's `--bwlimit`.
 */
import * as Result from "effect/Result"
import * as Rate from "./rate.ts"

const minutesOfDay = 24 * 60
const minutesOfWeek = 7 * minutesOfDay

/** A limit that begins at a minute of the week. */
export interface Slot {
  /** The minute of the week at which the limit begins, counted from Sunday 00:00 local time. */
  readonly minute: number
  /** In bytes per second; `Infinity` means unlimited. */
  readonly rate: number
}

/** Limits in the order of their minutes. A limit applies until the next one begins; the last one applies until the first. */
export type Timetable = readonly [Slot, ...ReadonlyArray<Slot>]

/** A point in local time. */
export interface LocalMinute {
  /** The day of the week, from 0 for Sunday. */
  readonly day: number
  /** The minute of the day, from 0. */
  readonly minute: number
}

/** The timetable with one limit for the whole week. */
export const constant = (rate: number): Timetable => [{ minute: 0, rate }]

/** Returns the limit that applies at a point in local time. */
export const rateAt = (timetable: Timetable, { day, minute }: LocalMinute): number => {
  const now = day * minutesOfDay + minute
  const begun = timetable.findLast((slot) => slot.minute <= now)
  return (begun ?? timetable.at(-1) ?? timetable[0]).rate
}

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const

/** Reads the number of a weekday from its English name or the first three letters of the name. */
const dayOf = (text: string): number =>
  days.findIndex((name) => name === text.toLowerCase() || name.slice(0, 3) === text.toLowerCase())

/** An entry of a timetable. Without a `day`, the entry applies to each day. */
interface Entry extends Slot {
  readonly day: number | undefined
  readonly text: string
}

/**
 * Parses one limit (`10M`), or a timetable (`08:00,512k 12:00,10M 23:00,off` or `Mon-00:00,512 Sat-10:00,off`). Fails with a
 * message that names the entry.
 */
export const parse = (text: string): Result.Result<Timetable, string> => {
  const entries = text.split(/[\s;]+/).filter((entry) => entry !== "")
  const [first] = entries
  if (first === undefined) {
    return Result.fail(`expected a limit such as 10M or a timetable such as "08:00,512k 23:00,off", got "${text}"`)
  }
  if (entries.length === 1 && !first.includes(",")) return Result.map(rateOf(first), constant)
  const read: Array<Entry> = []
  for (const [index, entry] of entries.entries()) {
    const parsed = Result.mapError(entryOf(entry), (reason) => `entry ${index + 1} ("${entry}"): ${reason}`)
    if (Result.isFailure(parsed)) return Result.fail(parsed.failure)
    const twice = read.find(({ day, minute }) => day === parsed.success.day && minute === parsed.success.minute)
    if (twice !== undefined) {
      return Result.fail(
        `entry ${index + 1} ("${entry}"): expected one limit for each time, got "${twice.text}" before`,
      )
    }
    read.push(parsed.success)
  }
  return Result.succeed(weekOf(read))
}

/** Parses a rate for uploads. rclone also accepts a second rate, for downloads. */
const rateOf = (text: string): Result.Result<number, string> =>
  text.includes(":") ? Result.fail(`expected one limit, which applies to uploads, got "${text}"`) : Rate.parse(text)

const entryOf = (entry: string): Result.Result<Entry, string> => {
  const [when = "", rate, ...more] = entry.split(",")
  if (rate === undefined || more.length > 0) {
    return Result.fail(`expected a time, a comma and a limit, such as 08:00,512k or Mon-08:00,512k`)
  }
  const dash = when.lastIndexOf("-")
  const [weekday, time] = dash < 0 ? [undefined, when] : [when.slice(0, dash), when.slice(dash + 1)]
  const day = weekday === undefined ? undefined : dayOf(weekday)
  if (day === -1) return Result.fail(`expected a weekday from Mon to Sun, got "${weekday}"`)
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  if (hours === undefined) return Result.fail(`expected a time from 00:00 to 23:59, got "${time}"`)
  return Result.map(rateOf(rate), (bytes) => ({
    day,
    minute: Number(hours) * 60 + Number(minutes),
    rate: bytes,
    text: entry,
  }))
}

/**
 * Expands entries without a weekday. At the same minute, an entry with a weekday takes precedence over one without a weekday.
 */
const weekOf = (entries: ReadonlyArray<Entry>): Timetable => {
  const week = new Map<number, number>()
  for (const { day, minute, rate } of entries) {
    if (day !== undefined) continue
    for (let at = minute; at < minutesOfWeek; at += minutesOfDay) week.set(at, rate)
  }
  for (const { day, minute, rate } of entries) if (day !== undefined) week.set(day * minutesOfDay + minute, rate)
  const [first, ...rest] = [...week].map(([minute, rate]) => ({ minute, rate })).toSorted((a, b) => a.minute - b.minute)
  return first === undefined ? constant(Rate.unlimited) : [first, ...rest]
}
