import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"

/** What a user may ask for. The server chooses the key, so that no user can overwrite the file of another. */
const Wanted = Schema.Struct({ name: Schema.String, type: Schema.String })

/** Your own check of the session, cookie or token. */
const userOf = ({ headers }: HttpServerRequest.HttpServerRequest) =>
  headers["authorization"] === "Bearer ada" ? "ada" : undefined

/** `POST /forms` signs a form for one video of at most 5 GB, good for a quarter of an hour. */
const Forms = HttpRouter.add("POST", "/forms", (request) =>
  Effect.gen(function* () {
    const { bucket, url } = yield* Sandbox // in a program: the name, region and credentials of your bucket, and no endpoint
    const user = userOf(request)
    if (user === undefined) return HttpServerResponse.empty({ status: 401 })
    const { name, type } = yield* HttpServerRequest.schemaBodyJson(Wanted)
    if (!type.startsWith("video/")) return HttpServerResponse.empty({ status: 415 })
    const form = yield* PresignedPost.sign({
      bucket: bucket.name,
      region: bucket.region,
      credentials: bucket.credentials,
      endpoint: url,
      key: `inbox/${user}/${name.replaceAll(/[^\w.-]/g, "_")}`,
      fields: { "content-type": type },
      conditions: [PostPolicy.contentLengthRange(1, 5_000_000_000)],
      expiresIn: "15 minutes",
      successStatus: 201,
    })
    return HttpServerResponse.jsonUnsafe(PresignedPost.reveal(form))
  }),
)

/** What the page of the user does: asks for a form, and sends the file with it to the bucket. */
const upload = async (server: string, token: string, file: File): Promise<string> => {
  const wanted = { method: "POST", headers: { authorization: `Bearer ${token}` } }
  const signed = await fetch(`${server}/forms`, {
    ...wanted,
    body: JSON.stringify({ name: file.name, type: file.type }),
  })
  if (!signed.ok) return `no form: ${signed.status}`
  const { fields, url } = await signed.json()
  const post = PresignedPost.fromFields(url, fields)
  const stored = await fetch(post.url, { method: "POST", body: post.toFormData(file) })
  return `${stored.status} ${file.name}`
}

const program = Effect.gen(function* () {
  const { bucket } = yield* Sandbox
  const { address } = yield* HttpServer.HttpServer
  const server = HttpServer.formatAddress(address)
  const send = (token: string, name: string, type: string) =>
    Effect.promise(() => upload(server, token, new File(["a film"], name, { type })))
  yield* Console.log(yield* send("eve", "A001.mov", "video/quicktime"))
  yield* Console.log(yield* send("ada", "notes.txt", "text/plain"))
  yield* Console.log(yield* send("ada", "A001.mov", "video/quicktime"))
  for (const { bytes, contentType, key } of yield* bucket.objects) {
    yield* Console.log(`stored: ${key}, ${bytes} bytes, ${contentType}`)
  }
})

const Live = HttpRouter.serve(Forms, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
  Layer.provideMerge(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 })),
)

export const main = program.pipe(Effect.provide(Live))

if (import.meta.main) NodeRuntime.runMain(main)
