import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { PresignedPut, type S3Error } from "@holdfast/s3"
import { Effect, Layer } from "effect"
import { HttpClient } from "effect/http"
import * as AwsSdk from "../../support/s3/AwsSdk.ts"
import * as Bucket from "../../support/s3/Bucket.ts"
import * as ByHand from "../../support/requests/byHand.ts"
import { assertDiagnosed } from "../../support/requests/diagnosed.ts"
import { assertHidden } from "../../support/requests/hidden.ts"
import { title } from "../../support/processes/Peer.ts"
import { missing } from "../../support/s3/Radosgw.ts"
import { bytes, md5 } from "../../support/requests/samples.ts"

const live = Layer.mergeAll(Bucket.layer, NodeHttpClient.layerUndici)

type Order = Parameters<typeof AwsSdk.put>[0]

interface Wrong {
  readonly what: string
  /** The error tag from the server. */
  readonly tag: S3Error["_tag"]
  /** The code of the cause. */
  readonly code: string
  /** Whether the lint detects it before sending. */
  readonly seen: boolean
  /** Whose credentials. Default: permanent ones. */
  readonly kind?: "session"
  readonly order?: (order: Order) => Order
  readonly url?: (url: URL) => void
  readonly headers?: Readonly<Record<string, string>>
  /** Request options that our own client would not use. */
  readonly init?: RequestInit
}

const right = (order: Order) => order

const set = (name: string, value: string) => (url: URL) => url.searchParams.set(name, value)

const drop = (name: string) => (url: URL) => url.searchParams.delete(name)

const signedWith = (change: Partial<Order["credentials"]>) => (order: Order) => ({
  ...order,
  credentials: { ...order.credentials, ...change },
})

const hourAgo = (order: Order) => ({ ...order, signingDate: new Date(Date.now() - 3_600_000) })

const md5Header = (digest: string) => ({ "content-md5": Buffer.from(digest, "hex").toString("base64") })

// The type lacks the `duplex` that streams need.
const stream = { body: new Blob([bytes(10)]).stream(), duplex: "half" } as RequestInit

const wrong: ReadonlyArray<Wrong> = [
  {
    what: "the signature was altered",
    tag: "SignatureDoesNotMatch",
    code: "HF-S3-SIGN-019",
    seen: false,
    url: set("X-Amz-Signature", "0".repeat(64)),
  },
  {
    what: "the signature was truncated",
    tag: "AccessDenied",
    code: "HF-S3-URL-006",
    seen: true,
    url: drop("X-Amz-Signature"),
  },
  {
    what: "the URL was signed with another secret",
    tag: "SignatureDoesNotMatch",
    code: "HF-S3-SIGN-019",
    seen: false,
    order: signedWith({ secretAccessKey: "another" }),
  },
  {
    what: "the key is unknown",
    tag: "InvalidAccessKeyId",
    code: "HF-S3-AUTH-007",
    seen: false,
    order: signedWith({ accessKeyId: "AKIANOBODYKNOWSTHIS0" }),
  },
  {
    what: "the session's token is missing",
    tag: "InvalidAccessKeyId",
    code: "HF-S3-AUTH-001",
    // Ceph's temporary keys do not begin with ASIA, so only the response makes it likely.
    seen: false,
    kind: "session",
    url: drop("X-Amz-Security-Token"),
  },
  {
    what: "the session's token was altered",
    tag: "InvalidAccessKeyId",
    code: "HF-S3-AUTH-004",
    seen: false,
    kind: "session",
    url: set("X-Amz-Security-Token", "AAAA"),
  },
  { what: "the URL has expired", tag: "AccessDenied", code: "HF-S3-URL-001", seen: true, order: hourAgo },
  {
    what: "the path was altered",
    tag: "SignatureDoesNotMatch",
    code: "HF-S3-SIGN-019",
    seen: false,
    url: (url) => {
      url.pathname += ".bak"
    },
  },
  {
    what: "the bucket does not exist",
    tag: "NoSuchBucket",
    code: "HF-S3-PLACE-005",
    seen: false,
    order: (order) => ({ ...order, bucket: "nowhere" }),
  },
  {
    what: "the method differs from the signed method",
    tag: "SignatureDoesNotMatch",
    code: "HF-S3-SIGN-011",
    seen: false,
    init: { method: "POST" },
  },
  {
    what: "the request also has an Authorization header",
    tag: "InvalidArgument",
    code: "HF-S3-AUTH-010",
    seen: true,
    headers: { authorization: "Bearer token-of-our-own-api" },
  },
  {
    what: "the request does not state its length",
    tag: "MissingContentLength",
    code: "HF-S3-BODY-001",
    seen: true,
    init: stream,
  },
  {
    what: "the digest belongs to other bytes",
    tag: "BadDigest",
    code: "HF-S3-BODY-012",
    seen: false,
    headers: md5Header(md5(bytes(11))),
  },
  {
    what: "the digest is malformed",
    tag: "InvalidDigest",
    code: "HF-S3-BODY-011",
    seen: true,
    headers: { "content-md5": "deadbeef" },
  },
]

describe.skipIf(missing !== undefined)(title("an invalid presigned URL, sent to Ceph", missing), () => {
  layer(live, { timeout: "2 minutes", excludeTestServices: true })((it) => {
    for (const { code, headers, init, kind = "long", order: spoiled = right, seen, tag, url: alter, what } of wrong) {
      it.effect(`reports ${tag} and explains ${code} if ${what}`, () =>
        Effect.gen(function* () {
          const order = yield* Bucket.order(kind, what)
          const { accessKeyId, secretAccessKey, sessionToken } = order.credentials
          const url = new URL(yield* Effect.promise(() => AwsSdk.put(spoiled(order))))
          alter?.(url)
          const secrets = [accessKeyId, secretAccessKey, sessionToken, url.searchParams.get("X-Amz-Signature")]
          const content = bytes(10)

          const exchange = yield* Effect.promise(() =>
            ByHand.put(url.href, content, { ...init, ...(headers === undefined ? {} : { headers }) }),
          )
          const { explanation, found } = assertDiagnosed(exchange, { code, seen, tag })
          assertHidden(secrets, explanation, found)

          if (init === undefined) {
            const client = yield* HttpClient.HttpClient
            const error = yield* Effect.flip(
              PresignedPut.put(client, { url: url.href, body: content, length: content.byteLength, headers }),
            )
            // The bytes for a wrong digest may have been damaged in transit; everything else would fail again.
            const retry = !seen && tag === "BadDigest" ? "once" : "never"
            assert.deepStrictEqual([error._tag, error.verdict.retry], [seen ? "LintError" : tag, retry])
            assertHidden(secrets, error, error.message)
          }
          assert.isUndefined(yield* Bucket.stored(order.key))
        }),
      )
    }
  })
})
