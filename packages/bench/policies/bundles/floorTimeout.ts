import * as Effect from "effect/Effect"

console.log(await Effect.runPromise(Effect.timeout(Effect.as(Effect.sleep(1), 1), "15 seconds")))
