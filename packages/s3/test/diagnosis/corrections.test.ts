import { assert, describe, it } from "@effect/vitest"
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/s3/Diagnosis"

const response = { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" }

const correct = (code: string, request: Request, answer: NonNullable<Exchange["response"]> = response) =>
  Diagnosis.ruleSet.correct({ request, response: answer }, code)

const object = "https://talks.s3.eu-west-1.amazonaws.com/in/a.mp4"
const proof =
  "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20261121%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261121T172358Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=feed"
const put = (url: string, headers: Readonly<Record<string, string>> = {}): Request => ({ method: "PUT", url, headers })
const urlOf = (code: string, url: string) => correct(code, put(url))?.request.url

describe("the corrections of requests to storages", () => {
  it.each([
    ["version 4", `${object}?${proof}&X-Amz-Security-Token=t`],
    ["version 2", `${object}?AWSAccessKeyId=AKIA&Signature=feed&Expires=1795284000`],
    ["Google's version", `${object}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=c&X-Goog-Signature=feed`],
    ["Alibaba's version", `${object}?OSSAccessKeyId=LTAI&Expires=1795284000&Signature=feed`],
  ])("removes a complete signature of %s from the URL, and keeps the other parameters", (_, url) => {
    const corrected = correct("HF-S3-URL-001", put(`${url}&versionId=7`))
    assert.deepStrictEqual([corrected?.request.url, corrected?.needs], [`${object}?versionId=7`, "signature"])
  })

  it("removes the authentication from headers and forms, and keeps the key and the file", () => {
    const signed = put(object, {
      Authorization: "AWS4-HMAC-SHA256 x",
      "X-Amz-Date": "20261121T172358Z",
      "x-amz-acl": "private",
    })
    assert.deepStrictEqual(correct("HF-S3-AUTH-012", signed)?.request.headers, { "x-amz-acl": "private" })
    const form = ["key", "policy", "x-amz-signature", "X-Amz-Security-Token"].map((name) => ({ name, value: "v" }))
    const posted = correct("HF-S3-POST-032", {
      method: "POST",
      url: object,
      form: [...form, { name: "file", size: 9 }],
    })
    assert.deepStrictEqual(
      posted?.request.form?.map(({ name }) => name),
      ["key", "file"],
    )
  })

  it("converts digests to base64, and requires a new signature if the digests are signed", () => {
    const md5 = "5eb63bbbe01eeed093cb22bb8f5acdc3"
    const wanted = Buffer.from(md5, "hex").toString("base64")
    const of = (value: string, url = object) => correct("HF-S3-BODY-011", put(url, { "content-md5": value }))
    assert.strictEqual(of(md5)?.request.headers?.["content-md5"], wanted)
    assert.strictEqual(of(btoa(md5))?.request.headers?.["content-md5"], wanted)
    assert.isUndefined(of("deadbeef"))
    const covered = `${object}?${proof.replace("SignedHeaders=host", "SignedHeaders=content-md5%3Bhost")}`
    assert.strictEqual(of(md5, covered)?.needs, "signature")
    assert.isUndefined(of(md5, `${object}?${proof}`)?.needs)
  })

  it("sorts the parts in a completion request by number, and leaves other documents unchanged", () => {
    const part = (number: number) => `<Part><PartNumber>${number}</PartNumber><ETag>"${number}"</ETag></Part>`
    const sorted = (list: string, headers = {}) =>
      correct("HF-S3-MPU-004", { method: "POST", url: `${object}?uploadId=u`, headers, body: `<C>${list}</C>` })
    assert.strictEqual(
      sorted([10, 2, 1].map(part).join("\n "))?.request.body,
      `<C>${[1, 2, 10].map(part).join("")}</C>`,
    )
    assert.isUndefined(sorted(`${part(2)}<Other/>${part(1)}`))
    assert.isUndefined(sorted("<Part>"))
    const { needs } = sorted(part(1), { authorization: "AWS4-HMAC-SHA256 Credential=c, SignedHeaders=host" }) ?? {}
    assert.strictEqual(needs, "signature")
  })

  it("restores a signature that lost a plus sign or was encoded twice, and requires a new signature if the old one was truncated", () => {
    const v2 = `${object}?AWSAccessKeyId=AKIA&Expires=1795284000&Signature=`
    assert.strictEqual(urlOf("HF-S3-SIGN-029", `${v2}ab+c%3D`), `${v2}ab%2Bc%3D`)
    assert.strictEqual(urlOf("HF-S3-SIGN-029", `${v2}ab%252Bc%253D`), `${v2}ab%2Bc%3D`)
    assert.strictEqual(correct("HF-S3-SIGN-029", put(`${object}?${proof}`))?.needs, "signature")
  })

  it("removes only the parts of a request that were added after signing", () => {
    const own = `${object}?${proof}&versionId=7&response-content-type=a%2Fb&x-id=PutObject`
    assert.strictEqual(urlOf("HF-S3-SIGN-015", `${own}&utm_source=mail`), own)
    assert.isUndefined(urlOf("HF-S3-SIGN-015", own))
    const signed = put(object, {
      authorization: "AWS4-HMAC-SHA256 Credential=c, SignedHeaders=host;x-amz-date, Signature=feed",
      "x-amz-date": "20261121T172358Z",
      "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
      "x-amz-acl": "private",
    })
    const { headers = {} } = correct("HF-S3-SIGN-001", signed)?.request ?? {}
    assert.deepStrictEqual(Object.keys(headers), ["authorization", "x-amz-date", "x-amz-content-sha256"])
  })

  it.each(["&amp;", "&#38;", "\\u0026", "%5Cu0026"])("reads %s in a URL as &", (escape) => {
    const [first = "", ...rest] = proof.split("&")
    assert.strictEqual(urlOf("HF-S3-PLACE-015", `${object}?${[first, ...rest].join(escape)}`), `${object}?${proof}`)
    assert.isUndefined(urlOf("HF-S3-PLACE-015", `${object}?${proof}`))
  })

  it("decodes a path once if the path was encoded twice", () => {
    const of = (path: string) => urlOf("HF-S3-SIGN-014", `https://h.example${path}?a=%2525`)
    assert.strictEqual(of("/in/a%2520b"), "https://h.example/in/a%20b?a=%2525")
    assert.isUndefined(of("/in/a%20b"))
  })

  it("gives the signer the region that the response names, and uses the endpoint of that region", () => {
    const wrong = {
      status: 400,
      body: "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>",
    }
    const corrected = correct("HF-S3-PLACE-001", put(`${object}?${proof}`), wrong)
    assert.strictEqual(corrected?.request.url, "https://talks.s3.eu-central-1.amazonaws.com/in/a.mp4")
    assert.deepStrictEqual(corrected?.hints, { region: "eu-central-1" })
    assert.isUndefined(correct("HF-S3-PLACE-001", put(`http://127.0.0.1:9000/b/k?${proof}`)))
  })

  it("passes the server's time to the signer if the local clock is wrong", () => {
    const date = "Sat, 21 Nov 2026 17:24:10 GMT"
    const corrected = correct("HF-S3-CLOCK-002", put(object), { ...response, headers: { Date: date } })
    assert.deepStrictEqual(corrected?.hints, { now: Date.parse(date) })
  })

  it("does not move the files of a form that contains two files", () => {
    const file = { name: "file", size: 9 }
    const field = { name: "key", value: "k" }
    const of = (form: Request["form"]) => correct("HF-S3-POST-011", { method: "POST", url: object, form })?.request.form
    assert.deepStrictEqual(of([file, field]), [field, file])
    assert.isUndefined(of([file, field, file]))
  })

  it("sends only the file to a URL that expects raw bytes, and includes the file's type only if the type is signed", () => {
    const form = [{ name: "file", size: 9, type: "video/mp4" }]
    const of = (url: string) =>
      correct("HF-S3-SIGN-012", { ...put(url, { "Content-Type": "multipart/form-data" }), form })
    assert.deepStrictEqual(of(`${object}?${proof}`)?.request.headers, {})
    assert.strictEqual(of(`${object}?${proof}`)?.request.size, 9)
    const typed = proof.replace("SignedHeaders=host", "SignedHeaders=content-type%3Bhost")
    assert.deepStrictEqual(of(`${object}?${typed}`)?.request.headers, { "Content-Type": "video/mp4" })
  })
})
