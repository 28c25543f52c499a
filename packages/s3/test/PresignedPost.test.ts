import { assert, describe, it } from "@effect/vitest"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Effect, Exit, Random, Redacted, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { inspect } from "node:util"
import { parts } from "./support/formServer.ts"

const url = "https://bucket.s3.us-east-1.amazonaws.com/"

/** The credentials of three signers, with names and order as captured and shortened values. */
const signers = {
  "boto3, version 4, session": {
    key: "up/a.mov",
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": "ASIA1/20261121/us-east-1/s3/aws4_request",
    "x-amz-date": "20261121T172358Z",
    "x-amz-security-token": "tok/en+==",
    policy: "cG9saWN5",
    "x-amz-signature": "00ff",
  },
  "boto3, version 2, session": {
    key: "up/a.mov",
    AWSAccessKeyId: "ASIA1",
    "x-amz-security-token": "tok/en+==",
    policy: "cG9saWN5",
    signature: "ZQKgbiFL=",
  },
  "the SDK for JavaScript, session": {
    bucket: "b",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "ASIA1/20261121/us-east-1/s3/aws4_request",
    "X-Amz-Date": "20261121T172358Z",
    "X-Amz-Security-Token": "tok/en+==",
    key: "up/a.mov",
    Policy: "cG9saWN5",
    "X-Amz-Signature": "00ff",
  },
}

/** A form that S3 would accept at the time of the test. */
const signed = (fields: Readonly<Record<string, string>> = {}) =>
  PresignedPost.sign({
    bucket: "bucket",
    region: "us-east-1",
    key: "k",
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
    fields,
  })

/** The form that `upload` would send, with its boundary. */
const sent = (post: PresignedPost.PresignedPost, file: PresignedPost.HeldFile, seed = "seed") =>
  Effect.gen(function* () {
    let form: { readonly type: string | undefined; readonly body: Buffer } | undefined
    const client = HttpClient.make((request) =>
      Effect.promise(async () => {
        const { body, headers } = request
        const bytes =
          body._tag === "Uint8Array"
            ? body.body
            : new Uint8Array(await new Response(body._tag === "Raw" ? (body.body as Blob) : null).arrayBuffer())
        form = { type: headers["content-type"], body: Buffer.from(bytes) }
        assert.strictEqual(headers["content-length"], `${bytes.length}`)
        return HttpClientResponse.fromWeb(request, new Response(null, { status: 204, headers: { etag: '"1"' } }))
      }),
    )
    yield* post.upload(file).pipe(Effect.provideService(HttpClient.HttpClient, client), Random.withSeed(seed))
    return {
      boundary: form?.type?.replace(/.*boundary=/, "") ?? "",
      parts: parts(form?.type, form?.body ?? Buffer.of()),
    }
  })

/** Names that the signer writes itself. */
const reserved = /^(?:file|key|policy|x-amz-(?:algorithm|credential|date|security-token|signature))$/i

