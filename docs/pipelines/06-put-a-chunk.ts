import { NodeRuntime } from "@effect/platform-node"
import { Pipeline } from "@holdfast/core"
import { PresignedPut } from "@holdfast/s3"
import { Clock, Console, Effect, Random } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { createHash } from "node:crypto"

const chunk = new TextEncoder().encode("the first sixteen MiB of A001C003.mov, shortened")
const md5 = createHash("md5").update(chunk).digest("hex")

const slowDown = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
const digest = "<Error><Code>BadDigest</Code><Message>The Content-MD5 did not match.</Message></Error>"

/** An S3 that is busy, then receives other bytes than were sent, then stores them. */
const answers = () => [
  new Response(slowDown, { status: 503 }),
  new Response(digest, { status: 400 }),
  new Response(null, { status: 200, headers: { etag: `"${md5}"`, "content-length": "0" } }),
]

/** A URL as the signing server makes it: for one chunk and its content type, valid for a day. */
const presigned = (at: number): string => {
  const date = new Date(at).toISOString().replace(/[-:]|\.\d+/g, "")
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `AKIAIOSFODNN7EXAMPLE/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
    "X-Amz-Date": date,
    "X-Amz-Expires": "86400",
    "X-Amz-SignedHeaders": "content-type;host;x-amz-acl",
    "X-Amz-Signature": createHash("sha256").update("a signature").digest("hex"),
  })
  return `https://bucket.s3.amazonaws.com/parts/1?${query}`
}

const pipeline = Pipeline.makeUnsafe(Pipeline.retry())

export const main = Effect.gen(function* () {
  const left = answers()
  const url = presigned(yield* Clock.currentTimeMillis)
  const client = HttpClient.make((request) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, left.shift() ?? new Response(null, { status: 500 }))),
  )
  const receipt = yield* Pipeline.run(pipeline, ({ number }) =>
    PresignedPut.put(client, {
      url,
      body: chunk,
      length: chunk.byteLength,
      headers: { "content-type": "video/quicktime", "x-amz-acl": "private" },
    }).pipe(Effect.tapError((error) => Console.log(`attempt ${number}: ${error._tag}, retry ${error.verdict.retry}`))),
  )
  yield* Console.log(`stored, and the ETag is the MD5 of what was sent: ${receipt.etag === md5}`)
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
