import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import { Duration, Effect, Random, Schema } from "effect"

/**
 * The message table of Frame.io's error guide, row by row, with our decisions for `Not Authorized` and `unauthorized_client`.
 */
const messages: ReadonlyArray<[key: string, tag: C2cError["_tag"], status: number, form: string, retry: string]> = [
  ["access_denied", "AccessDenied", 401, "simple", "once"],
  ["authorization_pending", "AuthorizationPending", 400, "simple", "always"],
  ["Channel Paused", "ChannelPaused", 409, "simple", "never"],
  ["expired_token", "ExpiredToken", 400, "simple", "never"],
  ["Invalid Argument", "InvalidArgument", 422, "detailed", "never"],
  ["invalid_client", "InvalidClient", 400, "simple", "never"],
  ["Invalid client version", "InvalidClientVersion", 400, "simple", "never"],
  ["invalid_grant", "InvalidGrant", 400, "simple", "never"],
  ["invalid_request", "InvalidRequest", 400, "simple", "once"],
  ["Not Authorized", "UnauthorizedClient", 401, "detailed", "once"],
  ["slow_down", "SlowDown", 400, "simple", "always"],
  ["unauthorized_client", "UnauthorizedClient", 401, "simple", "always"],
]

/** The statuses in the table without a payload. */
const statuses: ReadonlyArray<[status: number, tag: C2cError["_tag"], retry: string, inferred: boolean]> = [
  [400, "BadRequest", "once", true],
  [401, "UnauthorizedClient", "always", true],
  [404, "NotFound", "always", true],
  [405, "MethodNotAllowed", "once", true],
  [415, "InvalidContentType", "never", true],
  [422, "InvalidArgument", "never", true],
  [429, "SlowDown", "always", false],
  [500, "InternalServerError", "once", false],
  [502, "ServiceUnavailable", "always", true],
  [503, "ServiceUnavailable", "always", true],
  [504, "ServiceUnavailable", "always", true],
  [511, "ServiceUnavailable", "always", true],
]

