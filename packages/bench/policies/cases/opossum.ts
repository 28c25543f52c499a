/** opossum: a breaker over promises, by default with a timeout and statistics. */
import CircuitBreaker, { type Options } from "opossum"
import { answer, limit, settle, stuck, type Case } from "../Case.ts"

const stripped: Options = { timeout: false, rollingPercentilesEnabled: false, enableSnapshots: false }

const kept: Array<unknown> = []

// An opossum breaker guards a single function, so the two ways of calling it need two breakers.
const fires = (options: Options): Case => ({
  time: () => {
    const breaker = new CircuitBreaker(answer, options)
    return async (calls) => {
      for (let call = 0; call < calls; call++) await breaker.fire()
    }
  },
  hold: () => {
    const breaker = new CircuitBreaker(stuck, options)
    return async (calls) => {
      for (let call = 0; call < calls; call++) kept.push(breaker.fire())
      await settle()
    }
  },
})

export const cases: Readonly<Record<string, Case>> = {
  defaults: fires({ timeout: limit }),
  stripped: fires(stripped),
  rejection: {
    time: () => {
      const breaker = new CircuitBreaker(answer, { ...stripped, resetTimeout: 3_600_000 })
      breaker.open()
      return async (calls) => {
        for (let call = 0; call < calls; call++) {
          try {
            await breaker.fire()
          } catch {
            continue
          }
          throw new Error("a call got through")
        }
      }
    },
  },
}
