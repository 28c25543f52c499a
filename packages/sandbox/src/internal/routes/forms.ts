/**
 * `POST /<bucket>`: S3's upload by form.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import type { Refusal, Signer } from "../../Signature.ts"
import type { StoredObject } from "../../StoredObject.ts"
import { incoming } from "./backend.ts"
import * as formCheck from "../forms/check.ts"
import * as formReader from "../forms/reader.ts"
import type { Identifiers } from "../accounts/identifiers.ts"
import type { ObjectStore } from "../storage/objects.ts"
import * as s3 from "../responses/s3.ts"

export interface FormBackend {
  readonly bucket: string
  readonly signers: ReadonlyArray<Signer | formCheck.SessionSigner>
  readonly objects: ObjectStore
  readonly ids: Identifiers
}

export const formRoutes = (backend: FormBackend) => {
  const { bucket, ids, objects, signers } = backend

  const post = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { headers } = yield* incoming
    const requestId = ids.hex("S3 request").slice(0, 16).toUpperCase()
    const refuse = (refusal: Refusal) => s3.refuse(refusal, `/${bucket}`, requestId)

    const type = headers["content-type"] ?? ""
    if (!/^multipart\/form-data\b/i.test(type)) return refuse(s3.noForm)
    if (headers.authorization !== undefined) return refuse(s3.twoProofs)
    if (headers["transfer-encoding"] !== undefined) return refuse(s3.transferEncoding)
    if (headers["content-length"] === undefined) return refuse(s3.missingContentLength)
    const boundary = formReader.boundaryOf(type)
    if (boundary === undefined) return refuse(s3.malformedForm)

    return yield* receive(request, boundary).pipe(
      Effect.map((result) =>
        "code" in result ? refuse(result) : accepted(result, requestId, headers.host ?? "127.0.0.1", bucket),
      ),
      Effect.catchTags({
        StorageError: () => Effect.succeed(refuse(s3.internalError)),
        HttpServerError: () => Effect.succeed(refuse(s3.incompleteBody)),
      }),
      Effect.scoped,
    )
  })

  /** Also reads a rejected form to its end, because a client that is still sending would miss the response. */
  const receive = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest, boundary: string) {
    const reader = formReader.make(boundary)
    const now = yield* Clock.currentTimeMillis
    const file = yield* objects.begin
    let bytes = 0
    let verdict: Refusal | formCheck.Accepted | undefined
    const look = () =>
      (verdict ??= formCheck.check(signers, { bucket, fields: reader.fields(), filename: reader.filename() }, now))

    yield* Stream.runForEach(request.stream, (chunk) => {
      const data = reader.push(chunk)
      if (data.length === 0) return Effect.void
      const known = look()
      bytes += data.length
      // The bytes of an oversized file are counted and discarded.
      return "code" in known || bytes > known.range.max ? Effect.void : file.write(data)
    })

    const place = reader.place()
    if (place === "too much") return s3.headTooLarge
    if (place === "malformed" || (place === "fields" && !reader.closed())) return s3.malformedForm
    const known = look()
    if ("code" in known) return known
    if (place === "file") return s3.malformedForm
    if (reader.files() !== 1) return s3.notOneFile(reader.files())
    if (bytes > known.range.max) return s3.tooLarge(bytes, known.range.max)
    if (bytes < known.range.min) return s3.tooSmall(bytes, known.range.min)
    return { form: known, object: yield* file.keep({ key: known.key, contentType: known.contentType, bytes }) }
  })

  return [HttpRouter.route("POST", `/${bucket}`, post)]
}

interface Stored {
  readonly form: formCheck.Accepted
  readonly object: StoredObject
}

const accepted = ({ form, object }: Stored, requestId: string, host: string, bucket: string) => {
  const etag = `"${object.etag}"`
  const location = `http://${host}/${bucket}/${object.key.split("/").map(encodeURIComponent).join("/")}`
  const headers = { "x-amz-request-id": requestId, server: "AmazonS3", etag }
  const redirect = form.field("success_action_redirect") ?? form.field("redirect")
  if (redirect !== undefined && /^https?:\/\//.test(redirect) && URL.canParse(redirect)) {
    const target = new URL(redirect)
    for (const [name, value] of Object.entries({ bucket, key: object.key, etag })) target.searchParams.set(name, value)
    return HttpServerResponse.empty({ status: 303, headers: { ...headers, location: target.href } })
  }
  const status = form.field("success_action_status")
  if (status === "201") {
    return HttpServerResponse.text(
      s3.postResponse({ Location: location, Bucket: bucket, Key: object.key, ETag: etag }),
      {
        status: 201,
        contentType: "application/xml",
        headers: { ...headers, location },
      },
    )
  }
  return HttpServerResponse.empty({ status: status === "200" ? 200 : 204, headers: { ...headers, location } })
}
