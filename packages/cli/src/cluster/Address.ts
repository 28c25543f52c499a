/**
 * The address of the database that the workers of a cluster share. This module loads nothing of the database's client.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { UsageError } from "../process/PersonError.ts"

/** The address of a database. Only `shown`, which has neither a user nor a password, may be printed. */
export interface Address {
  readonly url: Redacted.Redacted<string>
  /** The host, the port and the name of the database. */
  readonly shown: string
}

/** The variable that names the database if the flag is missing. */
export const variable = "HOLDFAST_DATABASE"

/** `--database`. */
export const flag = (description: string) =>
  Flag.String("database").pipe(Flag.withMetavar("url"), Flag.withDescription(description), Flag.optional)

/** Reads an address. The error does not quote the address, because it may contain a password. */
export const parse = (text: string, name: string): Effect.Effect<Address, UsageError> =>
  Effect.suspend(() => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    const isPostgres = url?.protocol === "postgres:" || url?.protocol === "postgresql:"
    if (url === undefined || !isPostgres || url.hostname === "") {
      return new UsageError({
        problem: `${name} is not the address of a PostgreSQL database`,
        remedy: "write postgres://USER@HOST:5432/NAME",
      })
    }
    if (isTorn(url)) return torn(name)
    const shown = `${url.hostname}:${url.port === "" ? "5432" : url.port}${url.pathname === "/" ? "" : url.pathname}`
    return Effect.succeed({ url: Redacted.make(text, { label: "database" }), shown })
  })

/**
 * Whether a part of the password is elsewhere in the address, because the password contains a `/`, a `?` or a `#`, or cannot be
 * decoded. `shown` would print it.
 */
const isTorn = ({ hash, password, pathname, search, username }: URL): boolean => {
  try {
    decodeURIComponent(username + password)
    return (pathname + search + hash).includes("@")
  } catch {
    return true
  }
}

const torn = (name: string) =>
  new UsageError({
    problem: `the password in ${name} is not percent-encoded`,
    remedy: "write / as %2F, ? as %3F, # as %23, @ as %40 and % as %25",
  })

/** The variable that names the Redis if the flag is missing. */
export const redisVariable = "HOLDFAST_REDIS"

/** Returns the address of the Redis in the flag, or the one in `HOLDFAST_REDIS`, or `undefined`. */
export const redis = (given: Option.Option<string>): Effect.Effect<Address | undefined, UsageError> =>
  Effect.gen(function* () {
    const named = Option.isSome(given) ? given : yield* Effect.orDie(Config.option(Config.String(redisVariable)))
    if (Option.isNone(named) || named.value === "") return undefined
    const url = URL.canParse(named.value) ? new URL(named.value) : undefined
    if (Option.isSome(given) && url !== undefined) hide(url)
    if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === "") {
      return yield* new UsageError({
        problem: `${Option.isSome(given) ? "--redis" : redisVariable} is not the address of a Redis`,
        remedy: "write redis://HOST:6379",
      })
    }
    if (isTorn(url)) return yield* torn(Option.isSome(given) ? "--redis" : redisVariable)
    const shown = `${url.hostname}:${url.port === "" ? "6379" : url.port}`
    return { url: Redacted.make(named.value, { label: "redis" }), shown }
  })

/** Replaces the title of the process if an address on its command line contains a password. */
const hide = ({ password }: URL): void => {
  if (password !== "") process.title = "holdfast"
}

/**
 * Returns the address in the flag, or the one in `HOLDFAST_DATABASE`, or `undefined`.
 *
 * **Details**
 *
 * Other users of the machine can read command lines. If the flag contains a password, the title of the process is replaced, so
 * that a list of processes no longer shows it.
 */
export const resolve = (given: Option.Option<string>): Effect.Effect<Address | undefined, UsageError> =>
  Effect.gen(function* () {
    if (Option.isSome(given)) {
      if (URL.canParse(given.value)) hide(new URL(given.value))
      return yield* parse(given.value, "--database")
    }
    const named = yield* Effect.orDie(Config.option(Config.String(variable)))
    return Option.isSome(named) && named.value !== "" ? yield* parse(named.value, variable) : undefined
  })
