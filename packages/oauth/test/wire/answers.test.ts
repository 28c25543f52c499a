import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber } from "effect"
import { HttpClientError } from "effect/http"
import { TestClock } from "effect/testing"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { DeviceAuthorization, RefreshMeaning } from "@holdfast/oauth"
import { knownExpiry } from "@holdfast/oauth/TokenSet"
import { endsAfter, raw } from "../support/responses.ts"
import {
  codeAnswer,
  code,
  device,
  fails,
  refuses,
  reveal,
  scripted,
  type Step,
  tokenAnswer,
  tokens,
} from "../support/server.ts"

const json = (more: object = {}) => JSON.stringify({ ...tokenAnswer(2), ...more })

const utf16 = (text: string, bigEndian = false): Uint8Array =>
  Uint8Array.from(
    [...text].flatMap((one) => {
      const [low, high] = [one.charCodeAt(0) & 0xff, one.charCodeAt(0) >> 8]
      return bigEndian ? [high, low] : [low, high]
    }),
  )

const form = new URLSearchParams({ access_token: "access-2", refresh_token: "refresh-2", expires_in: "28800" })

/** Responses that contain a complete pair and are otherwise unusual. */
const readable: ReadonlyArray<readonly [string, Step]> = [
  ["a scope that is a list", raw(json({ scope: ["chat:read", "chat:edit"] }))],
  ["a scope that is an object", raw(json({ scope: { read: true } }))],
  ["a scope of null", raw(json({ scope: null }))],
  ["a lifetime with a unit", raw(json({ expires_in: "3600s" }))],
  ["a lifetime that is a date", raw(json({ expires_in: "2026-11-29T12:00:00Z" }))],
  ["a lifetime of false", raw(json({ expires_in: false }))],
  ["a lifetime that is an object", raw(json({ expires_in: { seconds: 5 } }))],
  ["a lifetime that overflows", raw(json().replace("28800", "1e999"))],
  ["a negative lifetime", raw(json({ expires_in: -1 }))],
  ["an empty token type", raw(json({ token_type: "" }))],
  ["a token type with spaces", raw(json({ token_type: " Bearer " }))],
  ["a token type that is a list", raw(json({ token_type: ["bearer"] }))],
  ["a non-standard token type", raw(json({ token_type: "user" }))],
  ["spaces around the tokens", raw(json({ access_token: " access-2\n", refresh_token: "refresh-2 " }))],
  ["an error of null", raw(json({ error: null }))],
  ["an empty error", raw(json({ error: "", error_description: "" }))],
  ["an error of false", raw(json({ error: false }))],
  ["a form", raw(form.toString(), { "content-type": "application/x-www-form-urlencoded" })],
  ["a form with the content type of JSON", raw(form.toString())],
  ["a page's content type", raw(json(), { "content-type": "text/html; charset=UTF-8" })],
  ["no content type", raw(json(), { "content-type": "" })],
  ["status 201", raw(json(), {}, 201)],
  ["status 203", raw(json(), {}, 203)],
  ["status 206", raw(json(), {}, 206)],
  ["status 299", raw(json(), {}, 299)],
  ["a byte order mark in UTF-8", raw(`\ufeff${json()}`)],
  ["UTF-16 with a byte order mark", raw(utf16(`\ufeff${json()}`))],
  ["big-endian UTF-16 with a byte order mark", raw(utf16(`\ufeff${json()}`, true))],
  ["UTF-16 without a byte order mark", raw(utf16(json()))],
  ["big-endian UTF-16 without a byte order mark", raw(utf16(json(), true))],
  ["zero bytes after the JSON", raw(`${json()}\0\0`)],
  ["more than 64 KiB", raw(json({ groups: "x".repeat(100_000) }))],
  ["more than 1 MiB after the tokens", raw(json({ groups: "x".repeat(2_000_000) }))],
  ["a token of 100 KiB", raw(json({ id_token: "x".repeat(100_000) }))],
  ["text after the JSON", raw(`${json()}\n<!-- served by the proxy -->`)],
  ["a second object after the JSON", raw(`${json()}{}`)],
  ["a prefix against script inclusion", raw(`)]}',\n${json()}`)],
  ["a loop before the JSON", raw(`for(;;);${json()}`)],
  ["a function call around the JSON", raw(`callback( ${json()} );`)],
  ["a trailing comma", raw(`${json().slice(0, -1)},}`)],
  ["a value that JSON does not support", raw(json().replace("28800", "NaN"))],
  ["JSON inside a JSON string", raw(JSON.stringify(json()))],
  ["a list around the JSON", raw(`[${json()}]`)],
  ["the tokens under data", raw(JSON.stringify({ message: "success", data: tokenAnswer(2) }))],
  ["the tokens under authed_user", raw(JSON.stringify({ ok: true, authed_user: { id: "U1", ...tokenAnswer(2) } }))],
  ["the names in camel case", raw(JSON.stringify({ accessToken: "access-2", refreshToken: "refresh-2" }))],
  [
    "the names of Cognito",
    raw(
      JSON.stringify({ AuthenticationResult: { AccessToken: "access-2", RefreshToken: "refresh-2", ExpiresIn: 60 } }),
    ),
  ],
  ["the names in capital letters", raw(JSON.stringify({ ACCESS_TOKEN: "access-2", "REFRESH-TOKEN": "refresh-2" }))],
  ["the refresh token in another object", raw('{"access":{"access_token":"access-2"},"refresh_token":"refresh-2"}')],
  [
    "each token in its own object",
    raw('{"tokens":{"access":{"access_token":"access-2"},"refresh":{"refresh_token":"refresh-2"}}}'),
  ],
  [
    "a PHP warning before the JSON",
    raw(`<br />\n<b>Warning</b>: Undefined index: a in /srv/token.php on line 3<br />\n${json()}`),
  ],
  [
    "a log line before the JSON",
    raw(`Warning: session_start(): the headers were sent already, by the output at /srv/a.php:3\n${json()}`),
  ],
  ["a form with one field on each line", raw("access_token=access-2\nrefresh_token=refresh-2\r\n")],
  ["a duplicate name", raw(`{"access_token":"old",${json().slice(1)}`)],
  ["a member that replaces the prototype", raw(`{"__proto__":{"access_token":"evil"},${json().slice(1)}`)],
  ["gzip", raw(gzipSync(json()), { "content-encoding": "gzip" })],
  ["gzip without a Content-Encoding header", raw(gzipSync(json()))],
  ["deflate", raw(deflateSync(json()), { "content-encoding": "deflate" })],
  ["deflate without a zlib header", raw(deflateRawSync(json()), { "content-encoding": "deflate" })],
  ["brotli", raw(brotliCompressSync(json()), { "content-encoding": "br" })],
  ["plain text with Content-Encoding: gzip", raw(json(), { "content-encoding": "gzip" })],
  ["plain text with Content-Encoding: br", raw(json(), { "content-encoding": "br" })],
  ["gzip that is truncated after the tokens", raw(gzipSync(json({ more: noise(20_000) })).subarray(0, 9000))],
  ["a reset after the tokens", endsAfter(`${json().slice(0, -1)},"scope":"asset`, "reset")],
  ["silence after the tokens", endsAfter(json(), "silent")],
  ["a truncated end after the tokens", raw(json().replace(',"token_type":"bearer"}', ',"token_ty'))],
]

