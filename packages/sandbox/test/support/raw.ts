/** A client without policies: Node's own, with a new connection for each request unless an agent is given. */
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type Agent, request } from "node:http"

export interface RawResponse {
  readonly _tag: "Response"
  readonly status: number
  readonly headers: Readonly<Record<string, string | Array<string> | undefined>>
  readonly body: string
}

/** A missing or incomplete response. `code` is Node's; `status` is present if a response had begun. */
export interface Broken {
  readonly _tag: "Broken"
  readonly code: string
  readonly status?: number
}

export interface Options {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | number | ReadonlyArray<string>>>
  readonly body?: string | Uint8Array
  readonly agent?: Agent
  /** Waits for 100 Continue before it sends the body. `continued` reports whether it came. */
  readonly expectContinue?: boolean
}

export const send = (url: string, options: Options = {}): Effect.Effect<RawResponse | Broken> =>
  Effect.callback((resume) => {
    const headers: Record<string, string | number | Array<string>> = {}
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      headers[name] = typeof value === "object" ? [...value] : value
    }
    if (options.expectContinue === true) headers["expect"] = "100-continue"
    const outgoing = request(url, { method: options.method ?? "GET", headers, agent: options.agent ?? false })
    const broken = (error: Error, status?: number) => {
      const code = "code" in error && typeof error.code === "string" ? error.code : error.message
      resume(Effect.succeed(status === undefined ? { _tag: "Broken", code } : { _tag: "Broken", code, status }))
    }
    outgoing.on("error", (error) => broken(error))
    outgoing.on("response", (incoming) => {
      const chunks: Array<Buffer> = []
      const status = incoming.statusCode ?? 0
      incoming.on("data", (data: Buffer) => chunks.push(data))
      incoming.on("error", (error) => broken(error, status))
      incoming.on("end", () =>
        resume(
          Effect.succeed({
            _tag: "Response",
            status,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        ),
      )
    })
    if (options.expectContinue === true) {
      outgoing.flushHeaders()
      outgoing.on("continue", () => outgoing.end(options.body))
    } else outgoing.end(options.body)
    return Effect.sync(() => outgoing.destroy())
  })

/** Sends a request and fails without a complete response. */
export const ask = (url: string, options: Options = {}): Effect.Effect<RawResponse> =>
  Effect.flatMap(send(url, options), (answer) =>
    answer._tag === "Response" ? Effect.succeed(answer) : Effect.die(new Error(`no answer: ${answer.code}`)),
  )

/** Runs an effect while virtual time advances one second at a time, and returns how many seconds passed. */
export const throughTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    let seconds = 0
    // Real sockets run beside the virtual clock. They get time to proceed before every step.
    for (;;) {
      for (let turn = 0; turn < 20; turn++) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      if (fiber.pollUnsafe() !== undefined) break
      yield* TestClock.adjust("1 second")
      seconds++
    }
    return { value: yield* Fiber.join(fiber), seconds }
  })
