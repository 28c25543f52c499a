/**
 * Converts the remaining time of a call to a header value, and a header value to a deadline.
 */
import * as Deadline from "@holdfast/core/Deadline"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** `x-request-timeout` contains seconds with up to three decimals; `grpc-timeout` contains an integer and its unit. */
export type Name = "x-request-timeout" | "grpc-timeout"

export const names: ReadonlyArray<Name> = ["x-request-timeout", "grpc-timeout"]

/** Returns the header value for the current deadline, or `undefined` if there is no deadline. */
export const value = (name: Name): Effect.Effect<string | undefined> =>
  Effect.flatMap(Deadline.Current, (deadline) =>
    deadline === undefined
      ? Effect.succeed(undefined)
      : Effect.map(Deadline.remaining, (left) => write(name, Math.floor(Duration.toMillis(left)))),
  )

/** The maximum value that is sent in milliseconds. gRPC allows at most eight digits, so longer times are sent in seconds. */
const most = 99_999_999

const write = (name: Name, ms: number): string =>
  name === "x-request-timeout" ? `${ms / 1000}` : ms <= most ? `${ms}m` : `${Math.min(Math.floor(ms / 1000), most)}S`

/** Converts the value of a header to milliseconds; returns `undefined` if the value is invalid. */
const read: Readonly<Record<Name, (value: string) => number | undefined>> = {
  "x-request-timeout": (value) => (/^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) * 1000 : undefined),
  "grpc-timeout": (value) => {
    const [, digits, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? []
    return digits === undefined ? undefined : Number(digits) * (units[unit] ?? 0)
  },
}

/** The length of each gRPC unit in milliseconds. */
const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** Headers as a record with lower-case names, or as a standard `Headers` object. */
export type Source = Headers | Readonly<Record<string, string | undefined>>

/**
 * Returns the deadline that a caller set in the headers of its request, or `undefined` if the headers do not contain a
 * deadline.
 */
export const from = (headers: Source): Effect.Effect<Deadline.Deadline | undefined> =>
  Effect.suspend(() => {
    const limits = names.flatMap((name) => {
      const value = headers instanceof Headers ? headers.get(name) : headers[name]
      return typeof value === "string" ? (read[name](value.trim()) ?? []) : []
    })
    const limit = Math.min(...limits)
    return Number.isFinite(limit) ? Deadline.after(limit) : Effect.succeed(undefined)
  })
