import * as Effect from "effect/Effect"
export const d = Date.now()
export const x = Effect.gen(function* () { Effect.log("x"); yield Effect.fail(1) })
export const y = new Date()
export const z = Math.random()
