import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, FileSystem, Layer, Redacted, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { Authorization, SignInNeeded, Tokens, Verdict } from "@holdfast/core"
import { OAuthTokens, RefreshMeaning, TokenStore, TokensUnwritable } from "@holdfast/oauth"
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
  withoutJitter,
} from "./support/server.ts"

const renewed = answer(200, tokenAnswer(2))
const rejected = tokens(1).accessToken
const envoy = "upstream connect error or disconnect/reset before headers. reset reason:"

/** The `Tokens` over a script and a store in memory, changed by the test; signed in as pair 1. */
const make = (
  steps: ReadonlyArray<Step>,
  change: (store: TokenStore["Service"]) => Partial<TokenStore["Service"]> = () => ({}),
  options: OAuthTokens.Options = {},
) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const memory = Context.get(yield* Layer.build(Layer.fresh(TokenStore.layerMemory)), TokenStore)
    yield* memory.save(tokens(1))
    const store: TokenStore["Service"] = { ...memory, ...change(memory) }
    const layer = OAuthTokens.layerWith(options).pipe(Layer.provide([device(script), Layer.succeed(TokenStore, store)]))
    const service = Context.get(yield* Layer.build(Layer.fresh(layer)), Tokens)
    return { ...script, memory, service, layer }
  })

/** The access token, or the reason for which a person is needed. */
const outcome = (effect: Effect.Effect<Redacted.Redacted<string>, SignInNeeded>) =>
  effect.pipe(
    Effect.map(Redacted.value),
    Effect.catch((error) => Effect.succeed(error)),
    withoutJitter,
  )

const full = () =>
  Effect.fail(
    new TokensUnwritable({
      path: "/tokens.json",
      detail: "no space left on the disk",
      action: "free some space",
      verdict: Verdict.never(),
    }),
  )

