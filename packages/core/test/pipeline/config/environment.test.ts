import { assert, describe, it } from "@effect/vitest"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import { ConfigProvider, Effect } from "effect"
import { full, others, type Tree, type Path, leaves } from "../../support/pipelineConfig.ts"

const fromEnv = (env: Record<string, string>, prefix?: string) =>
  PipelineConfig.config(prefix).parse(ConfigProvider.fromEnv({ env }))

/** The issues of a failed config by variable name. */
const refused = (env: Record<string, string>) =>
  Effect.map(Effect.flip(fromEnv(env)), ({ cause }) =>
    String(cause)
      .replace(/^SchemaError\(|\)$/g, "")
      .split(/(?<=\])\n/)
      .map((text) => {
        const [, message, name] = /^(.*)\n\s+at \["(.*)"\]$/.exec(text) ?? []
        return `${name}: ${message}`
      }),
  )

describe("PipelineConfig.config", () => {
  const constant = (path: Path) => path.map((key) => key.replace(/[A-Z]/g, "_$&").toUpperCase()).join("_")

  it.effect("reads each option from the variable with the corresponding name", () =>
    Effect.gen(function* () {
      for (const settings of [full, ...others]) {
        const at = (path: Path) => path.reduce<unknown>((tree, key) => (tree as Tree)[key], settings)
        const env = Object.fromEntries(leaves(settings).map((path) => [`HOLDFAST_${constant(path)}`, String(at(path))]))
        assert.deepStrictEqual<unknown>(yield* fromEnv(env), settings)
      }
    }),
  )

  it.effect("returns empty settings if no variable is set, and ignores variables that do not name a policy", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fromEnv({ HOLDFAST_HOME: "/x", HOLDFAST_CLIENT_ID: "y", PATH: "z" }), {})
    }),
  )

  it.effect("enables and disables entire policies", () =>
    Effect.gen(function* () {
      const env = { HOLDFAST_BREAKER: "on", HOLDFAST_RETRY: "off", HOLDFAST_RETRY_ATTEMPTS: "4" }
      assert.deepStrictEqual(yield* fromEnv(env), { breaker: {} })
    }),
  )

  it.effect("accepts a duration with a unit, and rejects a number without a unit", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fromEnv({ HOLDFAST_TIMEOUT: "1500 millis" }), { timeout: "1500 millis" })
      for (const bare of ["15", "1500", " 15 ", "0", "1.5", "1e3", "-1", "Infinity"]) {
        const allowed = 'expected a duration, such as "15 seconds" or "500 millis"'
        assert.deepStrictEqual(yield* refused({ HOLDFAST_TIMEOUT: bare, HOLDFAST_RETRY_HINT_CAP: bare }), [
          `HOLDFAST_RETRY_HINT_CAP: ${allowed}, got ${JSON.stringify(bare)}, which has no unit`,
          `HOLDFAST_TIMEOUT: ${allowed}, got ${JSON.stringify(bare)}, which has no unit`,
        ])
      }
      assert.deepStrictEqual(yield* refused({ HOLDFAST_TIMEOUT: "soon" }), [
        'HOLDFAST_TIMEOUT: expected a duration > 0 ms, such as "15 seconds" or "500 millis", got "soon"',
      ])
    }),
  )

  it.effect("accepts a custom prefix or an empty prefix", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* fromEnv({ MY_APP_TIMEOUT: "5 seconds" }, "MY_APP"), { timeout: "5 seconds" })
      assert.deepStrictEqual(yield* fromEnv({ TIMEOUT: "5 seconds" }, ""), { timeout: "5 seconds" })
    }),
  )

  it.effect("reports variables that look like misspelled settings, and ignores variables of other programs", () =>
    Effect.gen(function* () {
      assert.sameMembers(
        yield* refused({ HOLDFAST_TIMOUT: "5 s", HOLDFAST_BULKHED_PERMITS: "3", HOLDFAST_HOME: "/" }),
        [
          "HOLDFAST_TIMOUT: unknown variable (expected HOLDFAST_TIMEOUT)",
          "HOLDFAST_BULKHED_PERMITS: unknown variable (expected HOLDFAST_BULKHEAD_PERMITS)",
        ],
      )
      const others = { HOLDFAST_HOME: "/", HOLDFAST_CLIENT_ID: "a", HOLDFAST_CLIENT_SECRET: "b", HOLDFAST_DEBUG: "1" }
      assert.deepStrictEqual(yield* fromEnv({ ...others, HOLDFASTER_TIMOUT: "1" }), {})
    }),
  )

  it.effect("reports the names of invalid, unknown and contradictory variables", () =>
    Effect.gen(function* () {
      const issues = yield* refused({
        HOLDFAST_RETRY_ATTEMPTS: "ten",
        HOLDFAST_RETRY_ATEMPTS: "3",
        HOLDFAST_BREAKER_DRY_RUN: "maybe",
        HOLDFAST_BREAKER_OPEN: "1 second",
        HOLDFAST_BREAKER_OPEN_FACTOR: "2",
        HOLDFAST_BULKHEAD_QUEUE: "5",
        HOLDFAST_THROTTLE: "perhaps",
        HOLDFAST_TIMEOUT_MS: "5",
      })
      assert.sameMembers(issues, [
        "HOLDFAST_RETRY_ATEMPTS: unknown variable (expected HOLDFAST_RETRY_ATTEMPTS)",
        "HOLDFAST_TIMEOUT_MS: unknown variable (expected HOLDFAST_TIMEOUT)",
        "HOLDFAST_BREAKER_OPEN_FACTOR: expected none beside breaker.open, got a value",
        'HOLDFAST_THROTTLE: expected "on" or "off", got "perhaps"',
        'HOLDFAST_RETRY_ATTEMPTS: expected an integer >= 1, got "ten"',
        "HOLDFAST_BULKHEAD_PERMITS: expected an integer >= 1, got nothing",
        'HOLDFAST_BREAKER_DRY_RUN: expected true or false, got "maybe"',
      ])
    }),
  )
})
