import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { Lint, PostPolicy } from "@holdfast/s3"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Effect, Layer, Redacted, Stream } from "effect"
import type * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import { title } from "../../support/processes/Peer.ts"
import { missing } from "../../support/s3/Radosgw.ts"
import { bytes, md5 } from "../../support/requests/samples.ts"
import { sdk, type Sign, signers, type Terms } from "../../support/s3/signers.ts"

const live = Layer.mergeAll(Bucket.layer, NodeHttpClient.layerUndici)

const form = (sign: Sign, to: AwsSdk.Order, terms?: Terms) =>
  Effect.map(
    Effect.promise(async () => sign(to, terms)),
    ({ fields, url }) => PresignedPost.fromFields(url, fields),
  )

/** The findings of the lint for a form before it is sent. */
const held = ({ fields, url }: PresignedPost.PresignedPost, { byteLength }: Uint8Array) =>
  Lint.check(
    {
      method: "POST",
      url,
      form: [
        ...fields.map(([name, value]) => ({ name, value: Redacted.value(value) })),
        { name: "file", filename: "clip.mov", size: byteLength },
      ],
    },
    { at: Date.now() },
  )

describe.skipIf(missing !== undefined)(title("a presigned POST to Ceph", missing), () => {
  layer(live, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    for (const { absent, name, sign } of signers) {
      for (const kind of Bucket.kinds) {
        it.effect.skipIf(absent !== undefined)(
          `stores a form signed with ${kind} credentials: ${title(name, absent)}`,
          () =>
            Effect.gen(function* () {
              const to = yield* Bucket.order(kind, `Talks/é 1+1~(${name}) ${kind}.mov`)
              const content = bytes(70_000)
              const post = yield* form(sign, to, { range: [70_000, 70_000] })
              assert.deepStrictEqual(held(post, content), [])
              const receipt = yield* post.upload(content)
              assert.strictEqual(receipt.status, 204)
              assert.strictEqual(receipt.key, to.key)
              assert.deepStrictEqual((yield* Bucket.stored(to.key))?.bytes, content)
            }),
        )
      }
    }

    const content = bytes(200_000)
    const files: ReadonlyArray<readonly [what: string, file: PresignedPost.UploadFile]> = [
      ["bytes", content],
      ["a Blob", new Blob([content], { type: "video/quicktime" })],
      ["an Effect stream", { stream: Stream.make(content.subarray(0, 99), content.subarray(99)), size: 200_000 }],
      ["a ReadableStream", { stream: new Blob([content]).stream(), size: 200_000 }],
    ]
    for (const [what, file] of files) {
      it.effect(`uploads ${what} completely`, () =>
        Effect.gen(function* () {
          const to = yield* Bucket.order("session", what)
          const post = yield* form(sdk, to)
          yield* post.upload(file)
          assert.strictEqual(md5((yield* Bucket.stored(what))!.bytes), md5(content))
        }),
      )
    }

    const told = { etag: md5(content), bucket: Bucket.name }
    const answers = [
      { status: 200, fields: { success_action_status: "200" }, receipt: {} },
      { status: 201, fields: { success_action_status: "201" }, receipt: told },
      { status: 204, fields: { success_action_status: "204" }, receipt: {} },
      { status: 303, fields: { success_action_redirect: "http://127.0.0.1:9/stored" }, receipt: told },
    ]
    for (const { fields, receipt, status } of answers) {
      it.effect(`reads the receipt from a successful response with status ${status}`, () =>
        Effect.gen(function* () {
          const to = yield* Bucket.order("session", `answered ${status}`)
          const post = yield* form(sdk, to, { fields })
          const { location: _, requestId, ...rest } = yield* post.upload(content)
          assert.isDefined(requestId)
          assert.deepStrictEqual(rest, { status, key: to.key, ...receipt })
          assert.strictEqual(md5((yield* Bucket.stored(to.key))!.bytes), md5(content))
        }),
      )
    }

    it.effect("PresignedPost.sign supports all kinds of conditions, and keeps the name of the file", () =>
      Effect.gen(function* () {
        const { credentials, endpoint } = yield* Bucket.order("session", "")
        const post = yield* PresignedPost.sign({
          bucket: Bucket.name,
          region: "us-east-1",
          endpoint,
          credentials,
          keyPrefix: "cards/A/",
          conditions: [PostPolicy.startsWith("Content-Type", "video/"), PostPolicy.contentLengthRange(1, 1000)],
          fields: { "Content-Type": "video/quicktime", "x-amz-meta-camera": "A" },
          expiresIn: "5 minutes",
        })
        const clip = bytes(1000)
        yield* post.upload({ stream: Stream.make(clip), size: 1000, name: "A001 C003.mov" })
        assert.deepStrictEqual(yield* Bucket.stored("cards/A/A001 C003.mov"), { bytes: clip, type: "video/quicktime" })
        // The client would not send it.
        const body = post.toFormData(new Blob([bytes(1001)]))
        const response = yield* Effect.promise(() => fetch(post.url, { method: "POST", body }))
        assert.include(yield* Effect.promise(() => response.text()), "<Code>EntityTooLarge</Code>")
      }),
    )

    it.effect("stores a toFormData body that fetch sends", () =>
      Effect.gen(function* () {
        const to = yield* Bucket.order("session", "by fetch")
        const post = yield* form(sdk, to)
        const body = post.toFormData(new Blob([content]))
        const response = yield* Effect.promise(() => fetch(post.url, { method: "POST", body }))
        assert.strictEqual(response.status, 204)
        assert.strictEqual(md5((yield* Bucket.stored(to.key))!.bytes), md5(content))
      }),
    )
  })
})
