import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Inspectable, Option, Redacted } from "effect"
import * as Address from "../../src/cluster/Address.ts"

const resolve = (given: string | undefined, environment: Record<string, string> = {}) =>
  Address.resolve(Option.fromNullishOr(given)).pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: environment })),
  )

describe("the address of the database", () => {
  it.effect("is that of the flag, and otherwise that of HOLDFAST_DATABASE", () =>
    Effect.gen(function* () {
      const environment = { HOLDFAST_DATABASE: "postgres://user@there/queue" }
      assert.strictEqual((yield* resolve("postgresql://user@here:5433/queue", environment))?.shown, "here:5433/queue")
      assert.strictEqual((yield* resolve(undefined, environment))?.shown, "there:5432/queue")
      assert.isUndefined(yield* resolve(undefined))
      assert.isUndefined(yield* resolve(undefined, { HOLDFAST_DATABASE: "" }))
    }),
  )

  it.effect("is printed without the user and the password", () =>
    Effect.gen(function* () {
      const address = yield* resolve(undefined, { HOLDFAST_DATABASE: "postgres://operator:hush@there/queue" })
      assert.notMatch(`${JSON.stringify(address)} ${Inspectable.toStringUnknown(address)}`, /hush|operator/)
      assert.strictEqual(address && Redacted.value(address.url), "postgres://operator:hush@there/queue")
    }),
  )

  it.effect("is rejected without being quoted if it does not name a PostgreSQL database", () =>
    Effect.gen(function* () {
      for (const wrong of ["mysql://user:hush@there/queue", "user:hush@there", "postgres://"]) {
        const error = yield* Effect.flip(resolve(wrong))
        assert.strictEqual(
          error.message,
          "--database is not the address of a PostgreSQL database; write postgres://USER@HOST:5432/NAME",
        )
      }
      const error = yield* Effect.flip(resolve(undefined, { HOLDFAST_DATABASE: "hush" }))
      assert.include(error.message, "HOLDFAST_DATABASE is not the address")
    }),
  )

  it.effect.each([
    "postgres://user:123/hush@there/queue",
    "postgres://user:/hush@there/queue",
    "postgres://user:12?hush@there/queue",
    "postgres://user:12#hush@there/queue",
    "postgres://user:a@b/c?hush@there/queue",
    "postgres://u:hush%zz@there/q",
  ])("is rejected without being quoted if a part of its password would be printed: %s", (wrong) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(resolve(wrong))
      assert.strictEqual(
        error.message,
        "the password in --database is not percent-encoded; write / as %2F, ? as %3F, # as %23, @ as %40 and % as %25",
      )
      const redis = Address.redis(Option.some(wrong.replace("postgres", "redis")))
      assert.include((yield* Effect.flip(redis)).message, "the password in --redis is not percent-encoded")
    }),
  )

  it.effect("replaces the title of a process whose command line contains a password", () =>
    Effect.gen(function* () {
      const before = process.title
      yield* resolve("postgres://operator@there/queue")
      assert.strictEqual(process.title, before)
      yield* resolve("postgres://operator:hush@there/queue")
      assert.strictEqual(process.title, "holdfast")
      process.title = before
    }),
  )
})
