import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import { type HttpAnswer, HttpPipeline, ResponseBody, RetryAfter } from "@holdfast/http"
import { Console, Effect, Random, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { ReelError } from "../02-your-own-error-table.ts"

/** The code of a payload such as `{ "code": "quota" }`; empty for any other payload. */
const codeOf = (body: string): string => /"code"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? ""

/** Every response from status 400 up, as an error of the vendor's table with the server's hint. */
const decode = (answer: HttpAnswer) => {
  const { body, status } = answer
  const code = codeOf(body)
  return ReelError.decode({ key: code, status, retryAfter: RetryAfter.fromAnswer(answer), fields: { status, code } })
}

const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.timeout("15 seconds"))

/** Stands for the vendor. In a program, take the client of your platform. */
const answers = [
  new Response('{"code":"quota"}', { status: 400, headers: { "retry-after": "3" } }),
  new Response('{"clips":42}'),
  new Response('{"code":"no_reel"}', { status: 404 }),
]
const vendor = HttpClient.make((request) =>
  Effect.gen(function* () {
    const answer = answers.shift() ?? new Response(null, { status: 500 })
    yield* Console.log(`${request.method}: ${answer.status}`)
    return HttpClientResponse.fromWeb(request, answer)
  }),
)

export const main: Effect.Effect<void, unknown> = Effect.gen(function* () {
  const client = HttpPipeline.client(pipeline, vendor, { decode, json: true })
  const clips = client
    .get("https://reel.test/clips")
    .pipe(Effect.flatMap(ResponseBody.decodeJson(Schema.Struct({ clips: Schema.Int }))))
  yield* Console.log(`${(yield* clips).clips} clips`)
  // The type of the error has the classes of the table, and the transport errors.
  const text = yield* clips.pipe(Effect.catchTag("NoSuchReel", ({ code }) => Effect.succeed(`refused: ${code}`)))
  yield* Console.log(text)
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
