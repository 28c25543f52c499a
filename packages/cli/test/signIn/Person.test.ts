import { assert, describe, it } from "@effect/vitest"
import { Verdict } from "@holdfast/core"
import { DeviceAuthorization, TokenStore } from "@holdfast/oauth"
import type { DeviceCode } from "@holdfast/oauth/DeviceCode"
import { AccessDenied, ExpiredToken, InvalidClient, InvalidGrant } from "@holdfast/oauth/OAuthErrors"
import type { TokenSet } from "@holdfast/oauth/TokenSet"
import { Clock, Effect, Fiber, Layer, Queue, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Keys } from "../../src/signIn/Keys.ts"
import { Person } from "../../src/signIn/Person.ts"

const tokens: TokenSet = {
  accessToken: Redacted.make("access"),
  refreshToken: Redacted.make("refresh"),
  expiresAt: undefined,
  scope: undefined,
} as unknown as TokenSet

const fields = { verdict: Verdict.never({ change: "human" }), code: "", status: 400 }
const expired = new ExpiredToken({ ...fields, code: "expired_token" })
const denied = new AccessDenied({ ...fields, code: "access_denied" })
const notAccepted = new InvalidGrant({ ...fields, code: "invalid_grant" })
const unknownClient = new InvalidClient({ ...fields, code: "invalid_client" })

/** The outcome of a code, and the seconds after which it arrives. */
type Fate = readonly [
  seconds: number,
  answer: "approved" | typeof expired | typeof denied | typeof notAccepted | typeof unknownClient,
]

/** A person at the terminal, whose codes end as `fates` lists. `said` collects the printed lines. */
const scene = (fates: ReadonlyArray<Fate>, available = true) =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const note = (text: string) => Effect.map(Clock.currentTimeMillis, (now) => void said.push(`${now / 1000} ${text}`))
    const typed = yield* Queue.unbounded<void>()
    let requests = 0
    const device = Layer.succeed(DeviceAuthorization, {
      request: Effect.sync(
        () => ({ userCode: `CODE${++requests}`, verificationUri: "https://h/device" }) as DeviceCode,
      ),
      poll: ({ userCode }: DeviceCode) => {
        const [seconds, answer] = fates[Number(userCode.slice(4)) - 1] ?? [Infinity, "approved"]
        const end = answer === "approved" ? Effect.succeed(tokens) : Effect.fail(answer)
        return Effect.andThen(Effect.sleep(seconds * 1000), end)
      },
      refresh: () => Effect.die("no refresh"),
      revoke: () => Effect.void,
    } as unknown as DeviceAuthorization["Service"])
    const keys = Layer.succeed(Keys, { available, enter: available ? Queue.take(typed) : Effect.never })
    const person = Person.layerPresent("holdfast pair").pipe(
      Layer.provide(Layer.mergeAll(device, TokenStore.layerMemory, keys)),
    )
    const signIn = Person.use(({ signIn }) =>
      signIn("the sign-in has ended", {
        code: ({ userCode }) => note(userCode),
        say: note,
        elsewhere: () => Effect.die("a person is here"),
      }),
    )
    const signing = yield* Effect.forkChild(Effect.result(Effect.provide(signIn, person)), { startImmediately: true })
    return { said, signing, enter: Queue.offer(typed, undefined) }
  })

describe("a person at the terminal", () => {
  it.effect("requests a new code whenever the previous code expires", () =>
    Effect.gen(function* () {
      const { said, signing } = yield* scene([
        [900, expired],
        [900, expired],
        [60, "approved"],
      ])
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* Fiber.join(signing))._tag, "Success")
      const renewed = "the code has expired; here is a new one"
      assert.deepStrictEqual(said, ["0 CODE1", `900 ${renewed}`, "900 CODE2", `1800 ${renewed}`, "1800 CODE3"])
    }),
  )

  it.effect("requests a new code when the user presses Enter", () =>
    Effect.gen(function* () {
      const { enter, said, signing } = yield* scene([
        [900, "approved"],
        [60, "approved"],
      ])
      yield* TestClock.adjust("100 seconds")
      yield* enter
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual((yield* Fiber.join(signing))._tag, "Success")
      assert.deepStrictEqual(said, ["0 CODE1", "100 CODE2"])
    }),
  )

  it.effect("accepts a code that was approved just before the user pressed Enter", () =>
    Effect.gen(function* () {
      const { enter, said, signing } = yield* scene([
        [103, "approved"],
        [900, "approved"],
      ])
      yield* TestClock.adjust("100 seconds")
      yield* enter
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(signing))._tag, "Success")
      assert.deepStrictEqual(said, ["0 CODE1", "100 CODE2"])
    }),
  )

  it.effect("prints no message when a code expires after Enter has replaced it", () =>
    Effect.gen(function* () {
      const { enter, said, signing } = yield* scene([
        [110, expired],
        [60, "approved"],
      ])
      yield* TestClock.adjust("100 seconds")
      yield* enter
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual((yield* Fiber.join(signing))._tag, "Success")
      assert.deepStrictEqual(said, ["0 CODE1", "100 CODE2"])
    }),
  )

  it.effect("lets the user request another code if the server no longer accepts the current code", () =>
    Effect.gen(function* () {
      const { enter, said, signing } = yield* scene([
        [30, notAccepted],
        [60, "approved"],
      ])
      yield* TestClock.adjust("1 day")
      yield* enter
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual((yield* Fiber.join(signing))._tag, "Success")
      assert.deepStrictEqual(said, [
        "0 CODE1",
        "30 the code is no longer accepted; press Enter for a new one, or Ctrl-C to stop",
        "86400 CODE2",
      ])
    }),
  )

  it.effect("lets the user decline a code and request another code", () =>
    Effect.gen(function* () {
      const { enter, said, signing } = yield* scene([
        [30, denied],
        [60, "approved"],
      ])
      yield* TestClock.adjust("1 day")
      assert.isUndefined(signing.pollUnsafe())
      yield* enter
      yield* TestClock.adjust("60 seconds")
      assert.strictEqual((yield* Fiber.join(signing))._tag, "Success")
      assert.deepStrictEqual(said, [
        "0 CODE1",
        "30 the code was declined; press Enter for a new one, or Ctrl-C to stop",
        "86400 CODE2",
      ])
    }),
  )

  it.effect("does not ask the user again if a new code cannot help", () =>
    Effect.gen(function* () {
      const { said, signing } = yield* scene([[0, unknownClient]])
      yield* TestClock.adjust("1 second")
      const result = yield* Fiber.join(signing)
      assert.match(result._tag === "Failure" ? result.failure.message : "", /HOLDFAST_CLIENT_ID/)
      assert.deepStrictEqual(said, ["0 CODE1"])
    }),
  )

  it.effect("ends the sign-in when the code is declined on a terminal that cannot read keys", () =>
    Effect.gen(function* () {
      const { signing } = yield* scene([[30, denied]], false)
      yield* TestClock.adjust("1 minute")
      const result = yield* Fiber.join(signing)
      assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "", "PairingNeeded")
    }),
  )
})
