import { assert, describe, it } from "@effect/vitest"
import { codes, denied, explain, first, found, own, put, refused, url } from "../../../support/requests.ts"

const mib = 1024 ** 2
const id = "EXAMPLE0UPLOAD"
const part = (number: string) => put({ url: url({ partNumber: number, uploadId: id }) })
const complete = (body: string) =>
  own({
    method: "POST",
    url: `https://talks.s3.eu-west-1.amazonaws.com/talk.mov?uploadId=${id}`,
    body,
    size: body.length,
  })
const list = (...parts: ReadonlyArray<readonly [number: number | string, etag: string]>) =>
  `<?xml version="1.0"?><CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts
    .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join("\n")}</CompleteMultipartUpload>`
const etag = (n: number) => `"${String(n).repeat(32)}"`
const whole = complete(list([1, etag(1)], [2, etag(2)], [10, etag(3)]))

describe("a part", () => {
  it("requires at least 5 MiB for every part except the last", () => {
    const sized = (size: number, last = false) => ({ part: { number: 1, size, last } })
    assert.deepStrictEqual(found(part("1"), sized(5 * mib)), [])
    assert.deepStrictEqual(found(part("1"), sized(5 * mib - 1)), ["PartTooSmall"])
    assert.deepStrictEqual(found(part("1"), sized(1, true)), [])
  })

  it("names the part that was too small when the upload is completed", () => {
    const answer = refused(400, "EntityTooSmall", "…", {
      PartNumber: "1",
      ProposedSize: "4",
      MinSizeAllowed: "5242880",
    })
    assert.strictEqual(first(whole, answer), "HF-S3-MPU-001 certain")
    assert.include(explain(whole, answer).detail, "Part 1 has 4 bytes")
    assert.strictEqual(first(undefined, answer), "HF-S3-MPU-001 certain")
    assert.strictEqual(first(whole, refused(400, "EntityTooSmall")), "HF-S3-MPU-001 certain")
    assert.notInclude(codes(whole, refused(400, "InvalidPart")), "HF-S3-MPU-001")
  })

  it("requires a part number from 1 to 10,000", () => {
    for (const number of ["0", "10001", "-1", "1.5", "", "one"]) {
      assert.include(found(part(number)), "PartNumberOutOfRange", number)
      assert.strictEqual(first(part(number), refused(400, "InvalidArgument")), "HF-S3-MPU-002 certain", number)
      assert.notInclude(codes(part(number), denied), "HF-S3-MPU-002")
    }
    for (const number of ["1", "10000"]) assert.deepStrictEqual(found(part(number)), [], number)
    assert.deepStrictEqual(found(part("1"), { part: { number: 10_001, size: 5 * mib, last: true } }), [
      "PartNumberOutOfRange",
    ])
    const words = "Part number must be an integer between 1 and 10000, inclusive"
    const answer = refused(400, "InvalidArgument", words, { ArgumentName: "partNumber", ArgumentValue: "-1" })
    assert.strictEqual(first(undefined, answer), "HF-S3-MPU-002 certain")
    assert.include(explain(undefined, answer).detail, "-1")
  })

  it("allows at most 10,000 parts", () => {
    assert.deepStrictEqual(found(part("1"), { parts: 10_000 }), [])
    assert.deepStrictEqual(found(part("1"), { parts: 10_001 }), ["PartNumberOutOfRange"])
  })
})

