import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { readFileSync } from "node:fs"
import { codes, denied, explain, first, put, refused, url } from "../../../support/requests.ts"

const documented = readFileSync(new URL("../../../fixtures/error-codes.tsv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t") as [code: string, status: string])

describe("codes that name the fault", () => {
  const cases: ReadonlyArray<
    readonly [expected: string, code: string, message?: string, elements?: Record<string, string>]
  > = [
    ["HF-S3-SVC-020 certain", "KMS.NotFoundException", "Invalid keyId 'fake-key-id'"],
    ["HF-S3-SVC-020 certain", "KMS.DisabledException"],
    ["HF-S3-SVC-020 certain", "InvalidEncryptionAlgorithmError"],
    ["HF-S3-SVC-020 likely", "InvalidArgument", "The secret key was invalid for the specified algorithm."],
    ["HF-S3-SVC-020 likely", "InvalidRequest", "The multipart upload initiate requested encryption. …"],
    ["HF-S3-SVC-021 certain", "InvalidStorageClass"],
    ["HF-S3-SVC-021 certain", "InvalidObjectState"],
    ["HF-S3-SVC-022 certain", "InvalidTag"],
    ["HF-S3-SVC-022 certain", "TooManyTags"],
    ["HF-S3-SVC-022 likely", "InvalidArgument", "The header 'x-amz-tagging' shall be encoded …"],
    ["HF-S3-SVC-023 likely", "MalformedACLError"],
    ["HF-S3-SVC-023 likely", "InvalidArgument", "", { ArgumentName: "x-amz-acl", ArgumentValue: "fake-acl" }],
    ["HF-S3-SVC-023 likely", "InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed"],
    ["HF-S3-SVC-024 likely", "InvalidRequest", "Bucket is missing Object Lock Configuration"],
    [
      "HF-S3-SVC-024 likely",
      "InvalidArgument",
      "Unknown wormMode directive.",
      { ArgumentName: "x-amz-object-lock-mode" },
    ],
    ["HF-S3-SVC-024 likely", "InvalidArgument", "The retain until date must be in the future!"],
    ["HF-S3-SVC-030 possible", "InvalidArgument", "Header value cannot be represented using ISO-8859-1."],
    [
      "HF-S3-SVC-009 certain",
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    ],
    ["HF-S3-SVC-015 certain", "InvalidRange"],
    ["HF-S3-SVC-011 certain", "BucketAlreadyExists"],
    ["HF-S3-SVC-031 possible", "InvalidBucketState"],
  ]

  for (const [expected, code, message = "", elements = {}] of cases) {
    it(`explains ${code} ${message} as ${expected}`, () => {
      const answer = refused(400, code, message, elements)
      assert.strictEqual(first(put(), answer), expected)
      assert.strictEqual(first(undefined, answer), expected)
      assert.isNotEmpty(explain(put(), answer).detail)
    })
  }

  it("names the argument that the server names, and hides its value unless the value is a number", () => {
    const answer = refused(400, "InvalidArgument", "…", {
      ArgumentName: "x-amz-secret",
      ArgumentValue: "hunter2hunter2",
    })
    assert.include(explain(put(), answer).detail, "x-amz-secret")
    assert.notInclude(JSON.stringify(explain(put(), answer)), "hunter2")
  })

  it("does not explain a plain denial with a rule for codes that name the fault", () => {
    assert.notInclude(codes(put(), denied).join(), "HF-S3-SVC-0")
  })
})

describe("a missing resource", () => {
  it("identifies a missing resource as the object that was read, or as a setting", () => {
    const read = put({ method: "GET", url: url({}, "http://127.0.0.1/talks/talk.mov"), headers: {} })
    assert.strictEqual(first(read, refused(404, "NoSuchKey", "…", { Key: "talk.mov" })), "HF-S3-SVC-025 certain")
    assert.strictEqual(first(undefined, refused(404, "NoSuchKey")), "HF-S3-SVC-025 likely")
    assert.strictEqual(first(read, refused(404, "NoSuchVersion")), "HF-S3-SVC-025 certain")
    assert.strictEqual(
      first({ ...read, method: "HEAD" }, { status: 404, headers: { "x-amz-request-id": "A" } }),
      "HF-S3-SVC-025 likely",
    )
    assert.notInclude(codes(put(), refused(404, "NoSuchKey")), "HF-S3-SVC-025")
  })
})

describe("every code that S3 documents", () => {
  it("explains every failure code that S3 documents, even without a request", () => {
    assert.isAbove(documented.length, 130)
    const unknown = documented.filter(
      ([code, status]) =>
        Diagnosis.explain({
          response: { status: Number(status) || 400, body: `<Error><Code>${code}</Code></Error>` },
        }).outcome !== "explained",
    )
    assert.deepStrictEqual(
      unknown.map(([code]) => code),
      ["NotModified"],
    )
  })

  it("explains every failure code that S3 documents, except those for forms, even if the request is valid", () => {
    for (const [code, status] of documented) {
      if (code === "NotModified") continue
      const { outcome } = explain(put(), refused(Number(status) || 400, code))
      // These concern forms, and the request is not one.
      const ofForms = /^(?:MalformedPOSTRequest|MaxPost|UserKey|IncorrectNumber|RequestIsNot|InvalidPolicy)/.test(code)
      if (!ofForms) assert.strictEqual(outcome, "explained", code)
    }
  })
})
