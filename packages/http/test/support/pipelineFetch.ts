/** A scripted `fetch` for the tests of `HttpPipeline.fetch`. */
import { Clock, Context, Effect } from "effect"
import { nodeError, withoutJitter } from "./clients.ts"

export type Asked = { readonly input: RequestInfo | URL; readonly init: RequestInit | undefined; readonly at: number }
export type Reply = (signal: AbortSignal) => Promise<Response>

export const replies =
  (status: number, headers: HeadersInit = {}): Reply =>
  async () =>
    new Response(`${status}`, { status, headers })
export const breaks =
  (code: string): Reply =>
  async () => {
    throw new TypeError("fetch failed", { cause: nodeError(code) })
  }
/** A reply that never comes: it ends with its signal, as in `fetch`. */
export const silent: Reply = (signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))

/** A `fetch` that plays the replies in turn, the last one forever, and a `fetch` wrapped around it. */
export const network = (...script: ReadonlyArray<Reply>) =>
  Effect.gen(function* () {
    const context = (yield* withoutJitter(Effect.context<never>())) as Context.Context<never>
    const clock = Context.get(context, Clock.Clock)
    const asked: Array<Asked> = []
    const signals: Array<AbortSignal> = []
    const answers: Array<Response> = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push({ input, init, at: clock.currentTimeMillisUnsafe() / 1000 })
      signals.push(init!.signal!)
      const response = await script[Math.min(asked.length, script.length) - 1]!(init!.signal!)
      answers.push(response)
      return response
    }
    const times = () => asked.map(({ at }) => at)
    return { asked, answers, context, fetch, signals, times }
  })

/** The current state of a promise. */
export const watch = (promise: Promise<Response>) => {
  const seen: { response?: Response; error?: unknown } = {}
  promise.then(
    (response) => (seen.response = response),
    (error: unknown) => (seen.error = error),
  )
  return seen
}