/** Letters that hardly compress, the same on every run. */
function noise(length: number): string {
  let seed = 1
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return String.fromCharCode(97 + (seed % 26))
  }).join("")
}

const run = <A, E>(step: Step, use: (service: DeviceAuthorization["Service"]) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const script = scripted(step)
    const fiber = yield* Effect.forkChild(Effect.provide(DeviceAuthorization.use(use), device(script)))
    yield* TestClock.adjust("5 minutes")
    const exit = yield* Fiber.await(fiber)
    return {
      ...script,
      value: Exit.isSuccess(exit) ? exit.value : undefined,
      error: Exit.isSuccess(exit) ? undefined : (Cause.squash(exit.cause) as E & { readonly message: string }),
    }
  })

describe("a response with a complete pair", () => {
  for (const [name, step] of readable) {
    it.effect(`accepts a complete pair in the response to a refresh, despite ${name}`, () =>
      Effect.gen(function* () {
        const { arrived, error, value } = yield* run(step, (service) => service.refresh(tokens(1)))
        assert.isUndefined(error)
        assert.deepStrictEqual(reveal(value), ["access-2", "refresh-2"])
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect(`accepts a complete pair in the response to a poll, despite ${name}`, () =>
      Effect.gen(function* () {
        const { times, value } = yield* run(step, (service) => service.poll(code))
        assert.deepStrictEqual(reveal(value), ["access-2", "refresh-2"])
        assert.deepStrictEqual(times(), [5])
      }),
    )
  }
})

describe("a response on a connection that stays open", () => {
  const after = (step: Step, seconds: number) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        Effect.result(DeviceAuthorization.use((service) => service.refresh(tokens(1)))).pipe(
          Effect.provide(device(scripted(step))),
        ),
      )
      yield* TestClock.adjust(`${seconds} seconds`)
      return fiber.pollUnsafe() === undefined ? "waits" : (yield* Fiber.join(fiber))._tag
    })

  it.effect("uses a complete response within 2 s, even if the connection stays open", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* after(endsAfter(json(), "silent"), 2), "Success")
      assert.strictEqual(yield* after(endsAfter('{"error":"invalid_grant"}', "silent"), 2), "Failure")
    }),
  )

  it.effect("keeps waiting if a response is incomplete or does not show where it ends", () =>
    Effect.gen(function* () {
      for (const begin of [json().slice(0, -1), form.toString(), "<html>"]) {
        assert.strictEqual(yield* after(endsAfter(begin, "silent"), 119), "waits")
      }
    }),
  )
})

