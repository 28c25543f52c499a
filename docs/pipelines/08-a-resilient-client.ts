import { NodeRuntime } from "@effect/platform-node"
import { Verdict } from "@holdfast/core"
import { type HttpAnswer, ResilientClient, ResponseBody } from "@holdfast/http"
import { Clock, Console, Data, Effect, Random, Schema } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"

/** The vendor's word for every answer from status 400 up. A real vendor has a table: see 02-your-own-error-table.ts. */
class ReelError extends Data.TaggedError("ReelError")<{ readonly status: number; readonly verdict: Verdict.Verdict }> {}

const decode = ({ status }: HttpAnswer) =>
  new ReelError({ status, verdict: status >= 500 ? Verdict.always() : Verdict.never() })

/** What happens to the requests, one after the other. */
const steps = ["ECONNREFUSED", "<html>Welcome to our hotel", 503, '{"name":', '{"name":"A-Cam"}', 503, "ECONNRESET"]

const network = (script: Iterator<string | number, void>) =>
  HttpClient.make((request) =>
    Effect.gen(function* () {
      const step = script.next().value ?? 500
      const seconds = (yield* Clock.currentTimeMillis) / 1000
      yield* Console.log(`${seconds.toFixed(1).padStart(5)} s  ${request.method.padEnd(5)}${step}`)
      if (typeof step === "number") return respond(request, new Response(null, { status: step }))
      if (!step.startsWith("E")) return respond(request, new Response(step))
      const cause = Object.assign(new Error(step), { code: step })
      return yield* new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause }),
      })
    }),
  )

const respond = (request: HttpClientRequest.HttpClientRequest, response: Response) =>
  HttpClientResponse.fromWeb(request, response)

export const main = Effect.gen(function* () {
  const client = ResilientClient.make(network(steps.values()), { decode, json: true })
  const device = yield* client
    .get("https://reel.test/me")
    .pipe(Effect.flatMap(ResponseBody.decodeJson(Schema.Struct({ name: Schema.String }))))
  yield* Console.log(`this is ${device.name}`)

  // 503 is the vendor's word that nothing was made, so the POST is sent again. A reset says nothing of the kind.
  const error = yield* Effect.flip(client.post("https://reel.test/clips"))
  yield* Console.log(
    "reached" in error ? `${error._tag}, reached: ${error.reached}, retry: ${error.verdict.retry}` : error,
  )
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
