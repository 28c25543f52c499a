import * as Effect from "effect/Effect"

console.log(await Effect.runPromise(Effect.succeed(1)))
