import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"
import { Retry } from "@holdfast/core"
import { StatusTable } from "@holdfast/http"
import { S3Error } from "@holdfast/s3"
import { decode, foreign, xml } from "../support/errorResponses.ts"

describe("S3Error", () => {
  describe("a response without an S3 document", () => {
    for (const [what, body] of foreign) {
      it(`classifies a response without an S3 document by its status: ${what}`, () => {
        for (const status of [500, 502, 503, 504, 404]) {
          const error = decode(status, body)
          assert.strictEqual(error.verdict.retry, "always", `${status}`)
          assert.strictEqual(error.verdict.pace, status === 503 ? "throttled" : "transient")
          assert.strictEqual(error.code, "")
        }
        assert.strictEqual(decode(500, body)._tag, "InternalServerError")
        assert.strictEqual(decode(503, body)._tag, "SlowDown")
        assert.strictEqual(decode(404, body)._tag, "NotFromS3")
        assert.strictEqual(decode(502, body)._tag, "NotFromS3")
        for (const status of [0, 304, 400, 401, 403, 405, 411, 412, 418, 501, 505, 999]) {
          assert.strictEqual(decode(status, body)._tag, "UnknownS3Error", `${status}`)
          assert.strictEqual(decode(status, body).verdict.retry, StatusTable.find(status).verdict.retry, `${status}`)
        }
        const { pace, retry } = decode(429, body).verdict
        assert.deepStrictEqual([retry, pace], ["always", "throttled"])
      })
    }

    it("treats a 404 to a HEAD as final if the response headers identify the storage", () => {
      for (const headers of [
        { "x-amz-request-id": "tx00000ed30fed522946e00-006b0c1057-1008-default" },
        { "X-Amz-Id-2": "host", Server: "AmazonS3" },
        { server: "MinIO" },
        { "x-guploader-uploadid": "AEnB2EXAMPLE" },
        { "x-oss-request-id": "625A73995C8CEXAMPLE00001" },
      ]) {
        const { _tag, verdict } = decode(404, "", headers)
        assert.deepStrictEqual(
          [_tag, verdict.retry, verdict.change, verdict.outcome],
          ["NoSuchKey", "never", "plan", "ignored"],
        )
        assert.deepStrictEqual(
          [decode(403, "", headers)._tag, decode(403, "", headers).verdict.retry],
          ["AccessDenied", "never"],
        )
        assert.deepStrictEqual(
          [decode(503, "", headers)._tag, decode(503, "", headers).verdict.retry],
          ["SlowDown", "always"],
        )
        assert.strictEqual(decode(502, "", headers)._tag, "InternalServerError")
      }
      for (const headers of [
        {},
        { server: "nginx" },
        { server: "cloudflare", "cf-ray": "1-IAD" },
        { "x-amz-cf-id": "1" },
      ]) {
        const { _tag, verdict } = decode(404, "", headers)
        assert.deepStrictEqual([_tag, verdict.retry], ["NotFromS3", "always"])
      }
    })

    it("states the status and quotes the first bytes of the body", () => {
      assert.strictEqual(decode(403, "").message, "HTTP 403 with no body")
      assert.strictEqual(
        decode(502, "<html>\n  <h1>Bad   Gateway</h1>").message,
        "HTTP 502 with a body that is not from S3: <html> <h1>Bad Gateway</h1>",
      )
      assert.isBelow(decode(502, "x".repeat(1_000_000)).message.length, 300)
    })
  })

  describe("the request of a response", () => {
    const live = (headers: Record<string, string>, status: number, body: string) => {
      const answer = { status, headers: {}, body }
      const request = { url: "https://b.s3.amazonaws.com/k?X-Amz-Signature=0", headers }
      return [S3Error.fromResponse(answer), S3Error.fromExchange(request, answer)] as const
    }

    it("decodes the same error, whatever harmless metadata the request contains", () => {
      for (const [value, status, code, message] of [
        ["internal", 500, "InternalError", "m"],
        ["internal", 200, "InternalError", "m"],
        ["slowdown", 503, "SlowDown", "m"],
        ["signature", 403, "SignatureDoesNotMatch", "m"],
        ["expired token", 400, "ExpiredToken", "m"],
        ["requesttime", 403, "RequestTimeTooSkewed", "m"],
        ["requesttime", 400, "RequestTimeout", "m"],
        ["AccessDenied", 403, "AccessDenied", "Request has expired"],
        ["request has", 403, "AccessDenied", "Request has expired"],
        ["message", 403, "AccessDenied", "Request is not yet valid"],
        ["Error", 404, "NoSuchUpload", "m"],
      ] as const) {
        for (const name of ["x-amz-meta-note", "x-note", "authorization"]) {
          const [alone, real] = live({ [name]: value }, status, xml(code, message))
          assert.deepStrictEqual(
            [real._tag, real.code, real.verdict],
            [alone._tag, alone.code, alone.verdict],
            `${name}: ${value}, ${code}`,
          )
        }
      }
    })

    it("does not store a secret from the request in the error, not even as its code", () => {
      const secret = "correct-horse-battery"
      for (const body of [xml("AccessDenied", `not ${secret}`), xml(secret, secret), `<html>${secret}</html>`]) {
        const [, real] = live({ "x-amz-security-token": secret }, 403, body)
        assert.notInclude(JSON.stringify({ ...real, message: real.message }), secret)
      }
    })
  })

  describe("a response with status 200", () => {
    it("treats a 200 as an error if its body is an error document", () => {
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n\n   ${xml("InternalError", "We encountered an internal error.")}`
      assert.isTrue(S3Error.isErrorBody(body))
      assert.strictEqual(decode(200, body).verdict.retry, "always")
      assert.strictEqual(decode(200, body)._tag, "InternalServerError")
    })

    it("does not treat a 200 as an error if its body is empty or another document", () => {
      for (const body of [
        "",
        " ",
        "<PostResponse><Location>x</Location></PostResponse>",
        '<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>"Error"</ETag></CompleteMultipartUploadResult>',
        "<ErrorDocument><Key>e.html</Key></ErrorDocument>",
        "<html><Error></html>",
        '{"message":"<Error><Code>SlowDown</Code></Error>"}',
        "<!-- <Error><Code>SlowDown</Code></Error>",
      ]) {
        assert.isFalse(S3Error.isErrorBody(body), body)
        assert.strictEqual(decode(200, body)._tag, "UnknownS3Error", body)
      }
    })
  })

  describe("Retry-After", () => {
    const hint = (headers: Record<string, string>, status = 503, body = xml("SlowDown")) => {
      const { probeAfter, retryAfter } = decode(status, body, headers).verdict
      assert.isUndefined(probeAfter)
      return retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
    }

    it("stores Retry-After in the verdict, whether it is given in seconds or as a date by the server's clock", () => {
      assert.strictEqual(hint({ "Retry-After": "7" }), 7000)
      assert.strictEqual(hint({ "retry-after": "2.5" }), 2500)
      assert.strictEqual(hint({ "x-amz-retry-after": "2500" }), 2500)
      assert.strictEqual(
        hint({ "retry-after": "Sat, 21 Nov 2026 17:24:58 GMT", date: "Sat, 21 Nov 2026 17:23:58 GMT" }),
        60_000,
      )
    })

    it("keeps a long Retry-After for the policy to evaluate, and ignores a zero, negative, past or invalid one", () => {
      assert.strictEqual(hint({ "retry-after": "86401" }), 86_401_000)
      assert.strictEqual(hint({ "retry-after": "999999999999" }), 999_999_999_999_000)
      for (const value of ["", " 0 ", "-1", "1e3", "soon", "Sat, 21 Nov 2026 17:24:58 GMT"]) {
        assert.isUndefined(hint({ "retry-after": value }), value)
      }
      assert.isUndefined(hint({}))
    })

    it("ignores Retry-After for any status if nothing shows that the storage responded", () => {
      const headers = { "retry-after": "7" }
      for (const status of [301, 403, 404, 408, 425, 429, 500, 502, 503, 504, 511, 529]) {
        for (const [, body] of foreign) assert.isUndefined(hint(headers, status, body), `${status} ${body}`)
        assert.isUndefined(hint({ ...headers, server: "nginx", "x-amz-cf-id": "1" }, status, ""), `${status}`)
        assert.strictEqual(hint({ ...headers, "x-amz-request-id": "R" }, status, ""), 7000, `${status}`)
        assert.strictEqual(hint(headers, status, xml("BrandNewCode")), 7000, `${status}`)
      }
      assert.isUndefined(hint(headers, 503, "<Error><Message>slow</Message></Error>"))
    })

    it.effect.each([
      ["a proxy", {}, [0, 0.5, 1.5]],
      ["the storage", { server: "AmazonS3" }, [0, 7, 14]],
    ] as const)("delays a retry by a hint only if the storage sent it: 503 from %s", ([, marks, times]) =>
      Effect.gen(function* () {
        const sent: Array<number> = []
        const send = Effect.gen(function* () {
          sent.push((yield* Clock.currentTimeMillis) / 1000)
          return yield* Effect.fail(decode(503, "", { ...marks, "retry-after": "7" }))
        })
        const call = yield* Effect.forkChild(Effect.flip(Effect.retry(send, Retry.policy({ attempts: 3 }))))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(call))._tag, "SlowDown")
        assert.deepStrictEqual(sent, [...times])
      }).pipe(Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })),
    )
  })
})
