import { CircuitBreaker, Pipeline, Timeline } from "@holdfast/core"
import { HttpPipeline } from "@holdfast/http"
import { Console, Effect } from "effect"

const pipeline = Pipeline.makeUnsafe(
  Pipeline.deadline("1 minute"),
  Pipeline.retry({ attempts: 4, backoff: { base: "10 millis" } }),
  Pipeline.breaker(CircuitBreaker.makeUnsafe()),
  Pipeline.timeout("10 seconds"),
)

/** Stands for the network. In a program, omit this argument: the platform's `fetch` is the default. */
const answers = [503, "ECONNRESET", 200, 404, 503]
const network = async (): Promise<Response> => {
  const answer = answers.shift()
  if (typeof answer === "number") return new Response("answered", { status: answer })
  throw new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: answer }) })
}

const fetch = HttpPipeline.fetch(pipeline, network)

const program = async (): Promise<ReadonlyArray<string>> => {
  const lines: Array<string> = []
  const clips = await fetch("https://api.example/reels/A001", { signal: AbortSignal.timeout(60_000) })
  lines.push(`GET  ${clips.status} ${await clips.text()}`)

  // A client error is about the request: it is returned after one attempt, as `fetch` would.
  const missing = await fetch("https://api.example/reels/A002")
  lines.push(`GET  ${missing.status} after ${Timeline.of(missing).length} attempt`)

  // 503 says that nothing was done, so a POST is sent again. The reset says nothing of the kind.
  answers.push("ECONNRESET")
  const error = await fetch("https://api.example/reels", { method: "POST", body: "{}" }).catch((reason) => reason)
  lines.push(`POST ${error._tag}, after ${Timeline.of(error).length} attempts`)
  return lines
}

export const main = Effect.flatMap(Effect.promise(program), (lines) => Console.log(lines.join("\n")))

if (import.meta.main) await Effect.runPromise(main)
