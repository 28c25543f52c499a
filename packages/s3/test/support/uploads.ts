/**
 * Forms that a program signs and uploads, over each type of client.
 */
import { NodeHttpClient } from "@effect/platform-node"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Effect, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import type { Reply } from "./formServer.ts"

export const clients = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
  "node:http": NodeHttpClient.layerNodeHttp,
}

/** A form that S3 would accept at the time of the test. */
export const form = (url: string, more: Partial<PresignedPost.SignOptions> = {}) =>
  PresignedPost.sign({
    url,
    bucket: "bucket",
    region: "us-east-1",
    key: "up/reel 1.mov",
    credentials: {
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      secretAccessKey: Redacted.make("secret"),
      sessionToken: Redacted.make("FwoGZXIvYXdzEXAMPLETOKEN"),
    },
    ...more,
  })

/** Signs a form and uploads a file with it. */
export const upload = (url: string, file: PresignedPost.UploadFile) =>
  Effect.flatMap(form(url), (post) => post.upload(file))

/** A file that is longer than a socket accepts at once, with all byte values. */
export const long = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 7 + (n >> 8)) % 256)

export const stored: Reply = { status: 204, headers: { etag: '"5d41"', "x-amz-request-id": "tx1" } }

export const text = new TextEncoder()
