import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import * as PresignedPut from "@holdfast/s3/PresignedPut"
import { S3Error } from "@holdfast/s3/S3Error"
import { Cause, Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { inspect } from "node:util"
import { serve } from "../support/formServer.ts"

const token = "FwoGZXIvYXdzEXAMPLE+SESSION/TOKEN+0123456789=="

/** A server that repeats what it was sent, as some do in their messages and in elements of their own. */
const echo = {
  status: 403,
  headers: { "x-amz-request-id": "tx1" },
  body:
    `<Error><Code>InvalidToken</Code><Message>The token ${token} is malformed</Message>` +
    `<Token-0>${token}</Token-0><Echo>${encodeURIComponent(token)}</Echo><RequestId>tx1</RequestId></Error>`,
}

/** Every way in which an error reaches a log. */
const printed = (error: unknown): string =>
  [Cause.pretty(Cause.fail(error)), inspect(error, { depth: 9 }), JSON.stringify(error), String(error)].join("\n")

const isSilent = (error: unknown): void => {
  const text = printed(error)
  for (const form of [token, encodeURIComponent(token), token.slice(0, 20)]) assert.notInclude(text, form)
  assert.include(text, "InvalidToken")
}

describe("the error of a server that repeats the secrets of the request", () => {
  it.effect("omits from the error every secret of a PUT that the server repeats", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => echo)
      const url =
        `${server.url}/talk.mov?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLEKEYID0001%2F19700101%2F` +
        `us-east-1%2Fs3%2Faws4_request&X-Amz-Date=19700101T000000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host` +
        `&X-Amz-Security-Token=${encodeURIComponent(token)}&X-Amz-Signature=${"0123456789abcdef".repeat(4)}`
      const client = yield* HttpClient.HttpClient
      const body = new Uint8Array(4)
      isSilent(yield* Effect.flip(PresignedPut.put(client, { url: Redacted.make(url), body, length: 4 })))
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it.effect("omits from the error every secret of a form that the server repeats", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => echo)
      const post = yield* PresignedPost.sign({
        url: server.url,
        bucket: "bucket",
        region: "us-east-1",
        key: "talk.mov",
        credentials: {
          accessKeyId: "ASIAEXAMPLEKEYID0001",
          secretAccessKey: Redacted.make("secret"),
          sessionToken: Redacted.make(token),
        },
      })
      isSilent(yield* Effect.flip(post.upload("film")))
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.provide(NodeHttpClient.layerUndici)),
  )

  it("keeps the code, the status, the ids and everything else that is not secret", () => {
    const body =
      "<Error><Code>EntityTooLarge</Code><Message>Too large</Message><MaxSizeAllowed>5</MaxSizeAllowed>" +
      "<RequestId>tx1</RequestId><HostId>h1</HostId></Error>"
    const answer = { status: 400, headers: { "retry-after": "7" }, body }
    assert.deepStrictEqual(
      { ...S3Error.fromExchange({ method: "PUT", url: "https://talks.s3.amazonaws.com/a" }, answer) },
      { ...S3Error.fromResponse(answer) },
    )
  })
})