describe("OAuthTokens", () => {
  describe("current", () => {
    it.effect("is the token on file", () =>
      Effect.gen(function* () {
        const { service } = yield* make([renewed])
        assert.strictEqual(yield* outcome(service.current), "access-1")
      }),
    )

    it.effect("says that the device is not signed in", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed])
        yield* memory.clear
        const error = yield* Effect.flip(service.current)
        assert.strictEqual(error.message, "this device is not signed in: sign in")
      }),
    )

    it.effect("says what is wrong with the store", () =>
      Effect.gen(function* () {
        const { service } = yield* make([renewed], () => ({ load: full() }))
        const error = yield* Effect.flip(service.current)
        assert.match(error.message, /no space left on the disk: free some space$/)
      }),
    )
  })

  describe("refresh", () => {
    it.effect("has the new pair in the store before anyone gets it", () =>
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

    it.effect("uses a newer pair in the store instead of refreshing", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        yield* memory.save(tokens(7))
        assert.strictEqual(yield* outcome(service.refresh(rejected)), "access-7")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("sees the pair of a process that had the lock before", () =>
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

    it.effect("sends one refresh for ten callers at once", () =>
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

    it.effect("is sent again when the new token is rejected in its turn", () =>
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

    it.effect("is not sent more often when two ask for it while nothing reaches the server", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([fails("ENOTFOUND")])
        yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5, 7.5])
      }),
    )

    it.effect("is sent again with capped backoff for as long as nothing reaches the server", () =>
      Effect.gen(function* () {
        const refused = Array.from({ length: 9 }, () => fails("ECONNREFUSED"))
        const { service, times } = yield* make([...refused, renewed])
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(yield* Fiber.join(fiber), "access-2")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 95.5, 127.5])
      }),
    )

    it.effect("waits as long as the server asks", () =>
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

    it.effect("stops waiting within 5 s when another process has signed in", () =>
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

    it.effect("waits an hour at most, whatever the server asks", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([answer(429, "", { "retry-after": "86400" }), renewed])
        const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
        yield* TestClock.adjust("2 hours")
        assert.strictEqual(yield* Fiber.join(fiber), "access-2")
        assert.deepStrictEqual(times(), [0, 3600])
      }),
    )

    it.effect("stops trying as soon as a person has signed in", () =>
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
          for (const reason of [/answer was lost|could not be read|failed/, /has ended/]) {
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

      it.effect(`never sends the same token again after ${name} where the server punishes reuse`, () =>
        Effect.gen(function* () {
          const { arrived, service } = yield* make([step, renewed], undefined, { resend: "never" })
          const fiber = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
          yield* TestClock.adjust("10 minutes")
          assert.match((yield* Fiber.join(fiber)).action, /sign in again$/)
          assert.strictEqual(arrived.length, 1)
        }),
      )

      it.effect(`has the new pair when the second sending succeeds after ${name}`, () =>
        Effect.gen(function* () {
          const { memory, service } = yield* make([step, renewed])
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("10 minutes")
          assert.strictEqual(yield* Fiber.join(fiber), "access-2")
          assert.isUndefined((yield* memory.load)?.spent)
        }),
      )
    }

    it.effect("notes that the pair may be spent before the request leaves, and removes the note with the answer", () =>
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
        // Refused: unsent. Reset: perhaps spent, so the next two are the last that may be lost.
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
      it.effect(`leaves no note after ${name}`, () =>
        Effect.gen(function* () {
          const { memory, service } = yield* make([step])
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("100 millis")
          assert.isUndefined((yield* memory.load)?.spent)
          yield* Fiber.interrupt(fiber)
        }),
      )
    }

    it.effect("is sent once more by the next process if the first one ended before the response", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([fails("ECONNRESET")])
        yield* memory.save({ ...tokens(1), spent: "maybe" })
        const fiber = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
        yield* TestClock.adjust("10 minutes")
        assert.match((yield* Fiber.join(fiber)).reason, /answer was lost/)
        assert.strictEqual(arrived.length, 1)
        assert.strictEqual((yield* memory.load)?.spent, "yes")
      }),
    )

    it.effect("is not sent for a pair that another program has used up", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        yield* memory.save({ ...tokens(1), spent: "yes" })
        const error = yield* Effect.flip(service.refresh(rejected))
        assert.deepStrictEqual([error.reason, error.action], ["the sign-in has ended", "sign in again"])
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("waits for a new sign-in when the pair is used up, and does not hand it out again", () =>
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

    it.effect("is discarded if a person signs out before the response", () =>
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

    it.effect("is not sent again by the next program after the server has refused the token", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")])
        yield* Effect.flip(service.refresh(rejected))
        assert.strictEqual((yield* memory.load)?.spent, "yes")
      }),
    )

    it.effect("repeats what is wrong with the client, which a new sign-in would not correct", () =>
      Effect.gen(function* () {
        const { service } = yield* make([refuses("invalid_client")])
        for (let n = 0; n < 2; n++) {
          const error = yield* Effect.flip(service.refresh(rejected))
          assert.match(error.message, /does not know this client id and secret: check the client id/)
        }
      }),
    )

    it.effect("gives way to a person who signs in while it is under way", () =>
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

    it.effect("is sent once by two programs that share a file", () =>
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

    it.effect("ends in a sign-in when there is no refresh token", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([renewed])
        yield* memory.save({ ...tokens(1), refreshToken: undefined })
        assert.strictEqual((yield* Effect.flip(service.refresh(rejected))).action, "sign in again")
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("says so when somebody has signed out", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed])
        yield* memory.clear
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /this device is not signed in/)
      }),
    )
  })

  describe("the table of meanings", () => {
    const rows: ReadonlyArray<readonly [tag: string, next: RefreshMeaning.Next, step: Step]> = [
      ["AuthorizationPending", "sign-in", refuses("authorization_pending")],
      ["SlowDown", "again", refuses("slow_down")],
      ["SlowDown", "again", answer(429, "")],
      ["AccessDenied", "sign-in", refuses("access_denied", 401)],
      ["ExpiredToken", "sign-in", refuses("expired_token")],
      ["InvalidGrant", "sign-in", refuses("invalid_grant")],
      ["InvalidGrant", "sign-in", refuses("token_inactive", 401)],
      ["InvalidRequest", "sign-in", refuses("invalid_request")],
      ["InvalidClient", "client", refuses("invalid_client")],
      ["InvalidClientVersion", "client", refuses("invalid_client_version")],
      ["UnauthorizedClient", "sign-in", answer(401, "")],
      ["UnsupportedGrantType", "client", refuses("unsupported_grant_type")],
      ["UnsupportedTokenType", "client", refuses("unsupported_token_type")],
      ["InvalidScope", "sign-in", refuses("invalid_scope")],
      ["NotFound", "again", answer(404, "not here")],
      ["ServerError", "lost", answer(500, "oops")],
      ["TemporarilyUnavailable", "again", answer(503, "")],
      ["GatewayFailure", "lost", answer(504, "")],
      ["UnknownOAuthError", "once", answer(418, "")],
      ["UnknownOAuthError", "lost", answer(520, "")],
      ["UnknownOAuthError", "lost", answer(499, "")],
      ["nothing reached the server", "again", fails("ENOTFOUND")],
      ["a captive portal", "again", answer(200, "<html>", { "content-type": "text/html" })],
      ["the request may have arrived", "lost", fails("EPIPE")],
    ]
    for (const [tag, next, step] of rows) {
      it.effect(`${tag} means ${next}`, () =>
        Effect.gen(function* () {
          const { arrived, service } = yield* make([step, step, renewed])
          const fiber = yield* Effect.forkChild(outcome(service.refresh(rejected)))
          yield* TestClock.adjust("1 minute")
          const result = yield* Fiber.join(fiber)
          assert.strictEqual(arrived.length, next === "again" ? 3 : next === "once" || next === "lost" ? 2 : 1)
          if (next === "again") assert.strictEqual(result, "access-2")
          else {
            assert.instanceOf(result, SignInNeeded)
            assert.strictEqual(result.action, RefreshMeaning.action[next])
          }
        }),
      )
    }

    it("is the one that the README shows", () => {
      const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
      const shown = [
        `| nothing reached the server | ${RefreshMeaning.ofTransport({ reached: "nothing" }).next} |`,
        `| the request may have arrived | ${RefreshMeaning.ofTransport({ reached: "maybe" }).next} |`,
        `| \`AnswerUnreadable\` | ${RefreshMeaning.unreadable.next} |`,
        ...Object.entries(RefreshMeaning.table).map(([tag, { next }]) => `| \`${tag}\` | ${next} |`),
      ]
      assert.include(readme, `| answer | next |\n| --- | --- |\n${shown.join("\n")}\n\n`)
    })

    it("has all its rows here", () => {
      const tags = new Set(rows.map(([tag]) => tag))
      for (const tag of Object.keys(RefreshMeaning.table)) assert.isTrue(tags.has(tag), tag)
    })
  })

  describe("a disk that is full", () => {
    it.effect("costs nothing when it is found full before the refresh, which follows once there is space", () =>
      Effect.gen(function* () {
        let space = false
        const { arrived, memory, service } = yield* make([renewed], (store) => ({
          exclusive: (effect) => (space ? store.exclusive(effect) : full()),
        }))
        const error = yield* Effect.flip(service.refresh(rejected))
        assert.match(error.reason, /no space left/)
        assert.strictEqual(error.action, "free some space")
        assert.strictEqual(arrived.length, 0)
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("12 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        space = true
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-2")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
      }),
    )

    it.effect("does not make a pair good again that may have ended", () =>
      Effect.gen(function* () {
        let space = true
        const { arrived, service } = yield* make([fails("ECONNRESET"), fails("ECONNRESET"), renewed], (store) => ({
          exclusive: (effect) => (space ? store.exclusive(effect) : full()),
        }))
        const first = yield* Effect.forkChild(Effect.flip(service.refresh(rejected)))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(first)
        space = false
        yield* Effect.flip(service.refresh(rejected))
        space = true
        yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /has ended/)
        assert.strictEqual(arrived.length, 2)
      }),
    )

    it.effect("sends nothing when the note cannot be written", () =>
      Effect.gen(function* () {
        const { arrived, service } = yield* make([renewed], () => ({ save: full }))
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /no space left/)
        assert.strictEqual(arrived.length, 0)
      }),
    )

    it.effect("keeps the new pair in memory and saves it once there is space", () =>
      Effect.gen(function* () {
        let space = false
        const { arrived, memory, service } = yield* make([renewed], (store) => ({
          save: (set) => (space || set.spent !== undefined ? store.save(set) : full()),
        }))
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /no space left/)
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /no space left/)
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-1", "refresh-1"])
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("12 seconds")
        assert.isUndefined(fiber.pollUnsafe())
        space = true
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-2")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("replaces a file that was damaged meanwhile by the new pair in memory", () =>
      Effect.gen(function* () {
        let broken = false
        const { memory, service } = yield* make([renewed], (store) => ({
          load: Effect.suspend(() => (broken ? full() : store.load)),
          save: (set) => (broken || set.spent !== undefined ? store.save(set) : full()),
        }))
        yield* Effect.flip(service.refresh(rejected))
        broken = true
        assert.strictEqual(yield* outcome(service.refresh(rejected)), "access-2")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
      }),
    )

    it.effect("discards the new pair in memory after a sign-out", () =>
      Effect.gen(function* () {
        let space = false
        const { memory, service } = yield* make([renewed], (store) => ({
          save: (set) => (space || set.spent !== undefined ? store.save(set) : full()),
        }))
        yield* Effect.flip(service.refresh(rejected))
        yield* memory.clear
        space = true
        assert.match((yield* Effect.flip(service.refresh(rejected))).reason, /this device is not signed in/)
        assert.isUndefined(yield* memory.load)
      }),
    )

    it.effect("does not overwrite a sign-in that happened meanwhile", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([renewed], (store) => ({
          save: (set) => (set.spent === undefined ? full() : store.save(set)),
        }))
        yield* Effect.flip(service.refresh(rejected))
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* service.signedIn), "access-7")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-7", "refresh-7"])
      }),
    )
  })

  describe("signedIn", () => {
    it.effect("wakes at once when this process signs in, and not for the pair that ended", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")])
        yield* Effect.flip(service.refresh(rejected))
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(fiber.pollUnsafe())
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-7")
      }),
    )

    it.effect("finds within 5 s that another process has signed in", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")], () => ({ changes: Stream.never }))
        yield* Effect.flip(service.refresh(rejected))
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("11 seconds")
        yield* memory.save(tokens(7))
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("4 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-7")
      }),
    )

    it.effect("is not missed when it happened before anyone waited", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([refuses("invalid_grant")])
        yield* Effect.flip(service.refresh(rejected))
        yield* memory.save(tokens(7))
        assert.strictEqual(Redacted.value(yield* service.signedIn), "access-7")
      }),
    )

    it.effect("waits out a store that cannot be read", () =>
      Effect.gen(function* () {
        let readable = false
        const { service } = yield* make([renewed], (store) => ({
          load: Effect.suspend(() => (readable ? store.load : full())),
        }))
        yield* Effect.flip(service.current)
        const fiber = yield* Effect.forkChild(service.signedIn)
        yield* TestClock.adjust("1 minute")
        assert.isUndefined(fiber.pollUnsafe())
        readable = true
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(Redacted.value(yield* Fiber.join(fiber)), "access-1")
      }),
    )
  })

  describe("interruption", () => {
    it.effect("waits for the answer of a refresh under way, and saves it", () =>
      Effect.gen(function* () {
        const { memory, service } = yield* make([slowly(10_000, renewed)])
        const fiber = yield* Effect.forkChild(service.refresh(rejected))
        yield* TestClock.adjust("1 second")
        const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
        yield* TestClock.adjust("5 seconds")
        assert.isUndefined(interruption.pollUnsafe())
        yield* TestClock.adjust("4 seconds")
        yield* Fiber.join(interruption)
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-2", "refresh-2"])
      }),
    )

    it.effect("waits no longer than 15 s for a silent server, and leaves no fiber", () =>
      Effect.gen(function* () {
        const { arrived, memory, service } = yield* make([slowly(60_000, renewed)])
        const fiber = yield* Effect.forkChild(service.refresh(rejected))
        yield* TestClock.adjust("1 second")
        const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber))
        yield* TestClock.adjust("14 seconds")
        assert.isUndefined(interruption.pollUnsafe())
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(interruption)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(reveal(yield* memory.load), ["access-1", "refresh-1"])
        assert.strictEqual((yield* memory.load)?.spent, "maybe")
        assert.strictEqual(arrived.length, 1)
      }),
    )

    it.effect("ends a wait between two attempts at once", () =>
      Effect.gen(function* () {
        const { service, times } = yield* make([fails("ECONNREFUSED")])
        const fiber = yield* Effect.forkChild(withoutJitter(service.refresh(rejected)))
        yield* TestClock.adjust("4 seconds")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(times(), [0, 0.5, 1.5, 3.5])
      }),
    )
  })

  it.effect("keeps calls waiting behind the authorization gate until a person has signed in", () =>
    Effect.gen(function* () {
      const { layer, memory } = yield* make([refuses("invalid_request")])
      const scope = yield* Scope.make()
      const authorization = Context.get(
        yield* Layer.buildWithScope(Layer.fresh(Authorization.layer.pipe(Layer.provide(layer))), scope),
        Authorization,
      )
      assert.strictEqual(Redacted.value(yield* authorization.token), "access-1")
      yield* authorization.reject(rejected)
      const call = yield* Effect.forkChild(authorization.token)
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(call.pollUnsafe())
      yield* memory.save(tokens(7))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value(yield* Fiber.join(call)), "access-7")
      yield* Scope.close(scope, Exit.void)
    }),
  )
})
