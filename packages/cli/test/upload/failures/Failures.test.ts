import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import * as AssetCreationUncertain from "@holdfast/c2c/AssetCreationUncertain"
import * as IntegrityMismatch from "@holdfast/c2c/IntegrityMismatch"
import * as LocalFileError from "@holdfast/c2c/LocalFileError"
import { Verdict } from "@holdfast/core"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { ConnectionReset } from "@holdfast/http/TransportErrors"
import { Effect, Redacted } from "effect"
import * as Failures from "../../../src/upload/failures/Failures.ts"

const answered = (status: number, url: string): Exchange => ({ request: { url }, response: { status } })
const lost: Exchange = { request: { url: "https://h.example/lost" }, failure: "ECONNRESET" }

const after = (...exchanges: ReadonlyArray<Exchange>) =>
  Effect.gen(function* () {
    const failures = Failures.make()
    for (const exchange of exchanges) yield* failures.recorder.record(Redacted.make(exchange))
    return failures
  })

const c2c = (status: number) => C2cError.fromResponse({ status, headers: {}, body: "" })
const reset = new ConnectionReset({
  verdict: Verdict.always(),
  method: "PUT",
  url: "https://h.example/",
  reached: "maybe",
})

describe("Failures", () => {
  it.effect("finds the newest exchange that has the error's status", () =>
    Effect.gen(function* () {
      const failures = yield* after(
        answered(503, "https://h.example/1"),
        answered(409, "https://h.example/2"),
        answered(409, "https://h.example/3"),
        answered(503, "https://h.example/4"),
        lost,
      )
      assert.strictEqual(failures.of(c2c(409))?.request?.url, "https://h.example/3")
      assert.strictEqual(failures.of(c2c(503))?.request?.url, "https://h.example/4")
      assert.strictEqual(failures.of(reset)?.failure, "ECONNRESET")
      assert.strictEqual(failures.of(AssetCreationUncertain.make("a", reset))?.failure, "ECONNRESET")
      assert.isUndefined(failures.of(c2c(404)))
      assert.strictEqual(failures.last()?.failure, "ECONNRESET")
    }),
  )

  it.effect("does not return an exchange for an error that was not caused by an exchange", () =>
    Effect.gen(function* () {
      const failures = yield* after(answered(503, "https://h.example/"), lost)
      for (const error of [
        IntegrityMismatch.make(1, "aa", "bb"),
        LocalFileError.fromCause("a.mov", Object.assign(new Error("x"), { code: "ENOENT" })),
      ]) {
        assert.isUndefined(failures.of(error))
      }
      const other = failures.branch()
      assert.isUndefined(other.of(c2c(503)))
      assert.isUndefined(other.last())
    }),
  )

  it.effect("removes secrets from exchanges, and keeps only the most recent exchanges", () =>
    Effect.gen(function* () {
      const secret = "EXAMPLEsecretEXAMPLE"
      const many = Array.from({ length: 100 }, (_, index) => answered(503, `https://h.example/${index}`))
      const failures = yield* after(answered(409, "https://h.example/"), ...many, {
        request: {
          url: `https://h.example/?X-Amz-Signature=${secret}`,
          headers: { authorization: `Bearer ${secret}` },
        },
        response: { status: 403 },
      })
      assert.notInclude(JSON.stringify(failures.last()), secret)
      assert.isDefined(failures.of(c2c(503)))
      assert.isUndefined(failures.of(c2c(409)))
    }),
  )
})