describe("PresignedPost.fromFields", () => {
  it.each(Object.entries(signers))("keeps all fields of %s with their order and names", (_signer, fields) => {
    const post = PresignedPost.fromFields(url, fields)
    assert.deepStrictEqual(
      post.fields.map(([name, value]) => [name, Redacted.value(value)]),
      Object.entries(fields),
    )
    assert.deepStrictEqual(PresignedPost.reveal(post), { url, fields })
    const form = post.toFormData(new File(["hello"], "a.mov"))
    assert.deepStrictEqual([...form.keys()], [...Object.keys(fields), "file"])
    for (const [name, value] of Object.entries(fields)) assert.deepStrictEqual(form.getAll(name), [value])
  })

  it("accepts a list of pairs in which names are repeated", () => {
    const pairs = [
      ["key", "k"],
      ["x-amz-meta-tag", "a"],
      ["x-amz-meta-tag", "b"],
    ] as const
    const post = PresignedPost.fromFields(url, pairs)
    assert.deepStrictEqual(
      [...post.toFormData("x")].slice(0, 3),
      [...pairs].map(([...pair]) => pair),
    )
    assert.deepStrictEqual(PresignedPost.reveal(post).fields, { key: "k", "x-amz-meta-tag": "a,b" })
  })

  it("accepts a Map or a FormData object for the fields, and a URL object for the address", () => {
    const data = new FormData()
    data.append("key", "k")
    for (const pairs of [new Map([["key", "k"]]), data as never]) {
      assert.deepStrictEqual(PresignedPost.reveal(PresignedPost.fromFields(new URL(url), pairs)), {
        url,
        fields: { key: "k" },
      })
    }
  })

  it("keeps unknown fields and fields without a value, and accepts an empty set of fields", () => {
    const form = PresignedPost.fromFields(url, { "x-ignore-id": "7", 名前: "é", empty: "" }).toFormData("x")
    assert.deepStrictEqual([...form].slice(0, 3), [
      ["x-ignore-id", "7"],
      ["名前", "é"],
      ["empty", ""],
    ])
    assert.deepStrictEqual([...PresignedPost.fromFields(url, {}).toFormData("x").keys()], ["file"])
  })

  it("rejects invalid fields without quoting their values", () => {
    const cases: ReadonlyArray<readonly [() => unknown, string]> = [
      [() => PresignedPost.fromFields(url, { file: "CANARY" }), "fields.file"],
      [() => PresignedPost.fromFields(url, { key: "k", FILE: "CANARY" }), "fields.FILE"],
      [() => PresignedPost.fromFields(url, [["File", "CANARY"]]), "fields.File"],
      [() => PresignedPost.fromFields("CANARY", {}), "url"],
      [() => PresignedPost.fromFields("javascript:CANARY", {}), "url"],
      [() => PresignedPost.fromFields("https://", {}), "url"],
      [() => PresignedPost.fromFields(undefined as never, {}), "url"],
      [
        () => PresignedPost.fromFields(url, { "x-amz-security-token": undefined as never }),
        "fields.x-amz-security-token",
      ],
      [() => PresignedPost.fromFields(url, { status: 201 as never }), "fields.status"],
      [() => PresignedPost.fromFields(url, undefined as never), "fields"],
      [() => PresignedPost.fromFields(url, "CANARY" as never), "fields"],
      [() => PresignedPost.fromFields({ url, fields: {} } as never, undefined as never), "url"],
      [() => PresignedPost.fromFields(url, { key: "k" }).toFormData(undefined as never), "file"],
      [() => PresignedPost.fromFields(url, { key: "k" }).toFormData(5 as never), "file"],
      [() => PresignedPost.fromFields(url, { key: "k" }).toFormData({} as never), "file"],
    ]
    for (const [make, option] of cases) {
      let thrown: unknown
      try {
        make()
      } catch (error) {
        thrown = error
      }
      assert.instanceOf(thrown, PresignedPost.InvalidPostOption)
      if (thrown instanceof PresignedPost.InvalidPostOption) {
        assert.strictEqual(thrown.option, option)
        assert.strictEqual(thrown.verdict.retry, "never")
        assert.notInclude(`${thrown.message} ${inspect(thrown)} ${JSON.stringify(thrown)}`, "CANARY")
      }
    }
  })

  it("shows only names and lengths, not values, when the fields are inspected", () => {
    const secret = "CANARY7"
    const fields = Object.fromEntries(Object.keys(signers["boto3, version 4, session"]).map((name) => [name, secret]))
    const post = PresignedPost.fromFields(`https://u:${secret}@b.example/up?x=${secret}#${secret}`, fields)
    for (const shown of [
      inspect(post.fields, { depth: 9, showHidden: true }),
      JSON.stringify(post.fields),
      JSON.stringify({ ...post, url: "" }),
      inspect({ post }, { depth: 9, showHidden: true }),
      String(post),
      JSON.stringify({ post }),
    ]) {
      assert.notInclude(shown, secret)
      assert.include(shown, "x-amz-security-token")
    }
    assert.deepStrictEqual(JSON.parse(JSON.stringify(post)), {
      _id: "PresignedPost",
      url: "https://b.example/up",
      fields: Object.keys(fields).map((name) => `${name}: 7 characters`),
    })
    assert.strictEqual(PresignedPost.reveal(post).fields["policy"], secret)
  })
})

describe("PresignedPost.toFormData", () => {
  it("puts the file last, with its own name or with the name that browsers use for a file without a name", async () => {
    const post = PresignedPost.fromFields(url, signers["boto3, version 4, session"])
    const files: ReadonlyArray<readonly [PresignedPost.HeldFile, string, string, string]> = [
      [new File(["a"], "reel 1.mov", { type: "video/quicktime" }), "reel 1.mov", "video/quicktime", "a"],
      [new Blob(["b"]), "blob", "", "b"],
      [new TextEncoder().encode("xcx").subarray(1, 2), "blob", "application/octet-stream", "c"],
      [new Uint8Array(new SharedArrayBuffer(2)), "blob", "application/octet-stream", "\0\0"],
      [new TextEncoder().encode("e").buffer, "blob", "application/octet-stream", "e"],
      [new DataView(new TextEncoder().encode("fgh").buffer, 1, 1), "blob", "application/octet-stream", "g"],
      ["d", "blob", "application/octet-stream", "d"],
    ]
    for (const [file, name, type, content] of files) {
      const [last] = [...post.toFormData(file)].slice(-1)
      assert.strictEqual(last?.[0], "file")
      const value = last?.[1]
      assert.instanceOf(value, File)
      if (value instanceof File) {
        assert.deepStrictEqual([value.name, value.type, await value.text()], [name, type, content])
      }
    }
  })

  it("creates a new form for each call", () => {
    const post = PresignedPost.fromFields(url, { key: "k" })
    assert.strictEqual([...post.toFormData("x"), ...post.toFormData("y")].length, 4)
  })
})

