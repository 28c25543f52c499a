import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Boto3 from "../../support/s3/Boto3.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import * as Chromium from "../../support/browser/Chromium.ts"
import * as PageServer from "../../support/browser/PageServer.ts"
import { title } from "../../support/processes/Peer.ts"
import * as Radosgw from "../../support/s3/Radosgw.ts"
import { bytes } from "../../support/requests/samples.ts"
import { boto3 } from "../../support/s3/signers.ts"

const missing = [Radosgw.missing, Boto3.missing, Chromium.missing].find((reason) => reason !== undefined)

const talk = bytes(300_000)

/** A file on the disk, like the speaker's. */
const file = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-talk-"))
    writeFileSync(join(folder, "talk.mov"), talk)
    return folder
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
).pipe(Effect.map((folder) => join(folder, "talk.mov")))

/** A tab with the page, and with the file chosen. */
class Tab extends Context.Service<
  Tab,
  {
    /** The origin of the page, which differs from the bucket's. */
    readonly origin: string
    readonly page: Chromium.Page
    /** Calls one of the page's functions. */
    readonly send: (name: string, key?: string) => Effect.Effect<Readonly<Record<string, unknown>>>
  }
>()("@holdfast/peers/test/Tab") {
  static readonly layer = Layer.effect(
    Tab,
    Effect.gen(function* () {
      // The form is signed as by Django, with credentials of a cloud machine and with the documented fields.
      const order = yield* Bucket.order("session", "")
      const origin = yield* PageServer.serve(async (key) => boto3("s3")({ ...order, key }))
      const browser = yield* Effect.acquireRelease(
        Effect.promise(() => Chromium.open()),
        ({ close }) => Effect.promise(close),
      )
      const page = yield* Effect.promise(() => browser.newPage())
      const path = yield* file
      yield* Effect.promise(async () => {
        await AwsSdk.allow(order, origin)
        await page.goto(origin)
        await page.choose("#file", path)
      })
      return {
        origin,
        page,
        send: (name, key = name) => Effect.promise(() => page.evaluate(`page.${name}(${JSON.stringify(key)})`)),
      }
    }),
  )
}

const send = (name: string) => Tab.use((tab) => tab.send(name))

/** Like `send`, but fails if the browser's console has a message or another server receives a request. */
const sendInPeace = (name: string) =>
  Effect.gen(function* () {
    const { origin, page } = yield* Tab
    const { endpoint } = yield* Radosgw.Radosgw
    const before = page.errors.length
    const answer = yield* send(name)
    assert.deepStrictEqual(page.errors.slice(before), [])
    assert.deepStrictEqual([...new Set(page.requests.map((url) => new URL(url).origin))], [origin, endpoint])
    return answer
  })

describe.skipIf(missing !== undefined)(title("the form of the first source text, in Chromium", missing), () => {
  layer(Layer.provideMerge(Tab.layer, Bucket.layer), { timeout: "2 minutes", excludeTestServices: true })((it) => {
    it.effect("the server rejects a form that contains only the documented fields, because the token is missing", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* send("withoutToken"))["status"], 403)
        assert.isUndefined(yield* Bucket.stored("withoutToken"))
      }),
    )

    it.effect(
      "the server rejects a token after the file without giving a reason, and the page explains the reason",
      () =>
        Effect.gen(function* () {
          const { body, code, status, title } = yield* send("tokenLast")
          assert.strictEqual(status, 403)
          assert.include(body, "<Code>AccessDenied</Code><Message></Message>")
          assert.strictEqual(code, "HF-S3-POST-011")
          assert.strictEqual(title, 'A form field comes after "file", so S3 never reads it')
          assert.isUndefined(yield* Bucket.stored("tokenLast"))
        }),
    )

    it.effect("the server stores a form in which the file follows the token", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* sendInPeace("fileLast"))["status"], 204)
        assert.deepStrictEqual((yield* Bucket.stored("fileLast"))?.bytes, talk)
      }),
    )

    it.effect("the server rejects a content type that was set manually, because fetch does not add the boundary", () =>
      Effect.gen(function* () {
        const { body, status } = yield* send("typeByHand")
        assert.strictEqual(status, 400)
        assert.include(body, "boundary")
      }),
    )

    it.effect("the server stores a PresignedPost.toFormData body that the page sends", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* sendInPeace("toFormData"))["status"], 204)
        assert.deepStrictEqual((yield* Bucket.stored("toFormData"))?.bytes, talk)
      }),
    )

    it.effect("the server stores a file that PresignedPost.upload sends with fetch", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* sendInPeace("upload"), { status: 204, key: "upload" })
        assert.deepStrictEqual((yield* Bucket.stored("upload"))?.bytes, talk)
      }),
    )

    it.effect(
      "PresignedPost.upload reports a failure for a bucket without CORS rules, although the server stores the file",
      () =>
        Effect.gen(function* () {
          const { origin, send } = yield* Tab
          const order = yield* Bucket.order("long", "no CORS")
          yield* Effect.promise(() => AwsSdk.allow(order, "https://elsewhere.example"))
          const answer = yield* send("upload", order.key)
          yield* Effect.promise(() => AwsSdk.allow(order, origin))
          assert.deepStrictEqual(answer, { _tag: "TransportFailure", retry: "always" })
          assert.isDefined(yield* Bucket.stored(order.key))
        }),
    )
  })
})
