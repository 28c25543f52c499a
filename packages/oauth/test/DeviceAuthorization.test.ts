import { assert, describe, it } from "@effect/vitest"
import { Cause, Clock, Config, ConfigProvider, Duration, Effect, Exit, Fiber, Layer, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { InvalidPolicy } from "@holdfast/core"
import { DeviceAuthorization } from "@holdfast/oauth"
import { limits, refreshTimeout, requestTimeout } from "@holdfast/oauth/DeviceAuthorization"
import {
  answer,
  code,
  codeAnswer,
  cut,
  device,
  fails,
  hangs,
  provider,
  refuses,
  reveal,
  scripted,
  type Step,
  tokenAnswer,
  tokens,
  withoutJitter,
} from "./support/server.ts"

/** Runs one method for a long (virtual) time without jitter. */
const run = <A, E>(
  steps: ReadonlyArray<Step>,
  use: (service: DeviceAuthorization["Service"]) => Effect.Effect<A, E>,
  options: Parameters<typeof device>[1] = {},
) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const fiber = yield* DeviceAuthorization.use(use).pipe(
      Effect.provide(device(script, options)),
      withoutJitter,
      Effect.forkChild,
    )
    yield* TestClock.adjust("20 minutes")
    const exit = yield* Fiber.await(fiber)
    return {
      ...script,
      exit,
      value: Exit.isSuccess(exit) ? exit.value : undefined,
      error: Exit.isSuccess(exit) ? undefined : (Cause.squash(exit.cause) as E & { readonly message: string }),
    }
  })

const pending = refuses("authorization_pending")
const slowDown = refuses("slow_down")
const granted = answer(200, tokenAnswer(1))

/** Polls on a machine whose wall clock is an hour ahead after 7 s, while its monotonic clock has stood still. */
const suspended = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const clock = yield* Clock.Clock
    const script = scripted(
      ...steps.map((step): Step => (request) => {
        times.push(clock.currentTimeMillisUnsafe() / 1000)
        return step(request)
      }),
    )
    const wall = () => clock.currentTimeMillisUnsafe() + (clock.currentTimeMillisUnsafe() > 7000 ? 3_600_000 : 0)
    const fiber = yield* DeviceAuthorization.use((service) => Effect.flip(service.poll(code))).pipe(
      Effect.provide(device(script)),
      Effect.provideService(Clock.Clock, {
        ...clock,
        currentTimeMillisUnsafe: wall,
        currentTimeMillis: Effect.sync(wall),
      }),
      Effect.forkChild,
    )
    yield* TestClock.adjust("5 minutes")
    return { error: yield* Fiber.join(fiber), times }
  })

