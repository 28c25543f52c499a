import * as Util from "node:util"
import { ForeignError, Verdict } from "@holdfast/core"
import { Cause, Data } from "effect"
import { assert, describe, it } from "@effect/vitest"

class Own extends Data.TaggedError("Own")<{ readonly verdict: Verdict.Verdict }> {}

/** All the forms in which a log could print a value. */
const shown = (value: unknown): string =>
  [
    Util.inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value) ?? "",
    Cause.pretty(Cause.fail(value)),
    String(value),
  ].join("\n")

describe("ForeignError", () => {
  it("keeps the name, code and message of an error, its causes and its aggregated errors, and drops all other fields", () => {
    const parser = Object.assign(new Error("Invalid character in chunk size"), {
      name: "HTTPParserError",
      code: "HPE_INVALID_CHUNK_SIZE",
      data: "CANARY",
      socket: { remote: "CANARY" },
      response: { body: "CANARY" },
    })
    const cause = new AggregateError(
      [parser, Object.assign(new Error("refused"), { code: "ECONNREFUSED", address: "CANARY" })],
      "all failed",
    )
    const outer = new TypeError("fetch failed", { cause })
    Object.defineProperty(outer, "config", { value: { headers: { authorization: "CANARY" } } })
    const kept = ForeignError.keep(outer) as TypeError & { readonly cause: AggregateError }
    assert.instanceOf(kept, Error)
    assert.deepStrictEqual([kept.name, kept.message], ["TypeError", "fetch failed"])
    assert.deepStrictEqual([kept.cause.name, kept.cause.message], ["AggregateError", "all failed"])
    assert.deepStrictEqual(
      kept.cause.errors.map(({ code, message, name }: NodeJS.ErrnoException) => [name, code, message]),
      [
        ["HTTPParserError", "HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size"],
        ["Error", "ECONNREFUSED", "refused"],
      ],
    )
    assert.notInclude(shown(kept), "CANARY")
    assert.notInclude(shown(kept), "ForeignError.test.ts", "nor does it show where the client works inside")
  })

  it("truncates URLs after the path, and shortens long messages", () => {
    const message =
      "request to https://user:CANARY@b.test/k?X-Amz-Signature=CANARY#CANARY failed, reason: socket hang up"
    const kept = ForeignError.keep(new Error(message)) as Error
    assert.strictEqual(kept.message, "request to https://b.test/k failed, reason: socket hang up")
    assert.isAtMost((ForeignError.keep(new Error("x".repeat(1e6))) as Error).message.length, 501)
  })

  it("does not throw for cycles, throwing getters, proxies, or values that are not errors", () => {
    const circle = new Error("round") as Error & { cause: unknown }
    circle.cause = circle
    const hostile = {
      get message(): string {
        throw new Error("no")
      },
      get cause(): unknown {
        throw new Error("no")
      },
    }
    const closed = new Proxy({}, { get: () => assert.fail("no") })
    for (const value of [circle, hostile, closed, null, undefined, 1, "text", Symbol("s"), 1n, () => 1, [], {}]) {
      assert.doesNotThrow(() => ForeignError.keep(value))
    }
    assert.strictEqual(ForeignError.keep("see https://a.test/?secret=1"), "see https://a.test/")
  })

  it("leaves Holdfast's own errors unchanged", () => {
    const own = new Own({ verdict: Verdict.once() })
    assert.strictEqual((ForeignError.keep(new Error("outer", { cause: own })) as Error).cause, own)
  })
})