describe("the tokens of a response", () => {
  const written: ReadonlyArray<readonly [string, string, Array<string>]> = [
    ["a form that does not encode a plus", "access_token=ab+c/d==&refresh_token=re+f==", ["ab+c/d==", "re+f=="]],
    ["a form that encodes it", "access_token=ab%2Bc%2Fd%3D%3D&refresh_token=re%2Bf", ["ab+c/d==", "re+f"]],
    [
      "a refresh token that is a number",
      '{"access_token":"access-2","refresh_token":20262027}',
      ["access-2", "20262027"],
    ],
    [
      "another user's pair beside the access token",
      '{"access_token":"access-2","authed_user":{"access_token":"other","refresh_token":"other-refresh"}}',
      ["access-2", "refresh-1"],
    ],
  ]
  for (const [name, body, pair] of written) {
    it.effect(`reads the intended tokens from ${name}`, () =>
      Effect.gen(function* () {
        const { value } = yield* run(raw(body), (service) => service.refresh(tokens(1)))
        assert.deepStrictEqual(reveal(value), pair)
      }),
    )
  }

  it.effect("does not read tokens from a script in an HTML page", () =>
    Effect.gen(function* () {
      const page = `<!doctype html><html><script>map({"access_token":"pk.map","style":"dark"})</script></html>`
      const { error } = yield* run(raw(page), (service) => service.refresh(tokens(1)))
      assert.strictEqual(error?._tag, "CaptivePortal")
    }),
  )
})

describe("the lifetime of a pair", () => {
  const at = Date.parse("2026-11-29T12:00:00Z")
  const lifetimes: ReadonlyArray<readonly [unknown, number | undefined]> = [
    [3600, 3600],
    [3600.5, 3600.5],
    ["3600", 3600],
    ["3600s", 3600],
    [" 3600 seconds ", 3600],
    ["2026-11-29T13:00:00Z", 3600],
    ["Sun, 29 Nov 2026 13:00:00 GMT", 3600],
    [at / 1000 + 3600, 3600],
    [at + 3_600_000, 3600],
    ["2020-01-01T00:00:00Z", undefined],
    ["soon", undefined],
    ["1h", undefined],
    ["", undefined],
    [0, undefined],
    [-5, undefined],
    [null, undefined],
    [true, undefined],
    [[3600], undefined],
  ]
  for (const [written, seconds] of lifetimes) {
    it.effect(
      `reads the lifetime ${JSON.stringify(written)} as ${seconds === undefined ? "unknown" : `${seconds} s`}`,
      () =>
        Effect.gen(function* () {
          yield* TestClock.setTime(at)
          const script = scripted(raw(json({ expires_in: written })))
          const value = yield* DeviceAuthorization.use((service) => service.refresh(tokens(1))).pipe(
            Effect.provide(device(script)),
          )
          assert.strictEqual(value.expiresAt, seconds === undefined ? 8_640_000_000_000_000 : at + 1000 * seconds)
          assert.strictEqual(knownExpiry(value), seconds === undefined ? undefined : at + 1000 * seconds)
        }),
    )
  }
})

describe("the scope of a pair", () => {
  const scopes: ReadonlyArray<readonly [unknown, string | undefined]> = [
    ["a b", "a b"],
    [["a", "b"], "a b"],
    [[], "before"],
    [5, "before"],
    ["", "before"],
  ]
  for (const [written, scope] of scopes) {
    it.effect(`reads the scope ${JSON.stringify(written)} as ${scope}`, () =>
      Effect.gen(function* () {
        const { value } = yield* run(raw(json({ scope: written })), (service) =>
          service.refresh({ ...tokens(1), scope: "before" }),
        )
        assert.strictEqual(value?.scope, scope)
      }),
    )
  }
})

