/**
 * `PUT /parts/:asset/:chunk`: the chunk storage of the sandbox, which behaves like S3.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Signature from "../../Signature.ts"
import type { Asset } from "../storage/assets.ts"
import { urlLife } from "./assets.ts"
import { type Backend, incoming } from "./backend.ts"
import type { Twist } from "../faults/injector.ts"
import * as s3 from "../responses/s3.ts"

const largestPut = 5 * 1024 ** 3

export const chunkRoutes = (backend: Backend) => {
  const { store, ids, injector } = backend

  const put = Effect.fnUntraced(function* (asset: Asset | undefined, number: number, twist: Twist | undefined) {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { headers } = yield* incoming
    const url = new URL(request.url, "http://sandbox")
    const now = yield* Clock.currentTimeMillis
    const requestId = ids.hex("S3 request").slice(0, 16).toUpperCase()
    const refuse = (refusal: Signature.Refusal) => s3.refuse(refusal, url.pathname, requestId)

    // All checks run before the body is read, so a client that expects a 100 gets its error first.
    const refusal = Signature.verify(
      backend.signer,
      {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers: {
          "content-type": headers["content-type"],
          host: headers.host,
          "x-amz-acl": single(headers["x-amz-acl"]),
        },
      },
      now,
    )
    if (refusal !== undefined) return refuse(refusal)
    // All URLs of an asset were signed at the same moment, so they all expire together and permanently.
    if (asset !== undefined && twist === "url-expired") asset.expiredAt ??= now
    if (asset?.expiredAt !== undefined) return refuse(Signature.expired(urlLife, asset.expiredAt, now))
    if (asset === undefined || !asset.expected.has(number)) return refuse(s3.noSuchKey)
    const length = headers["content-length"]
    if (length === undefined) return refuse(s3.missingContentLength)
    if (Number(length) > largestPut) return refuse(s3.entityTooLarge)

    return yield* store.write(asset, number, request.stream, { spoil: twist === "wrong-bytes" }).pipe(
      Effect.map((digest) =>
        HttpServerResponse.empty({
          status: 200,
          headers: { etag: `"${digest}"`, "x-amz-request-id": requestId, "content-length": "0" },
        }),
      ),
      Effect.catchTags({
        StorageError: () => Effect.succeed(refuse(s3.internalError)),
        HttpServerError: () => Effect.succeed(refuse(s3.incompleteBody)),
      }),
    )
  })

  return [
    HttpRouter.route(
      "PUT",
      "/parts/:asset/:chunk",
      Effect.gen(function* () {
        const { asset: id = "", chunk = "" } = yield* HttpRouter.params
        const asset = store.get(id)
        const number = Number(chunk)
        // Faults depend on the file's name instead of the asset's id, so that a second asset for the same file does not
        // meet the same faults again.
        const resource = asset?.name ?? id
        return yield* injector.around(
          { route: "chunk", resource, chunk: number, chunks: asset?.expected.size ?? 1 },
          (twist) => put(asset, number, twist),
        )
      }),
    ),
  ]
}

const single = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof value === "string" ? value : value?.join(",")
