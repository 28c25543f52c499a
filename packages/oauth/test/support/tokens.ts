/** Helpers for the tests of `OAuthTokens`. */
import { Context, Effect, Layer, Redacted } from "effect"
import type { SignInNeeded } from "@holdfast/core"
import { Tokens, Verdict } from "@holdfast/core"
import { OAuthTokens, TokenStore, TokensUnwritable } from "@holdfast/oauth"
import { answer, device, scripted, type Step, tokenAnswer, tokens, withoutJitter } from "./server.ts"

export const renewed = answer(200, tokenAnswer(2))

export const rejected = tokens(1).accessToken

/** `Tokens` over a scripted server and a store in memory that the test changes; signed in with pair 1. */
export const make = (
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

/** The access token, or the reason why a person is needed. */
export const outcome = (effect: Effect.Effect<Redacted.Redacted<string>, SignInNeeded>) =>
  effect.pipe(
    Effect.map(Redacted.value),
    Effect.catch((error) => Effect.succeed(error)),
    withoutJitter,
  )

export const full = () =>
  Effect.fail(
    new TokensUnwritable({
      path: "/tokens.json",
      detail: "no space left on the disk",
      action: "free some space",
      verdict: Verdict.never(),
    }),
  )