describe("a response that arrived and cannot be used", () => {
  const unusable: ReadonlyArray<readonly [string, Step, RegExp]> = [
    ["is empty", raw(""), /it is empty/],
    ["contains something else", raw('{"ok":true}'), /neither the expected content nor an error/],
    ["is a number", raw("5"), /neither the expected content/],
    ["has a token that is not a string", raw('{"access_token":5}'), /neither the expected content/],
    ["has an empty token", raw(json({ access_token: " " })), /neither the expected content/],
    ["has a token that a header cannot contain", raw(json({ access_token: "a\u0000b" })), /not allowed in a header/],
    ["has a token that needs a key", raw(json({ token_type: "DPoP" })), /has the type DPoP/],
    ["ends inside the access token", raw('{"access_token":"acce'), /ends before the tokens are complete/],
    [
      "ends inside the refresh token",
      raw('{"access_token":"access-2","refresh_token":"refr'),
      /ends before the tokens/,
    ],
    ["has tokens and an error status", raw(json(), {}, 400), /but the status reports an error/],
    ["has headers that are too long", fails("UND_ERR_HEADERS_OVERFLOW"), /headers exceed the size that/],
    ["has headers that are too long for node:http", fails("HPE_HEADER_OVERFLOW"), /headers exceed the size that/],
  ]
  for (const [name, step, problem] of unusable) {
    it.effect(`reports an unreadable response instead of a lost one if the response ${name}`, () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run(step, (service) => service.refresh(tokens(1)))
        assert.strictEqual(error?._tag, "AnswerUnreadable")
        assert.match(error?.message ?? "", problem)
        assert.notMatch(error?.message ?? "", /lost/)
        assert.strictEqual(arrived.length, 1)
        if (error?._tag !== "AnswerUnreadable") return
        assert.match(error.remedy, /proxy/)
        assert.strictEqual(RefreshMeaning.of(error).reason, "the sign-in server's response could not be read")
      }),
    )
  }

  it.effect("reports the unreadable response if the next poll shows that the code is used up", () =>
    Effect.gen(function* () {
      const script = scripted(raw('{"ok":true}'), refuses("invalid_grant"))
      const fiber = yield* Effect.forkChild(
        Effect.flip(DeviceAuthorization.use((service) => service.poll(code))).pipe(Effect.provide(device(script))),
      )
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "AnswerUnreadable")
    }),
  )

  it.effect("treats a response as lost if the connection breaks in the middle of the tokens", () =>
    Effect.gen(function* () {
      const step = endsAfter('{"access_token":"access-2","refresh_token":"refr', "reset")
      const { error } = yield* run(step, (service) => service.refresh(tokens(1)))
      assert.strictEqual(error?._tag, "RefreshUncertain")
    }),
  )

  it.effect("reports an uncertain refresh if the transport fails without a response", () =>
    Effect.gen(function* () {
      const step: Step = (request) =>
        Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, cause: new Error("fetch failed") }),
          }),
        )
      const { error } = yield* run(step, (service) => service.refresh(tokens(1)))
      assert.strictEqual(error?._tag, "RefreshUncertain")
    }),
  )
})

describe("an error with status 200", () => {
  const words: ReadonlyArray<readonly [string, Step, string]> = [
    ["in JSON", raw('{"error":"invalid_grant"}'), "InvalidGrant"],
    [
      "in JSON with the content type of a page",
      raw('{"error":"invalid_grant"}', { "content-type": "text/html" }),
      "InvalidGrant",
    ],
    ["in a form", raw("error=bad_refresh_token&error_description=x", { "content-type": "text/plain" }), "InvalidGrant"],
    ["next to ok: false", raw('{"ok":false,"error":"invalid_grant"}'), "InvalidGrant"],
    ["with an unlisted code", raw('{"error":"bad_moon_rising","error_description":"x"}'), "UnknownOAuthError"],
    ["with an unlisted code, next to ok: false", raw('{"ok":false,"error":"bad_moon_rising"}'), "UnknownOAuthError"],
    ["with status 203", raw('{"error":"invalid_grant"}', {}, 203), "InvalidGrant"],
    ["in a compressed body", raw(gzipSync('{"error":"invalid_grant"}')), "InvalidGrant"],
    [
      "that arrives before the connection breaks",
      endsAfter('{"error":"invalid_grant","error_descr', "reset"),
      "InvalidGrant",
    ],
  ]
  for (const [name, step, tag] of words) {
    it.effect(`reports ${tag} for an error ${name}`, () =>
      Effect.gen(function* () {
        const { error } = yield* run(step, (service) => service.refresh(tokens(1)))
        assert.strictEqual(error?._tag, tag)
      }),
    )
  }

  it.effect("treats GitHub's form-encoded error with status 200 as a pending sign-in", () =>
    Effect.gen(function* () {
      const pending = raw("error=authorization_pending&error_description=The+request+is+still+pending.")
      const script = scripted(pending, raw(form.toString()))
      const fiber = yield* Effect.forkChild(
        DeviceAuthorization.use((service) => service.poll(code)).pipe(Effect.provide(device(script))),
      )
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(reveal(yield* Fiber.join(fiber)), ["access-2", "refresh-2"])
      assert.deepStrictEqual(script.times(), [5, 10])
    }),
  )
})

