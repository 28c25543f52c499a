import { assert, describe, it } from "@effect/vitest"
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { PresignedPostSchema } from "@holdfast/s3/PresignedPostSchema"
import { Cause, Effect, Exit, Schema } from "effect"

const decode = Schema.decodeUnknownEffect(PresignedPostSchema)

const revealed = (json: unknown) => Effect.map(decode(json), PresignedPost.reveal)

const url = "https://b.s3.amazonaws.com/"

const policy = PostPolicy.encode({
  expiration: Date.UTC(2026, 10, 21),
  conditions: [
    PostPolicy.exact("bucket", "b"),
    PostPolicy.exact("key", "up/a"),
    PostPolicy.exact("success_action_status", "201"),
    PostPolicy.exact("Content-Type", "video/mp4"),
    PostPolicy.exact("x-amz-security-token", "tok"),
    PostPolicy.contentLengthRange(1, 10),
  ],
})

describe("PresignedPostSchema", () => {
  it.effect("decodes forms from several signers, and encodes them unchanged", () =>
    Effect.gen(function* () {
      for (const fields of [
        { key: "k", AWSAccessKeyId: "ASIA", "x-amz-security-token": "t", policy: "p", signature: "s" },
        { key: "k", "x-amz-credential": "c", policy: "p", "x-amz-signature": "s" },
        { bucket: "b", "X-Amz-Credential": "c", key: "k", Policy: "p", "X-Amz-Signature": "s", unheard: "of" },
      ]) {
        const post = yield* decode({ url, fields })
        assert.isTrue(PresignedPost.isPresignedPost(post))
        assert.deepStrictEqual(PresignedPost.reveal(post), { url, fields })
        assert.deepStrictEqual(yield* Schema.encodeUnknownEffect(PresignedPostSchema)(post), { url, fields })
        const again = yield* revealed({ URL: url, Fields: Object.entries(fields), expires: 3600 })
        assert.deepStrictEqual(Object.entries(again.fields), Object.entries(fields))
      }
    }),
  )

  it.effect("decodes a flat object with a version 2 signature and the backend's own name for the token", () =>
    Effect.gen(function* () {
      const flat = {
        endpoint: url,
        key: "up/a",
        AWSAccessKeyId: "ASIA1",
        policy,
        signature: "ZQKg=",
        amzSecurityToken: "tok",
      }
      assert.deepStrictEqual(yield* revealed(flat), {
        url,
        fields: {
          key: "up/a",
          AWSAccessKeyId: "ASIA1",
          policy,
          signature: "ZQKg=",
          "x-amz-security-token": "tok",
        },
      })
      const { fields } = yield* revealed({ ...flat, amzSecurityToken: null })
      assert.notProperty(fields, "x-amz-security-token")
    }),
  )

  it.effect(
    "omits fields of a flat object if the policy does not mention them, and keeps names that S3 recognizes",
    () =>
      Effect.gen(function* () {
        const { fields } = yield* revealed({
          Url: url,
          id: "7",
          expiresIn: 3600,
          Key: "up/a",
          xAmzSignature: "00ff",
          Policy: policy,
          successActionStatus: "201",
          contentType: "video/mp4",
          "x-ignore-note": "n",
          "X-Amz-Security-Token": "tok",
        })
        assert.deepStrictEqual(Object.entries(fields), [
          ["Key", "up/a"],
          ["x-amz-signature", "00ff"],
          ["Policy", policy],
          ["success_action_status", "201"],
          ["content-type", "video/mp4"],
          ["x-ignore-note", "n"],
          ["X-Amz-Security-Token", "tok"],
        ])
      }),
  )

  it.effect("fails with a typed error that contains a reason but no values", () =>
    Effect.gen(function* () {
      const secret = "CANARY"
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        [null, "the credentials must be an object"],
        [secret, "the credentials must be an object"],
        [[secret], "the credentials must be an object"],
        [{ fields: { key: secret } }, "the credentials must contain url or action or endpoint as a string"],
        [{ url: 1, fields: {} }, "the credentials must contain url or action or endpoint as a string"],
        [{ url, fields: secret }, "fields must be an object or a list of pairs"],
        [{ url, fields: [["key", secret], [secret]] }, "fields must be an object or a list of pairs"],
        [{ url, fields: { key: secret, policy: 1 } }, 'the field "policy" must be a string'],
        [
          { url, fields: { key: secret, "x-amz-security-token": null } },
          'the field "x-amz-security-token" must be a string',
        ],
        [
          { url, fields: { key: secret, file: secret } },
          "fields.file is a text of 6 characters; allowed: any other name",
        ],
        [{ url: secret, fields: { key: secret } }, "url is a text of 6 characters; allowed: an address"],
        [{ url, key: secret }, "the credentials must contain either fields or a policy with its signature"],
        [
          { url, key: secret, policy: secret },
          "the credentials must contain either fields or a policy with its signature",
        ],
        [{ url, key: secret, policy: "e30=", signature: secret }, "expiration is missing"],
        [{ url, key: 7, policy, signature: secret }, 'the field "key" must be a string'],
      ]
      for (const [json, problem] of wrong) {
        const exit = yield* Effect.exit(decode(json))
        assert.isTrue(Exit.isFailure(exit))
        if (Exit.isFailure(exit)) {
          const text = Cause.pretty(exit.cause)
          assert.include(text, problem)
          assert.notInclude(text + JSON.stringify(exit), secret)
        }
      }
    }),
  )
})
