import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Authorization, type Gate, Tokens } from "@holdfast/core"
import { OAuthTokens, RefreshMeaning, TokenStore } from "@holdfast/oauth"
import { answer, device, fails, refuses, scripted, type Step, tokens } from "./support/server.ts"

const settings = "check the client id, the client secret and the version of the program, then run this program again"
const address = "check the address of the sign-in server, then run this program again"

/** The message for a refresh that gets this response. */
const needed = (step: Step) =>
  Effect.gen(function* () {
    const script = scripted(step)
    const store = Context.get(yield* Layer.build(Layer.fresh(TokenStore.layerMemory)), TokenStore)
    yield* store.save(tokens(1))
    const context = yield* Layer.build(
      Layer.fresh(OAuthTokens.layer).pipe(Layer.provide([device(script), Layer.succeed(TokenStore, store)]), (layer) =>
        Layer.provideMerge(Layer.fresh(Authorization.layer), layer),
      ),
    )
    const { gate, reject } = Context.get(context, Authorization)
    assert.isDefined(Context.get(context, Tokens))
    yield* TestClock.adjust(0)
    yield* reject(tokens(1).accessToken)
    const fiber = yield* Effect.forkChild(gate.awaitOpen)
    yield* TestClock.adjust("1 minute")
    yield* Fiber.interrupt(fiber)
    const state: Gate.State = yield* Effect.map(Effect.succeed(gate.state), (ref) => ref.value)
    return { state, spent: (yield* store.load)?.spent, sent: script.arrived.length }
  })

describe("a failed refresh that no retry can fix", () => {
  const public_ =
    "AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
  const cases: ReadonlyArray<readonly [name: string, step: Step, reason: string, action: string]> = [
    [
      "includes the server's description of the problem",
      refuses("invalid_client", 401, { error_description: public_ }),
      `the server does not recognize this client id and secret (invalid_client: ${public_})`,
      settings,
    ],
    [
      "states what to check if the server does not describe the problem",
      refuses("invalid_client"),
      "the server does not recognize this client id and secret",
      settings,
    ],
    [
      "includes the server's description of the program's version",
      refuses("invalid_client_version", 400, { error_description: "not a semantic version" }),
      "the server does not accept this version of the program (invalid_client_version: not a semantic version)",
      settings,
    ],
    [
      "requests a new sign-in if the server does not permit this client to refresh",
      refuses("unsupported_grant_type"),
      "the server does not permit this client to refresh sign-ins",
      "sign in again, or configure the server to permit this client to refresh sign-ins",
    ],
    [
      "reports the origin of the redirect target",
      answer(307, "", { location: "https://id.example:8443/token" }),
      "",
      address,
    ],
    ["stops refreshing if the request cannot be sent", fails("UND_ERR_INVALID_ARG"), "", address],
  ]
  for (const [name, step, reason, action] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { sent, spent, state } = yield* needed(step)
        assert.strictEqual(state._tag, "NeedsHuman")
        if (state._tag !== "NeedsHuman") return
        if (reason !== "") assert.strictEqual(state.reason, reason)
        assert.strictEqual(state.action, action)
        assert.strictEqual(sent, 1)
        // The pair is still valid.
        assert.isUndefined(spent)
      }),
    )
  }

  it.effect("names the remedy for an unreadable response", () =>
    Effect.gen(function* () {
      const { sent, state } = yield* needed(answer(200, { ok: true }))
      assert.strictEqual(state._tag === "NeedsHuman" && state.reason, RefreshMeaning.unreadable.reason)
      assert.match(state._tag === "NeedsHuman" ? state.action : "", /proxy/)
      assert.strictEqual(sent, 2)
    }),
  )
})
