/** Helpers for the tests of `ClientCredentials` and `ClientTokens`. */
import { Context, Effect, Layer, Redacted } from "effect"
import { type SignInNeeded, Tokens } from "@holdfast/core"
import { ClientCredentials, type ClientCredentialsOptions, ClientTokens } from "@holdfast/oauth"
import { answer, scripted, type Step, withoutJitter } from "./server.ts"

export const server: ClientCredentialsOptions = {
  tokenEndpoint: "https://id.example/token",
  clientId: "billing",
  clientSecret: Redacted.make("s3cret-of-the-client"),
}

/** A token with a lifetime in seconds, by default an hour. */
export const issued = (name: string, expires_in: unknown = 3600): Step =>
  answer(200, { access_token: name, token_type: "Bearer", ...(expires_in === undefined ? {} : { expires_in }) })

/** A token without a lifetime. */
export const endless = (name: string): Step => answer(200, { access_token: name, token_type: "Bearer" })

/** The service over a script. */
export const client = (
  script: Pick<ReturnType<typeof scripted>, "layer">,
  options: Partial<ClientCredentialsOptions> = {},
) => ClientCredentials.layer({ ...server, ...options }).pipe(Layer.provide(script.layer))

/** `Tokens` over a scripted server, without jitter. They end with the scope. */
export const make = (steps: ReadonlyArray<Step>, options: ClientTokens.Options = {}) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const layer = ClientTokens.layerWith(options).pipe(Layer.provide(client(script)))
    const tokens = Context.get(yield* withoutJitter(Layer.build(Layer.fresh(layer))), Tokens)
    return { ...script, layer, tokens }
  })

/** The access token, or the reason why there is none. */
export const outcome = (effect: Effect.Effect<Redacted.Redacted<string>, SignInNeeded>) =>
  effect.pipe(
    Effect.map(Redacted.value),
    Effect.catch((error) => Effect.succeed(error.message)),
  )
