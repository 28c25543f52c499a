import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { DeviceAuthorization } from "@holdfast/oauth"
import {
  answer,
  code,
  codeAnswer,
  device,
  fails,
  hangs,
  refuses,
  reveal,
  scripted,
  type Step,
} from "../support/server.ts"
import { run, slowDown, granted } from "../support/device.ts"

const pending = refuses("authorization_pending")

/** Polls on a machine whose wall clock is an hour ahead after 7 s while its monotonic clock stood still. */
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
  describe("poll", () => {
    it.effect("polls once per interval until the user approves the code", () =>
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

    it.effect("polls at most once per second, even if the device endpoint sends a shorter interval", () =>
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

    it.effect("permanently increases the polling interval by 5 s after each slow_down", () =>
      Effect.gen(function* () {
        const { times } = yield* run([pending, slowDown, pending, slowDown, pending, granted], (service) =>
          service.poll(code),
        )
        // 5; 5; +10; +10; +15; +15
        assert.deepStrictEqual(times(), [5, 10, 20, 30, 45, 60])
      }),
    )

    it.effect("treats status 429 as slow_down", () =>
      Effect.gen(function* () {
        const { times } = yield* run([answer(429, "busy"), pending, granted], (service) => service.poll(code))
        assert.deepStrictEqual(times(), [5, 15, 25])
      }),
    )

    it.effect("reads errors from a provider that sends them with status 200", () =>
      Effect.gen(function* () {
        const { times, value } = yield* run(
          [refuses("authorization_pending", 200), refuses("slow_down", 200, { interval: 12 }), granted],
          (service) => service.poll(code),
        )
        assert.deepStrictEqual(times(), [5, 10, 22])
        assert.isDefined(value)
      }),
    )

    it.effect(
      "polls less often while the network fails, and returns to the normal interval when the network recovers",
      () =>
        Effect.gen(function* () {
          const { times, value } = yield* run(
            [fails("ECONNREFUSED"), fails("ECONNRESET"), pending, granted],
            (service) => service.poll(code),
          )
          assert.deepStrictEqual(times(), [5, 15, 35, 40])
          assert.isDefined(value)
        }),
    )

    it.effect("waits up to 15 s for the response to each poll", () =>
      Effect.gen(function* () {
        const { times } = yield* run([hangs, granted], (service) => service.poll(code))
        assert.deepStrictEqual(times(), [5, 5 + 15 + 10])
      }),
    )

    it.effect("stops polling when the user declines", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([pending, refuses("access_denied")], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "AccessDenied")
        assert.deepStrictEqual(times(), [5, 10])
      }),
    )

    it.effect("recognizes the status that Frame.io sends when the user declines, and stops polling", () =>
      Effect.gen(function* () {
        const { error } = yield* run([refuses("access_denied", 401)], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "AccessDenied")
      }),
    )

    it.effect("does not send a poll for an expired code", () =>
      Effect.gen(function* () {
        const { arrived, error } = yield* run([pending], (service) => service.poll({ ...code, expiresAt: 0 }))
        assert.strictEqual(error?._tag, "ExpiredToken")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("stops polling when the server reports that the code has expired", () =>
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
      it.effect(
        `sends the last poll just before the code expires, with a lifetime of ${life} s and an interval of ${interval} s`,
        () =>
          Effect.gen(function* () {
            const { error, times } = yield* run([pending], (service) =>
              service.poll({ ...code, expiresAt: life * 1000, interval }),
            )
            assert.strictEqual(error?._tag, "ExpiredToken")
            assert.deepStrictEqual(times().slice(-3), last)
          }),
      )
    }

    it.effect("detects an approval in the last seconds before the code expires", () =>
      Effect.gen(function* () {
        const late: Step = (request) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => (now < 117_000 ? pending : granted)(request))
        const { times, value } = yield* run([late], (service) => service.poll(code))
        assert.deepStrictEqual(reveal(value), ["access-1", "refresh-1"])
        assert.strictEqual(times().at(-1), 119)
      }),
    )

    it.effect("sends a last poll just before the code expires, even if slow_down requires a longer interval", () =>
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
      it.effect(`reports the network error if the network is down from ${since} until the code expires`, () =>
        Effect.gen(function* () {
          const { error } = yield* run(steps, (service) => service.poll(code))
          assert.strictEqual(error?._tag, "DnsFailure")
          assert.strictEqual(error?.verdict.retry, "always")
        }),
      )
    }

    it.effect("waits as long as the server's hint requests, but not beyond the expiry of the code", () =>
      Effect.gen(function* () {
        const busy = (seconds: number) => answer(429, "", { "retry-after": `${seconds}` })
        const { times } = yield* run([busy(60), pending], (service) => service.poll(code))
        assert.deepStrictEqual(times().slice(0, 3), [5, 65, 75])
        const last = yield* run([busy(3600)], (service) => service.poll({ ...code, expiresAt: 1_320_000 }))
        assert.deepStrictEqual(last.times(), [1205, 1319])
      }),
    )

    it.effect("reports the server's error if the server fails until the code expires", () =>
      Effect.gen(function* () {
        const { error } = yield* run([pending, answer(503, "down")], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "TemporarilyUnavailable")
      }),
    )

    it.effect("reports an expired code if the network has recovered and the server is still waiting for approval", () =>
      Effect.gen(function* () {
        const { error } = yield* run([fails("ENOTFOUND"), fails("ENOTFOUND"), pending], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "ExpiredToken")
      }),
    )

    it.effect(
      "sends one poll after the machine was suspended past the code's expiry, and stops when the server reports the expiry",
      () =>
        Effect.gen(function* () {
          const { error, times } = yield* suspended([pending, refuses("expired_token")])
          assert.strictEqual(error._tag, "ExpiredToken")
          assert.deepStrictEqual(times, [5, 10])
        }),
    )

    it.effect("continues polling after a clock jump if the server is still waiting for approval", () =>
      Effect.gen(function* () {
        const { error, times } = yield* suspended([pending, pending, pending, refuses("access_denied")])
        assert.strictEqual(error._tag, "AccessDenied")
        assert.deepStrictEqual(times, [5, 10, 15, 20])
      }),
    )

    it.effect("reports the network error if a suspend outlasts the code and the network is down afterwards", () =>
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
      it.effect(`reports lost tokens if the code turns out to be used up after a response that ${how}`, () =>
        Effect.gen(function* () {
          const { error } = yield* run([lost, refuses("invalid_grant")], (service) => service.poll(code))
          assert.strictEqual(error?._tag, "InvalidGrant")
          assert.match(error?.message ?? "", /response to an earlier poll was lost/)
        }),
      )
    }

    it.effect("omits the status from the error if no response reported that the code had expired", () =>
      Effect.gen(function* () {
        const { error } = yield* run([pending], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "ExpiredToken")
        assert.notMatch(error?.message ?? "", /status|expired_token/)
      }),
    )

    it.effect("does not report lost tokens if the failed poll never reached the server", () =>
      Effect.gen(function* () {
        const { error } = yield* run([fails("ECONNREFUSED"), refuses("invalid_grant")], (service) => service.poll(code))
        assert.notMatch(error?.message ?? "", /lost/)
      }),
    )

    it.effect("stops polling after the second unexpected response", () =>
      Effect.gen(function* () {
        const { error, times } = yield* run([refuses("out_of_cheese", 418)], (service) => service.poll(code))
        assert.strictEqual(error?._tag, "UnknownOAuthError")
        assert.deepStrictEqual(times(), [5, 15])
      }),
    )

    it.effect("does not treat a change of the system clock as the expiry of the code", () =>
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

    it.effect("recognizes Google's error codes and statuses", () =>
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

    it.effect("stops polling when the caller is interrupted", () =>
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
})
