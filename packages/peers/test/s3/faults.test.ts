import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { Diagnosis, PresignedPut } from "@holdfast/s3"
import { Deferred, Effect, type Exit, Layer, Queue, Stream } from "effect"
import { HttpClient } from "effect/http"
import * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import * as ByHand from "../../support/requests/byHand.ts"
import { title } from "../../support/processes/Peer.ts"
import { missing, Radosgw } from "../../support/s3/Radosgw.ts"
import { bytes, md5 } from "../../support/requests/samples.ts"

const live = Layer.mergeAll(Bucket.layer, NodeHttpClient.layerUndici)

/** A PUT to a gateway. */
const put = (endpoint: string, key: string, body: PresignedPut.Body, length: number) =>
  Effect.gen(function* () {
    const order = yield* Bucket.order("long", key)
    const url = yield* Effect.promise(() => AwsSdk.put({ ...order, endpoint }))
    return yield* PresignedPut.put(yield* HttpClient.HttpClient, { url, body, length })
  }).pipe(Effect.catchTag("LintError", Effect.die))

/** The printed forms of an error, which must not contain secrets. */
const about = (error: PresignedPut.PutError) => [error._tag, error.verdict.retry, error.verdict.pace]

/** Sends the first half of a body, and the second when `go` completes: the request is in flight in between. */
const halting = (content: Uint8Array, go: Effect.Effect<void>): PresignedPut.Body => {
  const half = content.byteLength / 2
  return {
    stream: Stream.concat(
      Stream.succeed(content.subarray(0, half)),
      Stream.fromEffect(Effect.as(go, content.subarray(half))),
    ),
  }
}

/** The explanation of another upload, which is sent without Holdfast. */
const explained = (endpoint: string) =>
  Effect.gen(function* () {
    const order = yield* Bucket.order("long", "by hand")
    const url = yield* Effect.promise(() => AwsSdk.put({ ...order, endpoint }))
    const { code, retry } = Diagnosis.explain(yield* Effect.promise(() => ByHand.put(url, bytes(10))))
    return { code, verdict: retry.verdict }
  })

describe.skipIf(missing !== undefined)(title("a failing Ceph server", missing), () => {
  layer(live, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    it.effect(
      "reports status 503 as a retryable SlowDown if a server that allows two concurrent uploads rejects a third",
      () =>
        Effect.gen(function* () {
          const { gateway } = yield* Radosgw
          const endpoint = yield* gateway({
            settings: ["rgw scheduler type = throttler", "rgw max concurrent requests = 2"],
          })
          const content = bytes(100_000)
          const go = yield* Deferred.make<void>()
          const ended = yield* Queue.unbounded<Exit.Exit<PresignedPut.Receipt, PresignedPut.PutError>>()
          for (const key of ["one", "two", "three"]) {
            const upload = put(endpoint, key, halting(content, Deferred.await(go)), content.byteLength)
            yield* Effect.forkScoped(Effect.flatMap(Effect.exit(upload), (exit) => Queue.offer(ended, exit)))
          }
          // No request finishes before the signal: one that ends earlier was rejected.
          const error = yield* Effect.flip(yield* Queue.take(ended))
          assert.deepStrictEqual(about(error), ["SlowDown", "always", "throttled"])
          assert.strictEqual("status" in error ? error.status : undefined, 503)
          assert.deepStrictEqual(yield* explained(endpoint), { code: "HF-S3-SVC-002", verdict: "always" })
          yield* Deferred.succeed(go, undefined)
          const receipts = yield* Effect.all([Effect.flatten(Queue.take(ended)), Effect.flatten(Queue.take(ended))])
          assert.deepStrictEqual(
            receipts.map((receipt) => receipt.md5),
            [md5(content), md5(content)],
          )
        }).pipe(Effect.scoped),
    )

    it.effect(
      "reports a stalled body as a dropped connection that can always be retried, although the request may have arrived",
      () =>
        Effect.gen(function* () {
          const { gateway } = yield* Radosgw
          const endpoint = yield* gateway({ frontend: "request_timeout_ms=1000" })
          // Ceph answers if it waits for the first 4 MiB, and closes the connection if it waits for later ones.
          const content = bytes(20 << 20)
          const error = yield* Effect.flip(put(endpoint, "stalled", halting(content, Effect.never), content.byteLength))
          assert.deepStrictEqual(about(error), ["ConnectionReset", "always", "transient"])
          assert.strictEqual("reached" in error && error.reached, "maybe")
        }).pipe(Effect.scoped),
    )

    it.effect("reports 408 RequestTimeout, and succeeds on a retry, if the store does not respond", () =>
      Effect.gen(function* () {
        const { frozen, gateway } = yield* Radosgw
        const endpoint = yield* gateway({ settings: ["rados osd op timeout = 2"] })
        const content = bytes(10)
        const upload = put(endpoint, "late", content, content.byteLength)
        // After the second request the gateway has cached the user. A gateway that has to ask the store, and gets no response,
        // reports that the key does not exist.
        yield* upload
        yield* upload
        const [error, explanation] = yield* frozen.pipe(
          Effect.andThen(Effect.all([Effect.flip(upload), explained(endpoint)], { concurrency: 2 })),
          Effect.scoped,
        )
        assert.deepStrictEqual(explanation, { code: "HF-S3-BODY-004", verdict: "always" })
        assert.deepStrictEqual(about(error), ["RequestTimeout", "always", "transient"])
        assert.strictEqual(error.status, 408)
        assert.strictEqual((yield* upload).md5, md5(content))
      }).pipe(Effect.scoped),
    )

    it.effect("reports that nothing reached a stopped gateway, and always allows a retry", () =>
      Effect.gen(function* () {
        const { gateway } = yield* Radosgw
        const endpoint = yield* Effect.scoped(gateway({}))
        const content = bytes(10)
        const error = yield* Effect.flip(put(endpoint, "gone", content, content.byteLength))
        assert.deepStrictEqual(about(error), ["ConnectionRefused", "always", "transient"])
        assert.strictEqual("reached" in error && error.reached, "nothing")
      }),
    )
  })
})