describe("C2cError", () => {
  describe("fromResponse", () => {
    it.effect.each(messages)("classifies the error message %s", ([key, tag, status, form, retry]) =>
      Effect.sync(() => {
        for (const body of [simple(key), detailed(key, status)]) {
          const error = C2cError.fromResponse({ status, headers: {}, body })
          assert.strictEqual(error._tag, tag)
          assert.strictEqual(error.verdict.retry, retry)
          assert.strictEqual(error.key, key)
          assert.strictEqual(error.status, status)
        }
        const row = C2cError.table.rows.find((row) => row.key === key)
        assert.deepInclude(row, { class: tag, status, form })
        assert.isUndefined(row?.inferred)
      }),
    )

    it.effect.each(statuses)("classifies the status %s", ([status, tag, retry, inferred]) =>
      Effect.sync(() => {
        for (const body of ["", "<html><body>Sorry</body></html>", "null", "[]", '{"ok":false}', "{", '"slow_down"']) {
          const error = C2cError.fromResponse({ status, headers: {}, body })
          assert.strictEqual(error._tag, tag)
          assert.strictEqual(error.verdict.retry, retry)
          assert.strictEqual(error.form, "none")
        }
        const row = C2cError.table.rows.find((row) => row.key === undefined && row.status === status)
        assert.strictEqual(row?.inferred === true, inferred)
      }),
    )

    it("covers every row of the error table", () => {
      assert.deepStrictEqual(
        C2cError.table.rows.flatMap((row) => (row.key === undefined ? [] : [row.key])).toSorted(),
        messages.map(([key]) => key).toSorted(),
      )
      assert.deepStrictEqual(
        [...new Set(C2cError.table.rows.flatMap((row) => (row.key === undefined ? [row.status] : [])))].toSorted(),
        [...statuses.map(([status]) => status), undefined].toSorted(),
      )
    })

    it("gives the payload precedence over the status", () => {
      const error = C2cError.fromResponse({ status: 500, headers: {}, body: simple("slow_down") })
      assert.deepInclude(error, { _tag: "SlowDown", status: 500 })
    })

    it("reads `message` only if `error` is absent or null, as in Frame.io's error guide", () => {
      const both = '{"error":"invalid_client","message":"Channel Paused","code":409}'
      assert.strictEqual(C2cError.fromResponse({ status: 400, headers: {}, body: both })._tag, "InvalidClient")
      const blank = '{"error":null,"message":"Channel Paused","code":409}'
      assert.strictEqual(C2cError.fromResponse({ status: 400, headers: {}, body: blank })._tag, "ChannelPaused")
    })

    it("keeps an unknown message, regardless of whether the status is known", () => {
      const known = C2cError.fromResponse({ status: 400, headers: {}, body: simple("devices_disabled") })
      assert.deepInclude(known, { _tag: "BadRequest", key: "devices_disabled" })
      const unknown = C2cError.fromResponse({ status: 418, headers: {}, body: detailed("I'm a teapot", 418) })
      assert.deepInclude(unknown, { _tag: "UnknownApiError", key: "I'm a teapot", status: 418 })
      assert.strictEqual(unknown.verdict.retry, "always")
    })

    it("retries an unknown error until no attempts are left, and closes the connectivity gate after a 5xx response that is not from Frame.io", () => {
      const verdict = (status: number, body: string) => C2cError.fromResponse({ status, headers: {}, body }).verdict
      for (const status of [403, 408, 409, 410, 418, 451]) {
        assert.deepInclude(verdict(status, ""), { retry: "always" })
        assert.isUndefined(verdict(status, "").closes, `${status}`)
      }
      for (const status of [501, 505, 507, 508, 520, 522, 524, 529, 530, 599]) {
        for (const body of ["", "<html>522</html>", '{"message":"upstream","code":"E"}']) {
          assert.deepInclude(verdict(status, body), { retry: "always", closes: "connectivity" }, `${status} ${body}`)
        }
        for (const body of [simple("brand_new"), detailed("Brand new", status)]) {
          assert.strictEqual(verdict(status, body).retry, "always")
          assert.isUndefined(verdict(status, body).closes, `${status} ${body}`)
        }
      }
    })

    it("states for each response whether the service is unhealthy and whether the request may have been applied", () => {
      const stated = (status: number, body = "") => {
        const { applied, outcome } = C2cError.fromResponse({ status, headers: {}, body }).verdict
        return [outcome, applied]
      }
      assert.deepStrictEqual(stated(400, simple("authorization_pending")), ["ignored", "no"])
      assert.deepStrictEqual(stated(400, simple("slow_down")), ["overload", "no"])
      assert.deepStrictEqual(stated(429), ["overload", "no"])
      assert.deepStrictEqual(stated(404), ["ignored", "no"])
      assert.deepStrictEqual(stated(401), ["ignored", "no"])
      assert.deepStrictEqual(stated(500), ["failure", "maybe"])
      assert.deepStrictEqual(stated(502), ["failure", "maybe"])
      assert.deepStrictEqual(stated(503), ["overload", "no"])
      assert.deepStrictEqual(stated(511), ["failure", "no"])
      assert.deepStrictEqual(stated(524), ["failure", "maybe"])
    })

    it("retries a 404 from an intermediary, but not a 404 from Frame.io itself", () => {
      const retry = (body: string) => C2cError.fromResponse({ status: 404, headers: {}, body }).verdict.retry
      assert.strictEqual(retry(""), "always")
      assert.strictEqual(retry("<html>404</html>"), "always")
      // Two gateways with their own JSON formats.
      assert.strictEqual(retry('{"message":"no Route matched with those values"}'), "always")
      assert.strictEqual(retry('{"timestamp":1,"status":404,"error":"Not Found","path":"/v2"}'), "always")
      assert.strictEqual(retry(detailed("Not Found", 404)), "once")
      assert.strictEqual(retry(simple("not_found")), "once")
    })

    it("closes the gate that the table row specifies", () => {
      const closes = (status: number, body = "") => C2cError.fromResponse({ status, headers: {}, body }).verdict.closes
      assert.strictEqual(closes(401), "authorization")
      assert.strictEqual(closes(401, simple("unauthorized_client")), "authorization")
      assert.strictEqual(closes(401, detailed("Not Authorized", 401)), "authorization")
      assert.strictEqual(closes(502), "connectivity")
      assert.isUndefined(closes(401, simple("access_denied")))
      assert.isUndefined(closes(500))
    })

    it("includes the payload's detail in the human-readable error message", () => {
      const error = C2cError.fromResponse({
        status: 409,
        headers: { "X-Request-Id": "F1" },
        body: `{"code":409,"errors":[{"code":409,"detail":"The channel is paused.","status":409,"title":"Channel Paused"}],"message":"Channel Paused"}`,
      })
      assert.deepInclude(error, {
        _tag: "ChannelPaused",
        form: "detailed",
        detail: "The channel is paused.",
        requestId: "F1",
        message: "Channel Paused: The channel is paused. (HTTP 409)",
      })
    })

    it("reads a hint of any length, in seconds or as a date, and ignores an invalid hint", () => {
      const hint = (headers: Record<string, string>) => {
        const { retryAfter } = C2cError.fromResponse({ status: 429, headers, body: simple("slow_down") }).verdict
        return retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
      }
      assert.strictEqual(hint({ "retry-after": "7" }), 7_000)
      assert.strictEqual(hint({ "Retry-After": "99999999" }), 99_999_999_000)
      const date = "Wed, 21 Oct 2026 07:28:00 GMT"
      assert.strictEqual(hint({ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date }), 30_000)
      assert.isUndefined(hint({ "retry-after": "Wed, 21 Oct 2020 07:28:00 GMT", date }))
      assert.isUndefined(hint({ "retry-after": date }))
      for (const value of ["", " 0 ", "-1", "1e9", "soon"]) {
        assert.isUndefined(hint({ "retry-after": value, date }))
      }
    })

    it("applies the hint only to the gate that the response closes if the response lacks Frame.io's payload", () => {
      const hints = (status: number, body: string) => {
        const { probeAfter, retryAfter } = C2cError.fromResponse({
          status,
          headers: { "retry-after": "7" },
          body,
        }).verdict
        return [retryAfter, probeAfter].map((hint) => hint && Duration.toSeconds(hint))
      }
      for (const body of ["", "{}", "<html>", '{"message":"Too Many Requests"}', '{"error":"busy","path":"/"}']) {
        for (const status of [400, 404, 408, 429, 500]) {
          assert.deepStrictEqual(hints(status, body), [undefined, undefined], `${status} ${body}`)
        }
        for (const status of [502, 503, 504, 511, 520]) {
          assert.deepStrictEqual(hints(status, body), [undefined, 7], `${status} ${body}`)
        }
      }
      assert.deepStrictEqual(hints(503, detailed("Maintenance", 503)), [7, undefined])
    })

    it("does not record a stack trace, but leaves the stack traces of other errors intact", () => {
      const frames = (error: Error) => (error.stack ?? "").split("\n    at ").length - 1
      assert.strictEqual(frames(C2cError.fromResponse({ status: 429, headers: {}, body: "" })), 0)
      assert.isAbove(frames(new Error("thrown here")), 0)
    })

    it("does not treat inherited property names as known errors", () => {
      for (const key of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
        const error = C2cError.fromResponse({ status: 400, headers: {}, body: simple(key) })
        assert.deepInclude(error, { _tag: "BadRequest", key })
      }
      assert.strictEqual(
        C2cError.fromResponse({ status: 400, headers: {}, body: '{"__proto__":{"error":"slow_down"}}' })._tag,
        "BadRequest",
      )
    })

    it("truncates a long message", () => {
      const error = C2cError.fromResponse({ status: 400, headers: {}, body: simple("x".repeat(60_000)) })
      assert.strictEqual(error.key?.length, 512)
      assert.isBelow(error.message.length, 600)
    })

    it.effect(
      "converts 10 000 arbitrary responses to errors without throwing, and each error survives a JSON round trip",
      () =>
        Effect.gen(function* () {
          const encode = Schema.encodeUnknownSync(C2cError.json)
          const decode = Schema.decodeUnknownSync(C2cError.json)
          const seen = new Set<string>()
          for (let n = 0; n < 10_000; n++) {
            const answer = yield* arbitraryAnswer
            const error = C2cError.fromResponse(answer)
            seen.add(error._tag)
            // Plain comparisons: chai would take longer than the rest of the test.
            if (!["always", "once", "never"].includes(error.verdict.retry)) assert.fail(JSON.stringify(answer))
            const line = JSON.stringify(encode(error))
            const back = decode(JSON.parse(line))
            if (JSON.stringify(encode(back)) !== line || back._tag !== error._tag || back.message !== error.message) {
              assert.deepStrictEqual(back, error, JSON.stringify(answer))
            }
          }
          assert.sameMembers([...seen], Object.keys(C2cError.table.classes))
        }).pipe(Random.withSeed("c2c")),
      30_000,
    )
  })

  describe("match", () => {
    it("distinguishes errors by their tags", () => {
      const paused = C2cError.fromResponse({ status: 409, headers: {}, body: simple("Channel Paused") })
      assert.isTrue(C2cError.guards.ChannelPaused(paused))
      assert.isFalse(C2cError.isAnyOf(["SlowDown", "NotFound"])(paused))
    })
  })
})