describe("the list that completes an upload", () => {
  it("requires a well-formed list with at least one part to complete an upload", () => {
    const flaws = {
      "": "empty",
      "<CompleteMultipartUpload></CompleteMultipartUpload>": "no part",
      "<CompleteMultipartUpload><Part>": "ends too early",
      '{"Parts":[]}': "not XML",
      "<Parts></Parts>": "root",
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>": "lacks",
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></CompleteMultipartUpload>": "the end tag",
    }
    for (const [body, word] of Object.entries(flaws)) {
      assert.include(found(complete(body)), "DocumentMalformed", body)
      for (const answer of [
        refused(400, "MalformedXML"),
        refused(400, "InvalidRequest", "You must specify at least one part"),
        refused(400, "MissingRequestBodyError"),
      ]) {
        assert.strictEqual(first(complete(body), answer), "HF-S3-MPU-003 certain", body)
        assert.include(explain(complete(body), answer).detail, word)
      }
      assert.notInclude(codes(complete(body), refused(404, "NoSuchUpload")), "HF-S3-MPU-003")
    }
    assert.strictEqual(first(undefined, refused(400, "MalformedXML")), "HF-S3-BODY-020 likely")
    assert.deepStrictEqual(found(whole), [])
    const prefixed =
      '<s:CompleteMultipartUpload xmlns:s="x"><s:Part><s:PartNumber>1</s:PartNumber><s:ETag>&quot;1&quot;</s:ETag></s:Part></s:CompleteMultipartUpload>'
    assert.deepStrictEqual(found(complete(prefixed)), [])
  })

  it("requires the parts in ascending numeric order, not in text order, and each part only once", () => {
    for (const parts of [
      [2, 1],
      [1, 10, 2],
      [1, 1],
    ]) {
      const request = complete(list(...parts.map((number) => [number, etag(number % 10)] as const)))
      assert.deepStrictEqual(found(request), ["PartsOutOfOrder"], parts.join())
      for (const answer of [refused(400, "InvalidPartOrder"), refused(400, "InvalidPart")]) {
        assert.strictEqual(first(request, answer), "HF-S3-MPU-004 certain")
      }
      assert.notInclude(codes(request, denied), "HF-S3-MPU-004")
    }
    assert.strictEqual(first(undefined, refused(400, "InvalidPartOrder")), "HF-S3-MPU-004 certain")
  })

  it("requires an ETag for each part, and rejects a placeholder", () => {
    for (const none of ["null", "undefined", '"null"', "", '""', "[object Object]"]) {
      const request = complete(list([1, none], [2, etag(2)]))
      assert.deepStrictEqual(found(request), ["TagNotRead"], none)
      assert.strictEqual(first(request, refused(400, "InvalidPart")), "HF-S3-MPU-005 certain", none)
      assert.include(explain(request, refused(400, "InvalidPart")).fix[0]?.text, "ExposeHeaders")
      assert.notInclude(codes(request, denied), "HF-S3-MPU-005")
    }
    assert.deepStrictEqual(found(complete(list([1, "1".repeat(32)]))), [], "without quotes, as many send it")
  })

  it("explains that the ETags in the list differ from those of the stored parts", () => {
    const answer = refused(400, "InvalidPart", "…", { PartNumber: "2", ETag: "2".repeat(32) })
    assert.strictEqual(first(whole, answer), "HF-S3-MPU-006 certain")
    assert.include(explain(whole, answer).detail, "part 2")
    assert.isTrue(explain(whole, answer).evidence.some(({ name }) => name === "Part[1].ETag"))
    assert.strictEqual(first(whole, refused(400, "InvalidPart")), "HF-S3-MPU-006 certain")
    assert.strictEqual(first(undefined, answer), "HF-S3-MPU-006 certain")
    assert.notInclude(codes(whole, refused(404, "NoSuchUpload")), "HF-S3-MPU-006")
  })
})

describe("a missing upload", () => {
  it("explains that a missing upload was completed or aborted, possibly by this program", () => {
    const gone = refused(404, "NoSuchUpload", "The specified upload does not exist. …", { UploadId: id })
    for (const request of [part("1"), whole, own({ method: "DELETE", url: `http://127.0.0.1/b/k?uploadId=${id}` })]) {
      assert.strictEqual(first(request, gone), "HF-S3-MPU-007 certain")
    }
    assert.include(explain(whole, gone, { attempt: 2 }).detail, "attempt 2")
    assert.strictEqual(first(undefined, gone), "HF-S3-MPU-007 likely")
    assert.notInclude(codes(whole, denied), "HF-S3-MPU-007")
  })
})
