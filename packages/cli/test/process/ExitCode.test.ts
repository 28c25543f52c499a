import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import * as IntegrityMismatch from "@holdfast/c2c/IntegrityMismatch"
import * as LocalFileError from "@holdfast/c2c/LocalFileError"
import { Verdict } from "@holdfast/core"
import { ConnectionRefused } from "@holdfast/http/TransportErrors"
import { S3Error, Unverified } from "@holdfast/s3"
import * as ExitCode from "holdfast/ExitCode"
import { readFileSync } from "node:fs"
import * as Remedy from "../../src/network/Remedy.ts"

const codeOf = (error: Verdict.Classified) => ExitCode.code(Remedy.outcomeOf(error))

const c2c = (status: number, body: string) => C2cError.fromResponse({ status, headers: {}, body })
const s3 = (status: number, code: string) =>
  S3Error.fromResponse({ status, headers: {}, body: `<Error><Code>${code}</Code><Message>m</Message></Error>` })

const unproven = { verdict: Verdict.never({ change: "human" }), method: "PUT", url: "https://s3.example/k" }

describe("ExitCode", () => {
  it("matches the documented table", () => {
    const codes = Object.fromEntries(Object.entries(ExitCode.table).map(([name, { code }]) => [name, code]))
    assert.deepStrictEqual(codes, {
      ok: 0,
      defect: 1,
      usage: 2,
      some: 3,
      pairing: 4,
      temporary: 5,
      refused: 6,
      local: 7,
      integrity: 8,
      unproven: 9,
      queue: 10,
      interrupted: 130,
    })
  })

  it("exits with 9 if nothing proves that the bytes were stored", () => {
    assert.strictEqual(codeOf(new Unverified({ ...unproven, status: 200, reason: "an empty answer", early: false })), 9)
  })

  it("treats every local file error as local, even if it is temporary", () => {
    for (const code of LocalFileError.codes) {
      const error = LocalFileError.fromCause("a.mov", Object.assign(new Error(code), { code }))
      assert.strictEqual(codeOf(error), 7, `${code} is ${error._tag}`)
    }
  })

  it("treats a failed proof as an integrity error, although its verdict allows a retry", () => {
    assert.strictEqual(codeOf(IntegrityMismatch.make(3, "aa", "bb")), 8)
  })

  it("treats a network that remains unreachable as a temporary failure", () => {
    const error = new ConnectionRefused({
      verdict: Verdict.always({ closes: "connectivity" }),
      method: "GET",
      url: "http://127.0.0.1/health",
      reached: "nothing",
    })
    assert.strictEqual(codeOf(error), 5)
  })

  it("treats a network failure as temporary even if the request must not be repeated because the server may have received it", () => {
    const error = { _tag: "ConnectionReset", verdict: Verdict.never({ change: "human", closes: "connectivity" }) }
    assert.strictEqual(codeOf(error), 5)
  })

  it("maps the verdict `always` to a temporary failure and the verdict `never` to a rejection", () => {
    assert.strictEqual(codeOf(c2c(429, '{"error":"slow_down"}')), 5)
    assert.strictEqual(codeOf(s3(503, "SlowDown")), 5)
    assert.strictEqual(codeOf(s3(403, "AccessDenied")), 6)
  })

  it("treats an error that reports an exceeded account plan as a rejection, even though the engine by default retries errors that have no table row", () => {
    const body = '{"code":402,"errors":[],"message":"Plan Exceeded"}'
    const error = c2c(402, body)
    assert.strictEqual(error.verdict.retry, "always")
    assert.strictEqual(codeOf(error), 6)
    assert.strictEqual(
      Remedy.upload(error, "https://api").remedy,
      "ask the owner of the account to change the plan, then run the command again",
    )
  })

  it("treats bytes corrupted in transit as a temporary failure, because the next run resends them", () => {
    for (const code of ["BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch"]) {
      assert.strictEqual(codeOf(s3(400, code)), 5, code)
    }
  })

  it("treats an API error without a table row as temporary, because it is retried up to the last attempt", () => {
    assert.strictEqual(codeOf(c2c(599, "?")), 5)
    assert.strictEqual(codeOf(c2c(418, "?")), 5)
  })

  it("requires the user to pair the device if a new token did not help", () => {
    const error = { _tag: "X", verdict: Verdict.once({ change: "token", closes: "authorization" }) }
    assert.strictEqual(codeOf(error), 4)
  })

  it("uses the exit code that all files share, whether there is one file or several", () => {
    assert.strictEqual(ExitCode.combine(["local"]), "local")
    assert.strictEqual(ExitCode.combine(["local", "local"]), "local")
    assert.strictEqual(ExitCode.combine(["ok", "ok"]), "ok")
    assert.strictEqual(ExitCode.combine(["ok", "local"]), "some")
    assert.strictEqual(ExitCode.combine(["refused", "local"]), "some")
  })

  it("matches the table in the README", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
    for (const { code, meaning } of Object.values(ExitCode.table)) {
      assert.include(readme, `| ${code} | ${meaning} |`)
    }
  })
})