describe("the form of PresignedPost.upload", () => {
  it.effect.prop(
    "contains every field once and in order, then the file, with exactly the announced number of bytes",
    [Schema.Array(Schema.Tuple([Schema.String, Schema.String])), Schema.String, Schema.String],
    ([pairs, content, filename]) =>
      Effect.gen(function* () {
        const names = new Map(
          pairs
            .map(([name, value]) => [wellFormed(name), wellFormed(value)] as const)
            .filter(([name]) => name !== "" && !reserved.test(name))
            .map(([name, value]) => [name.toLowerCase(), [name, value] as const]),
        )
        const post = yield* signed(Object.fromEntries(names.values()))
        const name = wellFormed(filename)
        const { parts } = yield* sent(post, new File([content], name))
        assert.deepStrictEqual(
          parts.map(({ content, name }) => [name, content.toString()]),
          [
            ...post.fields.map(([name, value]) => [escaped(name), Redacted.value(value)]),
            ["file", wellFormed(content)],
          ],
        )
        assert.strictEqual(parts.length, names.size + 7)
        assert.strictEqual(parts.at(-1)?.filename, escaped(name))
        const bytes = yield* sent(post, new TextEncoder().encode(content))
        assert.strictEqual(bytes.parts.length, parts.length)
      }),
    { arbitrary: { runs: 300, seed: 3 }, timeout: 60_000 },
  )

  it.effect("escapes names as browsers do, so that a name cannot end its header", () =>
    Effect.gen(function* () {
      const post = yield* signed({ 'a"; filename="x\r\n\r\nb%': "v" })
      const { parts } = yield* sent(post, new File(["x"], 'q"\r\n.mov'))
      assert.strictEqual(parts[1]?.headers, 'Content-Disposition: form-data; name="a%22; filename=%22x%0D%0A%0D%0Ab%"')
      assert.strictEqual(
        parts.at(-1)?.headers,
        'Content-Disposition: form-data; name="file"; filename="q%22%0D%0A.mov"\r\nContent-Type: application/octet-stream',
      )
    }),
  )

  it.effect("preserves the line breaks in a value, because the policy was signed with them", () =>
    Effect.gen(function* () {
      const value = "a\nb\rc\r\nd"
      const { parts } = yield* sent(yield* signed({ "x-amz-meta-note": value }), "x")
      assert.strictEqual(parts[1]?.content.toString(), value)
    }),
  )

  it.effect("uses a new boundary each time, and ensures that no field contains the boundary", () =>
    Effect.gen(function* () {
      const { boundary } = yield* sent(yield* signed(), "x")
      assert.match(boundary, /^----HoldfastForm[0-9a-f]{32}$/)
      assert.notStrictEqual((yield* sent(yield* signed(), "x", "other")).boundary, boundary)
      // The same random numbers again, and fields that contain the resulting boundaries.
      const post = yield* signed({ [`a${boundary}`]: "1", "x-amz-meta-b": `\r\n--${boundary}0--\r\n` })
      const again = yield* sent(post, "x")
      assert.strictEqual(again.boundary, `${boundary}1`)
      assert.strictEqual(again.parts.length, 9)
    }),
  )

  it.effect("sends a new request for each attempt", () =>
    Effect.gen(function* () {
      let requests = 0
      const client = HttpClient.make((request) => {
        requests++
        const headers = { etag: '"1"' }
        const answer = new Response(null, { status: requests < 3 ? 503 : 204, headers })
        return Effect.succeed(HttpClientResponse.fromWeb(request, answer))
      })
      const post = yield* signed()
      const exit = yield* post
        .upload("x")
        .pipe(Effect.retry({ times: 5 }), Effect.provideService(HttpClient.HttpClient, client), Effect.exit)
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(requests, 3)
    }),
  )
})

const escaped = (name: string) => name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A")

const wellFormed = (text: string) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text))
