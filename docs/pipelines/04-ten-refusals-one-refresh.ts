import { NodeRuntime } from "@effect/platform-node"
import { Authorization, Pipeline, SignInNeeded, Tokens, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Layer, Random, Redacted, Stream } from "effect"

class Unauthorized extends Data.TaggedError("Unauthorized") {
  readonly verdict = Verdict.always({ closes: "authorization", change: "token" })
}

// The stored token has expired, and the server rejects the refresh too: a person has to sign in, which takes 5 s.
const TokensLive = Layer.succeed(Tokens, {
  current: Effect.succeed(Redacted.make("spent")),
  refresh: () =>
    Console.log("refresh").pipe(
      Effect.andThen(Effect.sleep("1 second")),
      Effect.andThen(Effect.fail(new SignInNeeded({ reason: "sign-in ended", action: "run holdfast pair" }))),
    ),
  signedIn: Effect.as(Effect.sleep("5 seconds"), Redacted.make("fresh")),
})

/** The server answers after 100 ms, and rejects every token but the fresh one. */
const send = (token: Redacted.Redacted<string> | undefined) =>
  Effect.gen(function* () {
    yield* Effect.sleep("100 millis")
    if (token === undefined || Redacted.value(token) !== "fresh") return yield* new Unauthorized()
    return "accepted"
  })

const program = Effect.gen(function* () {
  const authorization = yield* Authorization
  yield* authorization.gate.changes.pipe(
    Stream.runForEach((state) => {
      switch (state._tag) {
        case "Open":
          return Console.log("gate open")
        case "Closed":
          return Console.log(`gate closed: ${state.reason}`)
        case "NeedsHuman":
          return Console.log(`gate closed: ${state.reason}, ${state.action}`)
      }
    }),
    Effect.forkScoped({ startImmediately: true }),
  )
  const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization }))
  const call = Pipeline.run(pipeline, ({ number, token }) =>
    Effect.map(send(token), (answer) => `${answer} on attempt ${number}`),
  )
  const answers = yield* Effect.all(
    Array.from({ length: 10 }, () => call),
    { concurrency: "unbounded" },
  )
  yield* Console.log(`${answers.length} calls: ${[...new Set(answers)].join(", ")}`)
})

export const main = program.pipe(
  Effect.scoped,
  Effect.provide(Authorization.layer.pipe(Layer.provide(TokensLive))),
  Random.withSeed("docs"),
)

if (import.meta.main) NodeRuntime.runMain(main)
