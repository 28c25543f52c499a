import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

const schedule = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 7 }))

console.log(await Effect.runPromise(Effect.retry(Effect.succeed(1), schedule)))
