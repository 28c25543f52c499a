import { assert, describe, it } from "@effect/vitest"
import { codes, denied, explain, first, own, refused } from "../../../support/requests.ts"

const bucket = "https://talks.s3.eu-west-1.amazonaws.com/"
const object = `${bucket}takes/talk.mov`
const illegal = (named: string) =>
  refused(
    400,
    "IllegalLocationConstraintException",
    `The ${named} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )
const invalid = (elements: Record<string, string> = {}) =>
  refused(400, "InvalidLocationConstraint", "The specified location-constraint is not valid", elements)
const malformed = refused(
  400,
  "MalformedXML",
  "The XML you provided was not well-formed or did not validate against our published schema",
)
const constraint = (region: string) =>
  `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
const result = (inner: string) => ({
  ...denied,
  status: 200,
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult>${inner}</DeleteResult>`,
})

describe("the region of a new bucket", () => {
  const create = (body?: string) =>
    own({ method: "PUT", url: bucket, ...(body === undefined ? { size: 0 } : { body }) }, { "Content-Length": "0" })

  it("explains that a new bucket at a regional endpoint needs a LocationConstraint, and that us-east-1 is not a valid one", () => {
    assert.strictEqual(first(create(), illegal("unspecified")), "HF-S3-SVC-010 certain")
    assert.include(explain(create(), illegal("unspecified")).detail, "has no LocationConstraint")
    assert.include(explain(create(), illegal("eu-central-1")).detail, "endpoint of eu-central-1")
    assert.include(explain(create(constraint("us-east-1")), invalid()).detail, "us-east-1, which is the default")
    assert.include(explain(create(), invalid({ LocationConstraint: "eu-west-1a" })).detail, "Availability Zone")
    assert.strictEqual(first(undefined, invalid()), "HF-S3-SVC-010 likely")
  })

  it("distinguishes the region of a bucket that is being created from the region of a bucket that is being read", () => {
    const read = own({ method: "GET", url: object })
    assert.notInclude(codes(read, illegal("me-south-1")), "HF-S3-SVC-010")
    assert.include(explain(read, illegal("me-south-1")).detail, "The bucket is in me-south-1")
  })
})

describe("a deleted object", () => {
  const marked = { "x-amz-delete-marker": "true" }

  it("reports a delete marker for each method and status that indicates one", () => {
    for (const method of ["GET", "HEAD"]) {
      assert.strictEqual(
        first(own({ method, url: object }), refused(404, "NoSuchKey", "", {}, marked)),
        "HF-S3-SVC-014 certain",
      )
    }
    const version = own({ method: "GET", url: `${object}?versionId=1` })
    const byType = refused(405, "MethodNotAllowed", "", { Method: "GET", ResourceType: "DeleteMarker" })
    assert.strictEqual(first(version, byType), "HF-S3-SVC-014 certain")
    assert.include(explain(version, byType).detail, "no content")
    assert.notInclude(codes(version, refused(405, "MethodNotAllowed")), "HF-S3-SVC-014")
  })

  it("reports the failed deletions that a batch's 200 response lists in its body", () => {
    const batch = own({ method: "POST", url: `${bucket}?delete`, body: "<Delete/>" })
    const failed = "<Error><Key>a</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    assert.strictEqual(first(batch, result(failed + failed)), "HF-S3-SVC-017 certain")
    assert.include(explain(batch, result(failed + failed)).detail, "The server did not delete 2 objects (AccessDenied)")
    assert.strictEqual(explain(batch, result("<Deleted><Key>a</Key></Deleted>")).outcome, "succeeded")
  })
})

describe("documents that an operation rejects", () => {
  const batch = (body: string) => own({ method: "POST", url: `${bucket}?delete`, body })

  it("checks a rejected document if its expected format is known", () => {
    assert.strictEqual(first(batch("<Delete><Quiet>true</Quiet></Delete>"), malformed), "HF-S3-BODY-020 certain")
    const many = `<Delete>${"<Object><Key>a</Key></Object>".repeat(1001)}</Delete>`
    assert.include(explain(batch(many), malformed).detail, "1001 objects")
    assert.include(explain(batch("<Delete><Object></Object></Delete>"), malformed).detail, "no Key")
    assert.strictEqual(
      first(batch("<Delete><Object><Key>a</Key></Object></Delete>"), malformed),
      "HF-S3-BODY-020 likely",
    )
    const rules = own({ method: "PUT", url: `${bucket}?lifecycle`, body: "<LifecycleConfiguration/>" })
    assert.strictEqual(first(rules, malformed), "HF-S3-BODY-020 likely")
    assert.include(explain(rules, malformed).detail, "lifecycle rules")
  })

  it("does not report a rejected document for an error about something else", () => {
    const odd = own({ method: "POST", url: `${bucket}?delete`, body: "<Delete/>" }, { "Content-MD5": "nonsense" })
    assert.notInclude(codes(odd, refused(501, "NotImplemented", "not implemented")), "HF-S3-BODY-011")
    assert.notInclude(codes(odd, malformed), "HF-S3-BODY-011")
  })
})

describe("errors from the settings of a bucket", () => {
  const cases: ReadonlyArray<readonly [code: string, answer: ReturnType<typeof refused>, words: string]> = [
    ["HF-S3-PERM-014", refused(403, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket."), "at all"],
    [
      "HF-S3-PERM-015",
      refused(403, "AccessDenied", "Mfa Authentication must be used for this request"),
      "multi-factor",
    ],
    ["HF-S3-SVC-011", refused(409, "BucketAlreadyOwnedByYou"), "belongs to this account"],
    ["HF-S3-SVC-012", refused(409, "BucketNotEmpty", "You must delete all versions in the bucket."), "versions"],
    ["HF-S3-SVC-013", refused(400, "MalformedPolicy", "Policy has invalid resource"), "A Resource"],
    ["HF-S3-SVC-015", refused(416, "InvalidRange", "", { ActualObjectSize: "0" }), "empty (0 bytes)"],
    [
      "HF-S3-SVC-015",
      refused(416, "InvalidPartNumber", "", { PartNumberRequested: "9", ActualPartCount: "1" }),
      "1 part, but part 9",
    ],
    ["HF-S3-SVC-006", refused(412, "PreconditionFailed", "", { Condition: "If-None-Match" }), "already exists"],
    ["HF-S3-SVC-006", refused(412, "PreconditionFailed", "", { Condition: "If-Match" }), "its ETag has changed"],
  ]
  for (const [code, answer, words] of cases) {
    it(`explains an error caused by a bucket's settings as ${code}: ${words}`, () => {
      const request = own({ method: "GET", url: object })
      assert.strictEqual(first(request, answer), `${code} certain`)
      assert.include(explain(request, answer).detail, words)
    })
  }
})

describe("a HEAD that gets a 400", () => {
  const mute = { status: 400, headers: { "x-amz-request-id": "AFCXGJGVWQ5FHR3Q" } }

  it("reports an expired session as the cause of a 400 response to HEAD if the request has a session token", () => {
    const head = own({ method: "HEAD", url: object })
    assert.strictEqual(first(head, mute), "HF-S3-SVC-016 possible")
    const scope = "ASIAIOSFODNN7EXAMPLE/20261121/eu-west-1/s3/aws4_request"
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=feedface`
    const session = { "x-amz-security-token": "FwoGZXIvYXdz", Authorization: authorization }
    assert.strictEqual(first(own({ method: "HEAD", url: object }, session), mute), "HF-S3-SVC-016 likely")
    assert.notInclude(codes(own({ method: "GET", url: object }), mute), "HF-S3-SVC-016")
  })
})