describe("a poll response with only a status", () => {
  const statuses: ReadonlyArray<readonly [status: number, tag: string, polls: number]> = [
    [400, "ExpiredToken", 24],
    [409, "InvalidGrant", 1],
    [410, "ExpiredToken", 1],
    [418, "AccessDenied", 1],
  ]
  for (const [status, tag, polls] of statuses) {
    it.effect(`ends with ${tag} at poll ${polls} if every response has only the status ${status}`, () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run(raw("", {}, status), (service) => service.poll(code))
        assert.strictEqual(error?._tag, tag)
        assert.strictEqual(arrived.length, polls)
      }),
    )
  }

  it.effect("continues polling after 400 responses that contain no error code, while the user can still approve", () =>
    Effect.gen(function* () {
      const script = scripted(raw("", {}, 400), raw("<html>400", { "content-type": "text/html" }, 400), raw(json()))
      const fiber = yield* Effect.forkChild(
        DeviceAuthorization.use((service) => service.poll(code)).pipe(Effect.provide(device(script))),
      )
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(reveal(yield* Fiber.join(fiber)), ["access-2", "refresh-2"])
    }),
  )
})

describe("the response to a code request", () => {
  const written: ReadonlyArray<readonly [string, string]> = [
    ["JSON of a page's type", JSON.stringify(codeAnswer)],
    ["a form", new URLSearchParams(Object.entries(codeAnswer).map(([k, v]) => [k, String(v)])).toString()],
    ["JSON one level down", JSON.stringify({ data: codeAnswer })],
  ]
  for (const [name, body] of written) {
    it.effect(`reads the response to a code request if the response is ${name}`, () =>
      Effect.gen(function* () {
        const { value } = yield* run(raw(body, { "content-type": "text/html" }), (service) => service.request)
        assert.deepStrictEqual({ ...value, deviceCode: "" }, { ...code, deviceCode: "" })
      }),
    )
  }

  it.effect("accepts a user code that is written as a number", () =>
    Effect.gen(function* () {
      const numbered = raw(JSON.stringify({ ...codeAnswer, user_code: 123_456 }))
      const { value } = yield* run(numbered, (service) => service.request)
      assert.strictEqual(value?.userCode, "123456")
    }),
  )

  const numbers: ReadonlyArray<readonly [unknown, unknown, number, number]> = [
    [0.0001, 120, 1, 120],
    [0, 120, 5, 120],
    [-3, 120, 5, 120],
    ["2", "900", 2, 900],
    ["5s", "900s", 5, 900],
    [null, null, 5, 120],
    [5, 0, 5, 120],
    [5, 0.5, 5, 120],
    [5, -1, 5, 120],
    [5, 1e12, 5, 86_400],
    [[5], {}, 5, 120],
  ]
  for (const [interval, expires, seconds, lifetime] of numbers) {
    it.effect(
      `polls every ${seconds} s for ${lifetime} s if the interval and lifetime in the response are ${JSON.stringify([interval, expires])}`,
      () =>
        Effect.gen(function* () {
          const script = scripted(raw(JSON.stringify({ ...codeAnswer, interval, expires_in: expires })))
          const value = yield* DeviceAuthorization.use((service) => service.request).pipe(
            Effect.provide(device(script)),
          )
          assert.strictEqual(value.interval, seconds)
          assert.strictEqual(value.expiresAt, lifetime * 1000)
        }),
    )
  }
})

it.effect("requests an uncompressed response", () =>
  Effect.gen(function* () {
    const { arrived } = yield* run(raw(json()), (service) => service.refresh(tokens(1)))
    assert.strictEqual(arrived[0]?.headers["accept-encoding"], "identity")
  }),
)
