import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, FileSystem, Layer, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Tokens } from "@holdfast/core"
import { OAuthTokens, TokenStore } from "@holdfast/oauth"
import {
  answer,
  asTimePasses,
  cut,
  device,
  fails,
  hangs,
  refuses,
  reveal,
  scripted,
  slowly,
  type Step,
  tokenAnswer,
  tokens,
} from "../support/server.ts"
import { renewed, rejected, make, outcome } from "../support/tokens.ts"

const envoy = "upstream connect error or disconnect/reset before headers. reset reason:"

describe("OAuthTokens", () => {
  describe("refresh", () => {
    it.effect("saves the new pair before any caller receives it", () =>
      Effect.gen(function* () {
        let saved = false
        const { arrived, memory, service } = yield* make([renewed], (store) => ({
          save: (set) =>
            set.spent !== undefined
              ? store.save(set)
              : Effect.andThen(
                  Effect.sleep("3 seconds"),
                  Effect.tap(store.save(set), () => Effect.sync(() => (saved = true))),
                ),
        }))
        const fiber = yield* Effect.forkChild(service.refresh(rejected))
        yield* TestClock.adjust("2 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        assert.isFalse(saved)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-2")
        assert.isTrue(saved)
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
        assert.strictEqual(arrived[0]?.fields["refresh_token"], "refresh-1")
      }),
    )

    it.effect("uses a newer saved pair instead of refreshing", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        yield* memory.save(tokens(7))
        assert.strictEqual(yield* outcome(service.refresh(rejected)), "access-7")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("uses the pair that the previous holder of the lock saved", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        const other = memory.exclusive(Effect.andThen(Effect.sleep("1 second"), memory.save(tokens(7))))
        yield* Effect.forkChild(other, { startImmediately: true })
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* Fiber.join(fiber), "access-7")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("sends one refresh for ten concurrent callers", () =>
      Effect.gen(function* () {
        const { arrived, service } = yield* make([slowly(100, renewed), refuses("invalid_request")])
        const all = Effect.all(
          Array.from({ length: 10 }, () => outcome(service.refresh(rejected))),
          { concurrency: "unbounded" },
        )
        const fiber = yield* Effect.forkChild(all)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(
          yield* Fiber.join(fiber),
          Array.from({ length: 10 }, () => "access-2"),
        )
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("sends another refresh if the new token is also rejected", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed, answer(200, tokenAnswer(3))])
        const second = yield* service.refresh(rejected)
        assert.strictEqual(Redacted.value(yield* service.refresh(second)), "access-3")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-3", "refresh-3"])
        assert.deepStrictEqual(
          arrived.map(({ fields }) => fields["refresh_token"]),
          ["refresh-1", "refresh-2"],
        )
      }),
    )

    it.effect("makes no additional attempts for a second caller while the server is unreachable", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([fails("ENOTFOUND")])
        yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5, 7.5])
      }),
    )

    it.effect("retries a refresh with capped backoff while the server is unreachable", () =>
      Effect.gen(function* () {
        const refused = Array.from({ length: 9 }, () => fails("ECONNREFUSED"))
        const { service, times } = yield* make([...refused, renewed])
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(yield* Fiber.join(fiber), "access-2")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 95.5, 127.5])
      }),
    )

    it.effect("waits as long as the server's Retry-After header requests", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([
          answer(429, "", { "retry-after": "10" }),
          answer(503, "", { "retry-after": "3600" }),
          renewed,
        ])
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("2 hours")
        assert.strictEqual(yield* Fiber.join(fiber), "access-2")
        assert.deepStrictEqual(times(), [0, 10, 3610])
      }),
    )

    it.effect("stops waiting within 5 s after another process signs in", () =>
      Effect.gen(function* () {
        const slow = answer(429, "", { "retry-after": "3600" })
        const { memory, service, times } = yield* make([slow], () => ({ changes: Stream.never }))
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("20 seconds")
        yield* memory.save(tokens(7))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(fiber.pollUnsafe() === undefined ? "waits" : yield* Fiber.join(fiber), "access-7")
        assert.deepStrictEqual(times(), [0])
      }),
    )

    it.effect("waits at most an hour, even if the server's Retry-After is longer", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([answer(429, "", { "retry-after": "86400" }), renewed])
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("2 hours")
        assert.strictEqual(yield* Fiber.join(fiber), "access-2")
        assert.deepStrictEqual(times(), [0, 3600])
      }),
    )

    it.effect("stops retrying as soon as a user signs in", () =>
      Effect.gen(function* () {
        const { memory, service, times } = yield* make([fails("ENOTFOUND")])
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("20 seconds")
        yield* memory.save(tokens(7))
        assert.strictEqual(yield* Fiber.join(fiber), "access-7")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5, 7.5, 15.5])
      }),
    )

    const lost: ReadonlyArray<readonly [string, Step]> = [
      ["the connection was reset", fails("ECONNRESET")],
      ["the answer was cut short", cut(200, '{"access_')],
      ["a gateway lost the answer", answer(502, "")],
      ["the server failed", answer(500, "oops")],
      ["the server said that it failed", refuses("server_error", 500)],
      ["the proxy saw this side close (499)", answer(499, "")],
      ["the proxy got an odd answer (520)", answer(520, "error code: 520")],
      ["the proxy could not connect (521)", answer(521, "error code: 521")],
      ["the proxy timed out (524)", answer(524, "error code: 524")],
      ["the proxy timed out by another number (598)", answer(598, "")],
      ["the proxy lost its connection to the server", answer(503, `${envoy} connection termination`)],
      ["the cache got no answer from the server", answer(503, "<h1>Error 503 Backend fetch failed</h1>")],
      ["a success could not be read", answer(200, { ok: true })],
      ["the server stayed silent for 2 min", hangs],
    ]
    for (const [name, step] of lost) {
      it.effect(`sends the same token exactly once more after ${name}`, () =>
        Effect.gen(function* () {
          const { arrived, memory, service } = yield* make([step, step, renewed])
          for (const reason of [/response was lost|could not be read|failed/, /has ended/]) {
            const fiber = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
            yield* TestClock.adjust("10 minutes")
            const error = yield* Fiber.join(fiber)
            assert.strictEqual(error._tag, "SignInNeeded")
            assert.match(error.reason, reason)
            assert.match(error.action, /sign in again$/)
          }
          assert.deepStrictEqual(
            arrived.map(({ fields }) => fields["refresh_token"]),
            ["refresh-1", "refresh-1"],
          )
          assert.strictEqual((yield* memory.load)?.spent, "yes")
        }),
      )

      it.effect(`never sends the same token again after ${name} if the server punishes reuse`, () =>
        Effect.gen(function* () {
          const { arrived, service } = yield* make([step, renewed], undefined, { resend: "never" })
          const fiber = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
          yield* TestClock.adjust("10 minutes")
          assert.match((yield* Fiber.join(fiber)).action, /sign in again$/)
          assert.strictEqual(arrived.length, 1)
        }),
      )

      it.effect(`saves the new pair if the second attempt succeeds after ${name}`, () =>
        Effect.gen(function* () {
          const { memory, service } = yield* make([step, renewed])
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("10 minutes")
          assert.strictEqual(yield* Fiber.join(fiber), "access-2")
          assert.isUndefined((yield* memory.load)?.spent)
        }),
      )
    }

    it.effect(
      "records, before sending the request, that the pair may be spent, and removes the record when the new pair arrives",
      () =>
        Effect.gen(function* () {
          const seen: Array<string | undefined> = []
          let load: TokenStore["Service"]["load"] = Effect.undefined
          const noted =
            (step: Step): Step =>
            (request) =>
              Effect.orDie(load).pipe(
                Effect.tap((set) => Effect.sync(() => seen.push(set?.spent))),
                Effect.andThen(step(request)),
              )
          const { memory, service } = yield* make(
            [fails("ECONNREFUSED"), fails("ECONNRESET"), refuses("slow_down"), renewed].map(noted),
          )
          load = memory.load
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("10 minutes")
          assert.strictEqual(yield* Fiber.join(fiber), "access-2")
          // Refused means unsent. A reset may have spent it, so the next two are the last attempts that may be lost.
          assert.deepStrictEqual(seen, ["maybe", "maybe", "yes", "yes"])
          assert.isUndefined((yield* memory.load)?.spent)
        }),
    )

    const proofs: ReadonlyArray<readonly [string, Step]> = [
      ["the connection was refused", fails("ECONNREFUSED")],
      ["the name was not found", fails("ENOTFOUND")],
      ["the server asked for fewer requests", answer(429, "")],
      ["the server was unavailable", answer(503, "")],
      ["the proxy did not reach the server", answer(503, `${envoy} connection failure`)],
      ["the proxy had no room for the request", answer(503, `${envoy} overflow`)],
      ["the server did not know the client", refuses("invalid_client")],
    ]
    for (const [name, step] of proofs) {
      it.effect(`does not leave a record of a spent pair after ${name}`, () =>
        Effect.gen(function* () {
          const { memory, service } = yield* make([step])
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("100 millis")
          assert.isUndefined((yield* memory.load)?.spent)
          yield* Fiber.interrupt(fiber)
        }),
      )
    }

    it.effect("sends the token once more if the previous process ended before the response arrived", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([fails("ECONNRESET")])
        yield* memory.save({ ...tokens(1), spent: "maybe" })
        const fiber = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
        yield* TestClock.adjust("10 minutes")
        assert.match((yield* Fiber.join(fiber)).reason, /response was lost/)
        assert.strictEqual(arrived.length, 1)
        assert.strictEqual((yield* memory.load)?.spent, "yes")
      }),
    )

    it.effect("does not send a refresh token that another program has used up", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        yield* memory.save({ ...tokens(1), spent: "yes" })
        const error = yield* Effect.flip(service.refresh(rejected))
        assert.deepStrictEqual([error.reason, error.action], ["the sign-in has ended", "sign in again"])
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("waits for a new sign-in if the pair is used up, and does not return the used pair again", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed])
        yield* memory.save({ ...tokens(1), spent: "yes" })
        yield* Effect.flip(service.refresh(rejected))
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(fiber.pollUnsafe())
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-7")
      }),
    )

    it.effect("discards the new pair if the user signs out before the response arrives", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([slowly(1000, renewed)])
        const fiber = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
        yield* TestClock.adjust("500 millis")
        yield* memory.clear
        yield* TestClock.adjust("1 second")
        assert.match((yield* Fiber.join(fiber)).reason, /this device is not signed in/)
        assert.isUndefined(yield* memory.load)
      }),
    )

    it.effect("records a rejected token so that the next program does not send it again", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")])
        yield* Effect.flip(service.refresh(rejected))
        assert.strictEqual((yield* memory.load)?.spent, "yes")
      }),
    )

    it.effect("reports the client's configuration error again, because a new sign-in would not correct it", () =>
      Effect.gen(function* () {
        const { service } = yield* make([refuses("invalid_client")])
        for (let n = 0; n < 2; n++) {
          const error = yield* Effect.flip(service.refresh(rejected))
          assert.match(error.message, /does not recognize this client id and secret: check the client id/)
        }
      }),
    )

    it.effect("keeps the tokens of a sign-in that happens while a refresh is in flight", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([slowly(10_000, renewed)])
        const fiber = yield* Effect.forkChild(service.refresh(rejected))
        yield* TestClock.adjust("5 seconds")
        yield* memory.save(tokens(7))
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-7")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-7", "refresh-7"])
      }),
    )

    it.effect("sends a refresh only once if two programs share a token file", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* fs.makeTempDirectoryScoped()}/tokens.json`
        const script = scripted(slowly(50, renewed), refuses("invalid_grant"))
        const program = Effect.gen(function* () {
          const store = TokenStore.layerFile(file)
          const context = yield* Layer.build(
            Layer.fresh(OAuthTokens.layer.pipe(Layer.provideMerge(Layer.merge(device(script), store)))),
          )
          return { store: Context.get(context, TokenStore), service: Context.get(context, Tokens) }
        })
        const one = yield* program
        const two = yield* program
        yield* one.store.save(tokens(1))
        const both = Effect.all([outcome(one.service.refresh(rejected)), outcome(two.service.refresh(rejected))], {
          concurrency: 2,
        })
        assert.deepStrictEqual(yield* asTimePasses(both), ["access-2", "access-2"])
        assert.strictEqual(script.arrived.length, 1)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    )

    it.effect("requires a new sign-in if the pair has no refresh token", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        yield* memory.save({ ...tokens(1), refreshToken: undefined })
        assert.strictEqual((yield* Effect.flip(service.refresh(rejected))).action, "sign in again")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("requires a new sign-in after a sign-out", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed])
        yield* memory.clear
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /this device is not signed in/)
      }),
    )
  })
})
