import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { S3Listing, S3Object } from "@holdfast/s3"
import { Effect, Layer, Stream } from "effect"
import { HttpClient } from "effect/http"
import * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import { title } from "../../support/processes/Peer.ts"
import * as Radosgw from "../../support/s3/Radosgw.ts"
import { bytes, md5 } from "../../support/requests/samples.ts"

const live = Layer.mergeAll(Bucket.layer, NodeHttpClient.layerUndici)

/** Stores an object with a presigned URL of Amazon's SDK. */
const store = (order: AwsSdk.Order, content: Uint8Array<ArrayBuffer>) =>
  Effect.promise(async () => {
    const { status } = await fetch(await AwsSdk.put(order), { method: "PUT", body: content })
    assert.strictEqual(status, 200)
  })

describe.skipIf(Radosgw.missing !== undefined)(title("an object in Ceph", Radosgw.missing), () => {
  layer(live, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    for (const kind of Bucket.kinds) {
      it.effect(`is read in ranges of one version with ${kind} credentials, until it is replaced`, () =>
        Effect.gen(function* () {
          const order = yield* Bucket.order(kind, `Clips/A 001+é~!(${kind})*'.mov`)
          const content = new Uint8Array(bytes(300_000))
          yield* store(order, content)
          const client = yield* HttpClient.HttpClient
          const { bucket, credentials, endpoint, key } = order
          const storage: S3Object.Storage = { region: "us-east-1", credentials, endpoint }
          const { bytes: size, etag } = yield* S3Object.attributes(client, storage, { bucket, key })
          assert.strictEqual(size, content.byteLength)
          assert.strictEqual(etag, `"${md5(content)}"`)
          const range = { etag, offset: 100_001, length: 150_000 }
          const read = Stream.runCollect(S3Object.range(client, storage, { bucket, key }, range))
          const part = Buffer.concat(yield* read)
          assert.isTrue(part.equals(content.subarray(100_001, 250_001)))

          yield* store(order, new Uint8Array(bytes(300_000, 7)))
          assert.strictEqual((yield* Effect.flip(read))._tag, "PreconditionFailed")
        }),
      )
    }

    it.effect("is listed with the others below a prefix, in several pages, and without the marks of folders", () =>
      Effect.gen(function* () {
        const prefix = "Listed é+/"
        const names = ["A 001+é&<~!(1)*'.mov", "Day 1/日本.mov", "Day 1/B.mov", "Day 2/C.mov", "D.mov"]
        const orders = yield* Effect.forEach(["", ...names], (name) => Bucket.order("long", `${prefix}${name}`))
        for (const order of orders) {
          yield* Effect.promise(() => AwsSdk.store(order, bytes(order.key === prefix ? 0 : 3)))
        }
        let requests = 0
        const client = HttpClient.tapRequest(yield* HttpClient.HttpClient, () => Effect.sync(() => requests++))
        const { bucket, credentials } = yield* Bucket.order("session", "")
        const settings = ["rgw max listing results = 2"]
        const endpoint = yield* Radosgw.Radosgw.use(({ gateway }) => gateway({ settings }))
        const storage: S3Object.Storage = { region: "us-east-1", credentials, endpoint }
        const listed = yield* S3Listing.objects(client, storage, { bucket, prefix })
        assert.deepStrictEqual(
          listed.map(({ bytes: size, key }) => `${size} ${key}`).toSorted(),
          names.map((name) => `3 ${prefix}${name}`).toSorted(),
        )
        assert.strictEqual(requests, 3)
        assert.deepStrictEqual(yield* S3Listing.objects(client, storage, { bucket, prefix: "none/" }), [])
        const error = yield* Effect.flip(S3Listing.objects(client, storage, { bucket: "no-such-bucket", prefix }))
        assert.strictEqual(error._tag, "NoSuchBucket")
      }),
    )

    it.effect("states why it cannot be read", () =>
      Effect.gen(function* () {
        const { bucket, credentials, endpoint } = yield* Bucket.order("long", "absent")
        const client = yield* HttpClient.HttpClient
        const attributes = (keys: S3Object.Credentials, name = bucket) =>
          Effect.flip(
            S3Object.attributes(
              client,
              { region: "us-east-1", credentials: keys, endpoint },
              { bucket: name, key: "absent" },
            ),
          )
        const errors = [
          yield* attributes(credentials),
          yield* attributes(credentials, "no-such-bucket"),
          yield* attributes({ ...credentials, secretAccessKey: "wrong" }),
          yield* attributes({ ...credentials, accessKeyId: "NOBODY" }),
        ]
        assert.deepStrictEqual(
          errors.map((error) => ("code" in error ? error.code : error._tag)),
          ["NoSuchKey", "NoSuchBucket", "SignatureDoesNotMatch", "InvalidAccessKeyId"],
        )
      }),
    )
  })
})