describe("DeviceAuthorization", () => {
  describe("request", () => {
    it.effect("sends client id, secret and scope, and reads the code", () =>
      Effect.gen(function* () {
        const { arrived, value } = yield* run([answer(200, codeAnswer)], (service) => service.request)
        assert.deepStrictEqual(arrived[0]?.fields, {
          client_id: "cam-1",
          client_secret: "s3cret-of-the-client",
          scope: "asset_create offline",
        })
        assert.strictEqual(arrived[0]?.url, "https://id.example/device/auth")
        assert.strictEqual(arrived[0]?.encoding, "form")
        assert.strictEqual(arrived[0]?.headers["accept"], "application/json")
        assert.strictEqual(value && Redacted.value(value.deviceCode), "d3vice-code-secret")
        assert.deepStrictEqual({ ...value, deviceCode: "" }, { ...code, deviceCode: "" })
      }),
    )

    it.effect("writes multipart bodies and the provider's headers when told so", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([answer(200, codeAnswer)], (service) => service.request, {
          encoding: "multipart",
          headers: { "x-client-version": "2.0.0" },
        })
        assert.strictEqual(arrived[0]?.encoding, "multipart")
        assert.strictEqual(arrived[0]?.headers["x-client-version"], "2.0.0")
        assert.strictEqual(arrived[0]?.fields["client_secret"], "s3cret-of-the-client")
      }),
    )

    it.effect("leaves out the secret of a public client", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([answer(200, codeAnswer)], (service) => service.request, {
          clientSecret: undefined,
        })
        assert.notProperty(arrived[0]?.fields, "client_secret")
      }),
    )

    it.effect("closes the connection after each request", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([slowDown, answer(200, codeAnswer), granted], (service) =>
          Effect.flatMap(service.request, service.poll),
        )
        assert.deepStrictEqual(
          arrived.map(({ headers }) => headers["connection"]),
          ["close", "close", "close"],
        )
      }),
    )

    it.effect("assumes 5 s between polls when the server names none, and reads numbers written as strings", () =>
      Effect.gen(function* () {
        const { interval: _, ...bare } = codeAnswer
        const silent = yield* run(
          [answer(200, { ...bare, name: null, verification_uri_complete: null })],
          (service) => service.request,
        )
        assert.strictEqual(silent.value?.interval, 5)
        assert.notProperty(silent.value, "name")
        const strings = yield* run(
          [answer(200, { ...codeAnswer, interval: "7", expires_in: "900" })],
          (service) => service.request,
        )
        assert.strictEqual(strings.value?.interval, 7)
      }),
    )

    it.effect("shows no control characters of the server", () =>
      Effect.gen(function* () {
        const hostile = "\u001b[2Jhi\u009b31m"
        const { value } = yield* run(
          [answer(200, { ...codeAnswer, user_code: hostile, name: hostile })],
          (service) => service.request,
        )
        assert.deepStrictEqual([value?.userCode, value?.name], [" [2Jhi 31m", " [2Jhi 31m"])
        const refused = yield* run(
          [refuses(hostile, 400, { error_description: hostile })],
          (service) => service.request,
        )
        assert.match(refused.error?.message ?? "", /\( \[2Jhi 31m, status 400\): {2}\[2Jhi 31m$/)
      }),
    )

    const odd: ReadonlyArray<readonly [address: string, problem: string]> = [
      ["javascript:alert(document.cookie)//", "has the scheme javascript:"],
      ["JavaScript:alert(1)", "has the scheme javascript:"],
      ["data:text/html,x", "has the scheme data:"],
      ["file:///etc/passwd", "has the scheme file:"],
      ["ftp://id.example/device", "has the scheme ftp:"],
      ["vscode://x.y", "has the scheme vscode:"],
      ["http://id.example/device", "is not encrypted (http)"],
      ["http://localhost.evil.example/", "is not encrypted (http)"],
      ["http://127.0.0.1.evil.example/", "is not encrypted (http)"],
      ["//id.example/device", "has no scheme"],
      ["id.example/device", "has no scheme"],
      ["https:id.example", "names no host"],
      ["https:///device", "names no host"],
      ["https://id.example:port/", "names no host"],
      ["https://id.example@evil.example/", "has a user name in it"],
      ["https://user:password@id.example/", "has a user name in it"],
      ["https://@evil.example/", "has a user name in it"],
      ["https://id.example\\@evil.example/", "has characters that no address has"],
      ["https://id.exa\u001bmple/", "has characters that no address has"],
      ["https://id.example\u202e/", "has characters that no address has"],
      ["\u001bhttps://id.example/", "has characters that no address has"],
      ["https://id.example/ --flag", "has characters that no address has"],
      ["https://id.example/\u00e9", "has characters that no address has"],
      ["https://id.exa\u200bmple/", "has characters that no address has"],
      ["https://\u0456d.example/", "has characters that no address has"],
      [`https://id.example/${"x".repeat(2048)}`, "is 2067 characters long"],
    ]
    for (const [address, problem] of odd) {
      for (const member of ["verification_uri", "verification_uri_complete"]) {
        it.effect(`refuses ${JSON.stringify(address.slice(0, 40))} as ${member}, and names what is odd`, () =>
          Effect.gen(function* () {
            const { arrived, error } = yield* run(
              [answer(200, { ...codeAnswer, [member]: address })],
              (service) => service.request,
            )
            assert.strictEqual(error?._tag, "AnswerUnreadable")
            assert.include(error?.message ?? "", `its verification address ${problem}`)
            assert.notInclude(error?.message ?? "", address)
            assert.strictEqual(arrived.length, 1)
          }),
        )
      }
    }

    for (const address of [
      "https://id.example/device?user_code=CHQH-WSTZ&x=%20#y",
      "https://id.example:8443",
      "HTTPS://ID.example/device",
      "http://127.0.0.1:7500/device",
      "http://localhost:7500/device",
      "http://[::1]:7500/device",
      "http://id.localhost/device",
    ]) {
      it.effect(`gives ${address} as it is`, () =>
        Effect.gen(function* () {
          const { value } = yield* run(
            [answer(200, { ...codeAnswer, verification_uri: address, verification_uri_complete: address })],
            (service) => service.request,
          )
          assert.deepStrictEqual([value?.verificationUri, value?.verificationUriComplete], [address, address])
        }),
      )
    }

    it.effect("takes invisible characters out of the path of an address", () =>
      Effect.gen(function* () {
        const address = "https://id.example/dev\u200bice\u001b]0;x\u0007?a=\u202eb\u2028#\u009b1\ufeff"
        const { value } = yield* run(
          [answer(200, { ...codeAnswer, verification_uri: address, verification_uri_complete: address })],
          (service) => service.request,
        )
        const shown = "https://id.example/device]0;x?a=b#1"
        assert.deepStrictEqual([value?.verificationUri, value?.verificationUriComplete], [shown, shown])
      }),
    )

    it.effect("refuses a code that no person can type", () =>
      Effect.gen(function* () {
        const { error } = yield* run(
          [answer(200, { ...codeAnswer, user_code: "9".repeat(60_000) })],
          (service) => service.request,
        )
        assert.match(error?.message ?? "", /its user code has 60000 characters/)
      }),
    )

    it.effect("is retried eight times by the verdict, not at all when the client is wrong", () =>
      Effect.gen(function* () {
        const down = yield* run([fails("ECONNREFUSED")], (service) => service.request)
        assert.deepStrictEqual(down.times(), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5])
        const wrong = yield* run([refuses("invalid_client")], (service) => service.request)
        assert.strictEqual(wrong.arrived.length, 1)
        assert.strictEqual(wrong.error?._tag, "InvalidClient")
      }),
    )

    it.effect("says so when the answer has no code", () =>
      Effect.gen(function* () {
        const odd = yield* run([answer(200, { hello: "world" })], (service) => service.request)
        assert.strictEqual(odd.error?._tag, "AnswerUnreadable")
        assert.strictEqual(odd.arrived.length, 2)
      }),
    )

    it.effect("takes a page where JSON was due for a captive portal", () =>
      Effect.gen(function* () {
        const page = answer(200, "<html>Welcome to the hotel", { "content-type": "text/html" })
        const { error } = yield* run([page], (service) => service.request)
        assert.strictEqual(error?._tag, "CaptivePortal")
        const redirect = answer(302, "", { location: "http://portal.hotel/login" })
        const redirected = yield* run([redirect], (service) => service.request)
        assert.strictEqual(redirected.error?._tag, "CaptivePortal")
      }),
    )
  })

  describe("poll", () => {
    it.effect("polls once per interval until the code is approved", () =>
      Effect.gen(function* () {
        const { arrived, times, value } = yield* run([pending, pending, granted], (service) => service.poll(code))
        assert.deepStrictEqual(times(), [5, 10, 15])
        assert.deepStrictEqual(arrived[0]?.fields, {
          grant_type: "urn:ietf:params:oauth:grant-type:device_code",
          client_id: "cam-1",
          client_secret: "s3cret-of-the-client",
          device_code: "d3vice-code-secret",
        })
        assert.deepStrictEqual(reveal(value), ["access-1", "refresh-1"])
        assert.strictEqual(value?.expiresAt, 15_000 + 28_800_000)
      }),
    )

    it.effect("polls at most once a second, whatever interval the device endpoint names", () =>
      Effect.gen(function* () {
        const script = scripted(answer(200, { ...codeAnswer, interval: 0.0001 }), pending)
        const fiber = yield* DeviceAuthorization.use((service) => Effect.flatMap(service.request, service.poll)).pipe(
          Effect.provide(device(script)),
          Effect.forkChild,
        )
        yield* TestClock.adjust("3 seconds")
        assert.deepStrictEqual(script.times(), [0, 1, 2, 3])
        yield* Fiber.interrupt(fiber)
      }),
    )

    it.effect("adds 5 s for good at every slow_down", () =>
      Effect.gen(function* () {
        const { times } = yield* run([pending, slowDown, pending, slowDown, pending, granted], (service) =>
          service.poll(code),
        )
        // 5; 5; +10; +10; +15; +15
        assert.deepStrictEqual(times(), [5, 10, 20, 30, 45, 60])
      }),
    )

    it.effect("takes status 429 for a slow_down", () =>
      Effect.gen(function* () {
        const { times } = yield* run([answer(429, "busy"), pending, granted], (service) => service.poll(code))
        assert.deepStrictEqual(times(), [5, 15, 25])
      }),
    )

    it.effect("understands a provider that sends its errors with status 200", () =>
      Effect.gen(function* () {
        const { times, value } = yield* run(
          [refuses("authorization_pending", 200), refuses("slow_down", 200, { interval: 12 }), granted],
          (service) => service.poll(code),
        )
        assert.deepStrictEqual(times(), [5, 10, 22])
        assert.isDefined(value)
      }),
    )

    it.effect("polls less often while the network fails, and as before once it works", () =>
      Effect.gen(function* () {
        const { times, value } = yield* run([fails("ECONNREFUSED"), fails("ECONNRESET"), pending, granted], (service) =>
          service.poll(code),
        )
        assert.deepStrictEqual(times(), [5, 15, 35, 40])
        assert.isDefined(value)
      }),
    )

    it.effect("gives a silent server 15 s for each poll", () =>
      Effect.gen(function* () {
        const { times } = yield* run([hangs, granted], (service) => service.poll(code))
        assert.deepStrictEqual(times(), [5, 5 + 15 + 10])
      }),
    )

    it.effect("ends when the person declines", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([pending, refuses("access_denied")], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "AccessDenied")
        assert.deepStrictEqual(times(), [5, 10])
      }),
    )

    it.effect("ends when the person declines with Frame.io's status for it", () =>
      Effect.gen(function* () {
        const { error } = yield* run([refuses("access_denied", 401)], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "AccessDenied")
      }),
    )

    it.effect("sends no poll for a code that has ended", () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run([pending], (service) => service.poll({ ...code, expiresAt: 0 }))
        assert.strictEqual(error?._tag, "ExpiredToken")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("ends when the server says that the code has expired", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([refuses("expired_token")], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "ExpiredToken")
        assert.deepStrictEqual(times(), [5])
      }),
    )

    const ends: ReadonlyArray<readonly [life: number, interval: number, times: ReadonlyArray<number>]> = [
      [120, 5, [110, 115, 119]],
      [21, 5, [10, 15, 20]],
      [20.5, 5, [10, 15, 19.5]],
      // No poll within a second of the last one.
      [21.5, 5, [10, 15, 20.5]],
      [120, 120, [119]],
      [120, 5000, [119]],
      [0.5, 5, [0.25]],
    ]
    for (const [life, interval, last] of ends) {
      it.effect(`of a code of ${life} s, every ${interval} s, ends with a poll just before the code does`, () =>
        Effect.gen(function* () {
          const { error, times } = yield* run([pending], (service) =>
            service.poll({ ...code, expiresAt: life * 1000, interval }),
          )
          assert.strictEqual(error?._tag, "ExpiredToken")
          assert.deepStrictEqual(times().slice(-3), last)
        }),
      )
    }

    it.effect("finds the approval that came in the last seconds of the code", () =>
      Effect.gen(function* () {
        const late: Step = (request) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => (now < 117_000 ? pending : granted)(request))
        const { times, value } = yield* run([late], (service) => service.poll(code))
        assert.deepStrictEqual(reveal(value), ["access-1", "refresh-1"])
        assert.strictEqual(times().at(-1), 119)
      }),
    )

    it.effect("polls at the end of the code in spite of a slow_down that asks for more time than is left", () =>
      Effect.gen(function* () {
        const { times, value } = yield* run([pending, pending, slowDown, granted], (service) =>
          service.poll({ ...code, expiresAt: 20_000 }),
        )
        assert.deepStrictEqual(times(), [5, 10, 15, 19])
        assert.isDefined(value)
      }),
    )

    for (const [since, ...steps] of [
      ["the start", fails("ENOTFOUND")] as const,
      ["10 s", pending, fails("ENOTFOUND")] as const,
    ]) {
      it.effect(`fails as the network did when the network was gone from ${since} until the code ended`, () =>
        Effect.gen(function* () {
          const { error } = yield* run(steps, (service) => service.poll(code))
          assert.strictEqual(error?._tag, "DnsFailure")
          assert.strictEqual(error?.verdict.retry, "always")
        }),
      )
    }

    it.effect("honors the server's hint until the code expires", () =>
      Effect.gen(function* () {
        const busy = (seconds: number) => answer(429, "", { "retry-after": `${seconds}` })
        const { times } = yield* run([busy(60), pending], (service) => service.poll(code))
        assert.deepStrictEqual(times().slice(0, 3), [5, 65, 75])
        const last = yield* run([busy(3600)], (service) => service.poll({ ...code, expiresAt: 1_320_000 }))
        assert.deepStrictEqual(last.times(), [1205, 1319])
      }),
    )

    it.effect("fails as the server did when the server was down until the code ended", () =>
      Effect.gen(function* () {
        const { error } = yield* run([pending, answer(503, "down")], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "TemporarilyUnavailable")
      }),
    )

    it.effect("has expired when the network came back and the server still waited for approval", () =>
      Effect.gen(function* () {
        const { error } = yield* run([fails("ENOTFOUND"), fails("ENOTFOUND"), pending], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "ExpiredToken")
      }),
    )

    it.effect("ends after a suspend that outlasted the code, with one poll to ask the server", () =>
      Effect.gen(function* () {
        const { error, times } = yield* suspended([pending, refuses("expired_token")])
        assert.strictEqual(error._tag, "ExpiredToken")
        assert.deepStrictEqual(times, [5, 10])
      }),
    )

    it.effect("goes on after a step of the clock while the server still waits for approval", () =>
      Effect.gen(function* () {
        const { error, times } = yield* suspended([pending, pending, pending, refuses("access_denied")])
        assert.strictEqual(error._tag, "AccessDenied")
        assert.deepStrictEqual(times, [5, 10, 15, 20])
      }),
    )

    it.effect("fails as the network did when a suspend outlasted the code and the network is gone", () =>
      Effect.gen(function* () {
        const { error, times } = yield* suspended([pending, fails("ENOTFOUND")])
        assert.strictEqual(error._tag, "DnsFailure")
        assert.deepStrictEqual(times, [5, 10])
      }),
    )

    for (const [how, lost] of [
      ["was lost", fails("ECONNRESET")],
      ["was lost by a gateway", answer(504, "")],
      ["was an error of the server", answer(500, "")],
    ] as const) {
      it.effect(`says that the tokens were lost when a code is spent after an answer that ${how}`, () =>
        Effect.gen(function* () {
          const { error } = yield* run([lost, refuses("invalid_grant")], (service) => service.poll(code))
          assert.strictEqual(error?._tag, "InvalidGrant")
          assert.match(error?.message ?? "", /answer to an earlier poll was lost/)
        }),
      )
    }

    it.effect("names no status where the code ended without an answer that says so", () =>
      Effect.gen(function* () {
        const { error } = yield* run([pending], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "ExpiredToken")
        assert.notMatch(error?.message ?? "", /status|expired_token/)
      }),
    )

    it.effect("does not say so when nothing was lost", () =>
      Effect.gen(function* () {
        const { error } = yield* run([fails("ECONNREFUSED"), refuses("invalid_grant")], (service) => service.poll(code))
        assert.notMatch(error?.message ?? "", /lost/)
      }),
    )

    it.effect("ends at the second odd answer", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([refuses("out_of_cheese", 418)], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "UnknownOAuthError")
        assert.deepStrictEqual(times(), [5, 15])
      }),
    )

    it.effect("does not take a clock that is set meanwhile for the end of the code", () =>
      Effect.gen(function* () {
        // The network comes up, sets the clock, and fails once more.
        const script = scripted(pending, fails("ENOTFOUND"), granted)
        const clock = yield* Clock.Clock
        const years = 56 * 365 * 24 * 3_600_000
        const wall = () => clock.currentTimeMillisUnsafe() + (clock.currentTimeMillisUnsafe() > 7000 ? years : 0)
        const set: Clock.Clock = {
          ...clock,
          currentTimeMillisUnsafe: wall,
          currentTimeMillis: Effect.sync(wall),
        }
        const fiber = yield* DeviceAuthorization.use((service) => service.poll(code)).pipe(
          Effect.provide(device(script)),
          Effect.provideService(Clock.Clock, set),
          Effect.forkChild,
        )
        yield* TestClock.adjust("20 seconds")
        assert.strictEqual((yield* Fiber.join(fiber)).expiresAt, years + 20_000 + 28_800_000)
        assert.strictEqual(script.arrived.length, 3)
      }),
    )

    it.effect("understands Google's words and statuses", () =>
      Effect.gen(function* () {
        const { device_code, user_code } = codeAnswer
        const { times, value } = yield* run(
          [
            answer(200, { device_code, user_code, verification_url: "https://g.example/device", expires_in: 1800 }),
            refuses("authorization_pending", 428),
            refuses("slow_down", 403),
            granted,
          ],
          (service) => Effect.flatMap(service.request, service.poll),
        )
        assert.deepStrictEqual(times(), [0, 5, 10, 20])
        assert.isDefined(value)
      }),
    )

    it.effect("stops polling when it is interrupted", () =>
      Effect.gen(function* () {
        const script = scripted(pending)
        const fiber = yield* DeviceAuthorization.use((service) => service.poll(code)).pipe(
          Effect.provide(device(script)),
          Effect.forkChild,
        )
        yield* TestClock.adjust("7 seconds")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(script.times(), [5])
      }),
    )
  })

  describe("refresh", () => {
    it.effect("sends the refresh token and returns the pair that replaces it", () =>
      Effect.gen(function* () {
        const { arrived, value } = yield* run([answer(200, tokenAnswer(2))], (service) => service.refresh(tokens(1)))
        assert.deepStrictEqual(arrived[0]?.fields, {
          grant_type: "refresh_token",
          client_id: "cam-1",
          client_secret: "s3cret-of-the-client",
          refresh_token: "refresh-1",
        })
        assert.deepStrictEqual(reveal(value), ["access-2", "refresh-2"])
      }),
    )

    it.effect("keeps the refresh token and the scope of a server that does not rotate", () =>
      Effect.gen(function* () {
        const { value } = yield* run([answer(200, { access_token: "access-2", token_type: "Bearer" })], (service) =>
          service.refresh({ ...tokens(1), scope: "offline" }),
        )
        assert.deepStrictEqual(reveal(value), ["access-2", "refresh-1"])
        assert.strictEqual(value?.scope, "offline")
        assert.strictEqual(value?.expiresAt, 8_640_000_000_000_000)
      }),
    )

    const uncertain: ReadonlyArray<readonly [string, Step]> = [
      ["the connection is reset", fails("ECONNRESET")],
      ["the answer is cut short", cut(200, '{"access_token":"acc')],
      ["a gateway lost the answer", answer(502, "bad gateway")],
      ["a gateway waited too long", answer(504, "gateway timeout")],
    ]
    for (const [name, step] of uncertain) {
      it.effect(`is uncertain, and sent one time, when ${name}`, () =>
        Effect.gen(function* () {
          const { arrived, error } = yield* run([step], (service) => service.refresh(tokens(1)))
          assert.strictEqual(error?._tag, "RefreshUncertain")
          assert.strictEqual(arrived.length, 1)
        }),
      )
    }

    it.effect("gives the server 2 min, then is uncertain", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const fiber = yield* DeviceAuthorization.use((service) => Effect.flip(service.refresh(tokens(1)))).pipe(
          Effect.provide(device(script)),
          Effect.forkChild,
        )
        yield* TestClock.adjust("119 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RefreshUncertain")
      }),
    )

    it.effect("says what happened when nothing reached the server", () =>
      Effect.gen(function* () {
        const { error } = yield* run([fails("ECONNREFUSED")], (service) => service.refresh(tokens(1)))
        assert.strictEqual(error?._tag, "ConnectionRefused")
      }),
    )

    it.effect("survives tokens that are no proper text", () =>
      Effect.gen(function* () {
        const odd = { ...tokens(1), refreshToken: Redacted.make("\ud800%\0") }
        const { error } = yield* run([refuses("invalid_grant")], (service) => service.refresh(odd))
        assert.strictEqual(error?._tag, "InvalidGrant")
      }),
    )

    it.effect("sends nothing without a refresh token", () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run([granted], (service) =>
          service.refresh({ ...tokens(1), refreshToken: undefined }),
        )
        assert.strictEqual(error?._tag, "InvalidGrant")
        assert.strictEqual(arrived.length, 0)
      }),
    )
  })

  describe("revoke", () => {
    it.effect("gives back the refresh token first, then the access token", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([answer(200, "")], (service) => service.revoke(tokens(1)))
        assert.deepStrictEqual(
          arrived.map(({ fields, url }) => [url, fields["token"], fields["token_type_hint"]]),
          [
            ["https://id.example/token/revocation", "refresh-1", "refresh_token"],
            ["https://id.example/token/revocation", "access-1", "access_token"],
          ],
        )
      }),
    )

    it.effect("does not treat a firewall's text as the server's answer to a revocation", () =>
      Effect.gen(function* () {
        for (const body of ['"ok"', "{}", "ok", " ", "null"]) {
          const { error } = yield* run([answer(200, body)], (service) => service.revoke(tokens(1)))
          assert.isUndefined(error, body)
        }
        for (const body of ["Access blocked by the firewall.", "<Error><Code>InternalError</Code></Error>"]) {
          const { error } = yield* run([answer(200, body)], (service) => service.revoke(tokens(1)))
          assert.strictEqual(error?._tag, "CaptivePortal", body)
        }
      }),
    )

    it.effect(
      "does nothing where the provider has no endpoint for it, and is content where it keeps access tokens",
      () =>
        Effect.gen(function* () {
          const without = yield* run([answer(200, "")], (service) => service.revoke(tokens(1)), {
            revokeEndpoint: undefined,
          })
          assert.strictEqual(without.arrived.length, 0)
          const kept = yield* run([answer(200, ""), refuses("unsupported_token_type")], (service) =>
            service.revoke(tokens(1)),
          )
          assert.isUndefined(kept.error)
        }),
    )

    const unsupported = refuses("unsupported_token_type")
    it.effect("does not call a refresh token revoked that the server cannot revoke", () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run([unsupported, answer(200, "")], (service) => service.revoke(tokens(1)))
        assert.strictEqual(error?._tag, "UnsupportedTokenType")
        assert.deepStrictEqual(
          arrived.map(({ fields }) => fields["token_type_hint"]),
          ["refresh_token", "access_token"],
        )
      }),
    )

    it.effect("does not call an access token revoked that the server cannot revoke, where it is the only one", () =>
      Effect.gen(function* () {
        const { refreshToken: _, ...alone } = tokens(1)
        const { error } = yield* run([unsupported], (service) => service.revoke(alone))
        assert.strictEqual(error?._tag, "UnsupportedTokenType")
      }),
    )
  })

  it.effect.prop(
    "meets any answer with a typed error or a success",
    {
      status: Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 200, maximum: 599 }))),
      type: Schema.Literals(["application/json", "text/html", "text/plain", ""]),
      body: Schema.Union([
        Schema.String,
        Schema.Struct({
          access_token: Schema.Unknown,
          refresh_token: Schema.Unknown,
          expires_in: Schema.Union([Schema.Number, Schema.String, Schema.Null]),
          device_code: Schema.String,
          user_code: Schema.String,
          verification_uri: Schema.String,
          interval: Schema.Union([Schema.Number, Schema.String, Schema.Null]),
        }),
      ]),
    },
    ({ body, status, type }) =>
      Effect.gen(function* () {
        const text = typeof body === "string" ? body : JSON.stringify(body, (_, v) => (typeof v === "bigint" ? 1 : v))
        const bodiless = status === 204 || status === 205 || status === 304
        const step = answer(status, bodiless ? "" : text, { "content-type": type })
        for (const call of [
          (service: DeviceAuthorization["Service"]) => Effect.asVoid(service.request),
          (service: DeviceAuthorization["Service"]) => Effect.asVoid(service.poll(code)),
          (service: DeviceAuthorization["Service"]) => Effect.asVoid(service.refresh(tokens(1))),
        ]) {
          const { error, exit } = yield* run([step], call)
          assert.isFalse(Exit.hasDies(exit))
          if (error !== undefined) assert.isString(error.verdict.retry)
        }
      }),
    { arbitrary: { runs: 100, seed: 1 }, timeout: 60_000 },
  )

  describe("timeouts", () => {
    it("are 15 s and 2 min by default", () => {
      assert.deepStrictEqual([requestTimeout, refreshTimeout], [Duration.seconds(15), Duration.minutes(2)])
      assert.deepStrictEqual(limits(), { request: requestTimeout, refresh: refreshTimeout })
    })

    it.effect("end a code request, a poll and a revocation after the time of the caller", () =>
      Effect.gen(function* () {
        const timeout = "2 seconds"
        const request = yield* run([hangs], (service) => service.request, { timeout })
        assert.deepStrictEqual(request.times(), [0, 2.5, 5.5, 9.5, 15.5, 25.5, 43.5, 77.5])
        assert.strictEqual(request.error?._tag, "RequestTimedOut")
        assert.match(request.error?.message ?? "", /after 2s/)
        const poll = yield* run([hangs, granted], (service) => service.poll({ ...code, expiresAt: 1_400_000 }), {
          timeout,
        })
        assert.deepStrictEqual(
          poll.times().map((at) => at - 1200),
          [5, 5 + 2 + 10],
        )
        const revoke = yield* run([hangs], (service) => service.revoke(tokens(1)), { timeout })
        assert.deepStrictEqual(
          revoke.times().map((at) => at - 2400),
          [0, 2.5, 5.5],
        )
      }),
    )

    it.effect("end a refresh after a time of its own", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const fiber = yield* DeviceAuthorization.use((service) => Effect.flip(service.refresh(tokens(1)))).pipe(
          Effect.provide(device(script, { timeout: "2 seconds", refreshTimeout: "5 minutes" })),
          Effect.forkChild,
        )
        yield* TestClock.adjust("299999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RefreshUncertain")
        assert.deepStrictEqual(script.times(), [0])
      }),
    )

    it("must be finite durations above 0, and an option must be known", () => {
      const bad = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "soon", "0 seconds", "-5 seconds", {}]
      for (const option of ["timeout", "refreshTimeout"]) {
        for (const value of bad) {
          assert.throws(
            () => device(scripted(hangs), { [option]: value }),
            InvalidPolicy,
            new RegExp(`DeviceAuthorization: ${option} is .*, allowed is a duration above 0 ms`),
          )
        }
      }
      assert.throws(() => device(scripted(hangs), { timout: 1 } as never), InvalidPolicy, /timout.*timeout/)
    })

    it.effect("can come from the environment, where an invalid one fails the layer", () =>
      Effect.gen(function* () {
        const script = scripted(hangs)
        const { connectivity: _, ...texts } = provider
        const layer = DeviceAuthorization.layerConfig(
          Config.map(Config.Duration("TIMEOUT"), (timeout) => ({ ...texts, timeout })),
        )
        const failed = (timeout: string) =>
          DeviceAuthorization.use((service) => Effect.flip(service.revoke(tokens(1)))).pipe(
            Effect.provide(
              layer.pipe(
                Layer.provide([
                  script.layer,
                  ConfigProvider.layer(ConfigProvider.fromEnv({ env: { TIMEOUT: timeout } })),
                ]),
              ),
            ),
            withoutJitter,
          )
        const fiber = yield* Effect.forkChild(failed("3 seconds"))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RequestTimedOut")
        assert.deepStrictEqual(script.times(), [0, 3.5, 7.5])
        assert.instanceOf(yield* Effect.flip(failed("0 seconds")), InvalidPolicy)
      }),
    )
  })

  it.effect("can be configured from the environment", () =>
    Effect.gen(function* () {
      const script = scripted(answer(200, codeAnswer))
      const layer = DeviceAuthorization.layerConfig({
        deviceEndpoint: Config.String("DEVICE_ENDPOINT"),
        tokenEndpoint: Config.String("TOKEN_ENDPOINT"),
        clientId: Config.String("CLIENT_ID"),
        clientSecret: Config.Redacted("CLIENT_SECRET"),
        scope: Config.succeed("offline"),
        encoding: Config.succeed("multipart" as const),
      })
      const environment = ConfigProvider.layer(
        ConfigProvider.fromEnv({
          env: {
            DEVICE_ENDPOINT: "https://a.test/d",
            TOKEN_ENDPOINT: "https://a.test/t",
            CLIENT_ID: "x",
            CLIENT_SECRET: "y",
          },
        }),
      )
      yield* DeviceAuthorization.use((service) => service.request).pipe(
        Effect.provide(layer.pipe(Layer.provide([script.layer, environment]))),
      )
      assert.deepStrictEqual(script.arrived[0]?.fields, { client_id: "x", client_secret: "y", scope: "offline" })
    }),
  )
})
