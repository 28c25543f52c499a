import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { Lint, PresignedPut, S3Error } from "@holdfast/s3"
import { Effect, Layer, Redacted, Stream } from "effect"
import { HttpClient } from "effect/http"
import * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Boto3 from "../../support/s3/Boto3.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import { title } from "../../support/processes/Peer.ts"
import { missing } from "../../support/s3/Radosgw.ts"
import { bytes, md5 } from "../../support/requests/samples.ts"

/** The server with a bucket, and a client that does not change what was signed. */
const live = Layer.mergeAll(Bucket.layer, NodeHttpClient.layerUndici)

const put = (url: string, body: Uint8Array, lint?: false) =>
  HttpClient.HttpClient.use((client) =>
    PresignedPut.put(client, { url: Redacted.make(url), body, length: body.byteLength, lint }),
  )

/** Completes a multipart upload with its presigned URL. */
const complete = (url: string, receipts: ReadonlyArray<PresignedPut.Receipt>) =>
  Effect.promise(async () => {
    const parts = receipts.map(({ etag }, n) => `<Part><PartNumber>${n + 1}</PartNumber><ETag>"${etag}"</ETag></Part>`)
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`
    const response = await fetch(url, { method: "POST", body })
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  })

type Sign = (order: AwsSdk.Order) => Promise<string> | string

interface Signer {
  readonly name: string
  readonly absent?: string | undefined
  readonly sign: Sign
  /** The findings of the lint for its URLs. */
  readonly findings?: ReadonlyArray<string>
}

const signers: ReadonlyArray<Signer> = [
  { name: "the AWS SDK", sign: AwsSdk.put },
  {
    // Ceph accepts the checksum of an empty body, which other servers reject. A caller that knows this may send it.
    name: "the AWS SDK with its default checksum",
    sign: (order) => AwsSdk.put(order, "WHEN_SUPPORTED"),
    findings: ["HF-S3-BODY-010"],
  },
  {
    name: "boto3, version 4",
    absent: Boto3.missing,
    sign: (order) => Boto3.put({ ...order, version: "s3v4" }),
  },
  {
    name: "boto3, version 2",
    absent: Boto3.missing,
    sign: (order) => Boto3.put({ ...order, version: "s3" }),
  },
]

describe.skipIf(missing !== undefined)(title("a presigned PUT to Ceph", missing), () => {
  layer(live, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    for (const { absent, findings = [], name, sign } of signers) {
      for (const kind of Bucket.kinds) {
        it.effect.skipIf(absent !== undefined)(
          `stores the upload with its MD5, signed with ${kind} credentials: ${title(name, absent)}`,
          () =>
            Effect.gen(function* () {
              const order = yield* Bucket.order(kind, `Clips/A 001+é~(${name}) ${kind}.mov`)
              const content = bytes(70_000)
              const url = yield* Effect.promise(async () => sign(order))
              const found = Lint.check({ method: "PUT", url, size: content.byteLength }, { at: Date.now() })
              assert.deepStrictEqual(
                found.map(({ code }) => code),
                findings,
              )
              if (findings.length > 0) {
                assert.strictEqual((yield* Effect.flip(put(url, content)))._tag, "LintError")
              }
              const receipt = yield* put(url, content, findings.length > 0 ? false : undefined)
              assert.strictEqual(receipt.etag, md5(content))
              assert.strictEqual(receipt.md5, md5(content))
              assert.isDefined(receipt.requestId)
              const object = yield* Bucket.stored(order.key)
              assert.deepStrictEqual(object?.bytes, content)
            }),
        )
      }
    }

    it.effect("uploads a stream completely, and sends its length in advance", () =>
      Effect.gen(function* () {
        const order = yield* Bucket.order("long", "streamed")
        const content = bytes(3 << 20)
        const url = yield* Effect.promise(() => AwsSdk.put(order))
        const pieces = Array.from({ length: 3 }, (_, n) => content.subarray(n << 20, (n + 1) << 20))
        const receipt = yield* PresignedPut.put(yield* HttpClient.HttpClient, {
          url,
          // From a disk: each piece takes a moment.
          body: { stream: Stream.mapEffect(Stream.fromIterable(pieces), (piece) => Effect.as(Effect.sleep(5), piece)) },
          length: content.byteLength,
        })
        assert.strictEqual(receipt.md5, md5(content))
      }),
    )

    it.effect("uploads each part to its own URL, and the SDK completes the upload with the ETags of the parts", () =>
      Effect.gen(function* () {
        const order = yield* Bucket.order("long", "in parts")
        const parts = [bytes(5 << 20, 1), bytes(5 << 20, 2), bytes(1000, 3)]
        const upload = yield* Effect.promise(() => AwsSdk.multipart(order, parts.length))
        const receipts = yield* Effect.forEach(upload.urls, (url, n) => put(url, parts[n]!), { concurrency: 3 })
        assert.deepStrictEqual(
          receipts.map(({ etag }) => etag),
          parts.map(md5),
        )
        const answer = yield* complete(upload.complete, receipts)
        assert.strictEqual(answer.status, 200)
        assert.isFalse(S3Error.isErrorBody(answer.body))
        const object = yield* Bucket.stored(order.key)
        assert.strictEqual(md5(object!.bytes), md5(Buffer.concat(parts)))
      }),
    )

    const completions = [
      { what: "a small part before the last one", tag: "EntityTooSmall", sizes: [1000, 1000] },
      { what: "a part with another ETag", tag: "InvalidPart", sizes: [1000], etag: "0".repeat(32) },
    ] as const

    for (const { sizes, tag, what, ...change } of completions) {
      it.effect(`reports ${tag} for ${what} when the upload is completed`, () =>
        Effect.gen(function* () {
          const order = yield* Bucket.order("long", "incomplete")
          const upload = yield* Effect.promise(() => AwsSdk.multipart(order, sizes.length))
          const receipts = yield* Effect.forEach(upload.urls, (url, n) => put(url, bytes(sizes[n]!)))
          const sent = receipts.map((receipt) => ({ ...receipt, ...change }))
          const error = S3Error.fromResponse(yield* complete(upload.complete, sent))
          assert.strictEqual(error._tag, tag)
          assert.isUndefined(yield* Bucket.stored(order.key))
        }),
      )
    }

    it.effect("reports NoSuchUpload for a part of an upload that was never started", () =>
      Effect.gen(function* () {
        const order = yield* Bucket.order("long", "never begun")
        const url = yield* Effect.promise(() => AwsSdk.part(order, "2~nobody", 1))
        assert.strictEqual((yield* Effect.flip(put(url, bytes(10))))._tag, "NoSuchUpload")
      }),
    )
  })
})
