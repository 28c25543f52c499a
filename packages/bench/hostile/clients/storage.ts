/**
 * The calls to a storage: a presigned PUT, a form, and a complete upload.
 */
import { C2cClient, Uploader } from "@holdfast/c2c"
import { Verdict } from "@holdfast/core"
import { PresignedPost, PresignedPut } from "@holdfast/s3"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { secret } from "../spellings.ts"
import { type Client, healthy, undici } from "./Client.ts"

const presigned = (url: string, n: number): string => {
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIDEXAMPLE/20990101/us-east-1/s3/aws4_request",
    "X-Amz-Date": "20990101T000000Z",
    "X-Amz-Expires": "86400",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Security-Token": secret("session", n),
    "X-Amz-Signature": secret("signature", n),
  })
  return `${url}/key?${query}`
}

/** The pipeline of a caller around a single request to the storage. */
const timed = <A, E, R>(send: Effect.Effect<A, E, R>) =>
  Effect.timeout(send, "1 minute").pipe(
    Effect.catchTag("TimeoutError", () => Effect.fail({ _tag: "AttemptTimedOut", verdict: Verdict.always() } as const)),
  )

export const put: Client = {
  name: "PUT",
  run: (url, n) => ({
    secrets: [secret("session", n), secret("signature", n)],
    effect: Effect.flatMap(HttpClient.HttpClient, (client) =>
      PresignedPut.put(client, {
        url: Redacted.make(presigned(url, n)),
        body: new Uint8Array(100_000).fill(65),
        length: 100_000,
        lint: false,
      }),
    ).pipe(timed, Effect.provide(undici)),
  }),
}

export const form: Client = {
  name: "POST form",
  run: (url, n) => ({
    secrets: [secret("policy", n), secret("signature", n), secret("session", n)],
    effect: Effect.suspend(() =>
      PresignedPost.fromFields(`${url}/bucket`, {
        key: "clip.mov",
        success_action_status: "201",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": "AKIDEXAMPLE/20990101/us-east-1/s3/aws4_request",
        "x-amz-date": "20990101T000000Z",
        "x-amz-security-token": secret("session", n),
        policy: Buffer.from(
          JSON.stringify({
            expiration: "2099-01-02T00:00:00.000Z",
            conditions: [
              { bucket: "bucket" },
              { key: "clip.mov" },
              { success_action_status: "201" },
              { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
              { "x-amz-credential": "AKIDEXAMPLE/20990101/us-east-1/s3/aws4_request" },
              { "x-amz-date": "20990101T000000Z" },
              { "x-amz-security-token": secret("session", n) },
            ],
          }),
        ).toString("base64"),
        "x-amz-signature": secret("signature", n),
      }).upload(new Uint8Array(100_000)),
    ).pipe(timed, Effect.provide(undici)),
  }),
}

/** A complete upload with an honest API and a misbehaving storage. */
export const upload = (path: string): Client => ({
  name: "upload",
  waits: true,
  run: (url, n) => ({
    secrets: [secret("session", n), secret("signature", n)],
    effect: Effect.flatMap(Uploader, (uploader) => uploader.upload({ path })).pipe(
      Effect.provide(
        Uploader.layer.pipe(
          Layer.provide([
            undici,
            healthy,
            Layer.mock(C2cClient, {
              createAsset: () =>
                Effect.succeed({ id: "a1", name: "A001.mov", uploadUrls: [Redacted.make(presigned(url, n))] }),
            }),
          ]),
        ),
      ),
    ),
  }),
})
