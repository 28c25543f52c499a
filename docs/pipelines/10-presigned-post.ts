import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Console, Effect, Random, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

/** The server holds the keys of a session, and signs a form that takes one file for a quarter of an hour. */
const form = PresignedPost.sign({
  bucket: "reels",
  region: "eu-west-3",
  keyPrefix: "inbox/",
  credentials: {
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    secretAccessKey: Redacted.make("example"),
    sessionToken: Redacted.make("FwoGZXIvYXdzEXAMPLE"),
  },
  conditions: [PostPolicy.contentLengthRange(1, 5_000_000_000)],
  expiresIn: "15 minutes",
  successStatus: 201,
}).pipe(Effect.map((post) => JSON.stringify(PresignedPost.reveal(post))))

/** S3 is busy at first. It prints what it reads of the form. */
const storage = (statuses: Iterator<number, void>) =>
  HttpClient.make((request) =>
    Effect.gen(function* () {
      const status = statuses.next().value ?? 500
      const sent = new Response(request.body._tag === "Raw" ? (request.body.body as Blob) : null, request)
      const names = [...(yield* Effect.promise(() => sent.formData())).keys()]
      yield* Console.log(`${names.length} parts, the last is ${names.at(-1)}: ${status}`)
      const body =
        status === 201
          ? "<PostResponse><Bucket>reels</Bucket><Key>inbox/A001.mov</Key><ETag>5d41402a</ETag></PostResponse>"
          : "<Error><Code>SlowDown</Code></Error>"
      return HttpClientResponse.fromWeb(request, new Response(body, { status }))
    }),
  )

/** The uploader has the form and a file. */
export const main = Effect.gen(function* () {
  const { fields, url } = JSON.parse(yield* form)
  const post = PresignedPost.fromFields(url, fields)
  yield* Console.log(post.fields.map(([name]) => name).join(" "))

  const file = new File(["the bytes of a film"], "A001.mov", { type: "video/quicktime" })
  const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
  const receipt = yield* Pipeline.run(pipeline, () => post.upload(file))
  yield* Console.log(`${receipt.key} is stored, ETag ${receipt.etag}`)
}).pipe(Effect.provideService(HttpClient.HttpClient, storage([503, 201].values())), Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