const simple = (error: string): string => `{"error":${JSON.stringify(error)}}`

const detailed = (message: string, code: number): string =>
  JSON.stringify({ code, errors: [{ code, detail: "…", status: code, title: message }], message })

const pick = <A>(values: ReadonlyArray<A>): Effect.Effect<A> =>
  Effect.map(Random.nextIntBetween(0, values.length - 1), (n) => values[n]!)

/** Any UTF-16 units, including lone surrogates and control characters. */
const arbitraryText = Effect.gen(function* () {
  const length = yield* Random.nextIntBetween(0, 40)
  const units: Array<number> = []
  for (let n = 0; n < length; n++) {
    units.push(yield* Random.nextIntBetween(0, (yield* Random.nextBoolean) ? 127 : 0xffff))
  }
  return String.fromCharCode(...units)
})

const arbitraryJson = (depth: number): Effect.Effect<unknown> =>
  Effect.gen(function* () {
    switch (yield* Random.nextIntBetween(0, depth > 3 ? 4 : 7)) {
      case 0:
        return null
      case 1:
        return yield* Random.nextBoolean
      case 2:
        return yield* Random.nextIntBetween(-1_000, 1_000)
      case 3:
        return yield* arbitraryText
      case 4:
        return (yield* pick(messages))[0]
      case 5:
        return [yield* arbitraryJson(depth + 1), yield* arbitraryJson(depth + 1)]
      default: {
        const entries: Array<[string, unknown]> = []
        for (let n = yield* Random.nextIntBetween(0, 4); n > 0; n--) {
          const name = yield* pick(["error", "message", "errors", "code", "title", "detail", "__proto__", "error_uri"])
          entries.push([name, yield* arbitraryJson(depth + 1)])
        }
        return Object.fromEntries(entries)
      }
    }
  })

const arbitraryAnswer = Effect.gen(function* () {
  const status = (yield* Random.nextBoolean)
    ? (yield* pick(statuses))[0]
    : yield* pick([0, -1, 200, 204, 302, 403, 409, 418, 451, 599, 1e9, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
  const json = JSON.stringify(yield* arbitraryJson(0))
  const body = yield* pick([
    json,
    json.slice(0, yield* Random.nextIntBetween(0, json.length)),
    `\ufeff${json}`,
    `<html>${json}</html>`,
    yield* arbitraryText,
    simple((yield* pick(messages))[0]),
    "[".repeat(2_000),
  ])
  const headers: Record<string, string> = {}
  for (let n = yield* Random.nextIntBetween(0, 3); n > 0; n--) {
    const name = yield* pick(["Retry-After", "retry-after", "date", "x-request-id", "__proto__", yield* arbitraryText])
    headers[name] = yield* pick(["5", "-3", "Wed, 21 Oct 2026 07:28:00 GMT", yield* arbitraryText])
  }
  return { status, headers, body }
})
