import { assert, describe, it } from "@effect/vitest"
import { codes, denied, explain, first, put, refused } from "../../../support/requests.ts"

describe("the service", () => {
  it("recognizes many error codes that ask the client to slow down", () => {
    for (const [status, code] of [
      [503, "SlowDown"],
      [503, "503 SlowDown"],
      [503, "SlowDownWrite"],
      [503, "Busy"],
      [503, "RequestLimitExceeded"],
      [429, "TooManyRequests"],
      [429, "TooManyRequestsException"],
    ] as const) {
      assert.strictEqual(first(put(), refused(status, code)), "HF-S3-SVC-002 certain", code)
      assert.strictEqual(first(undefined, refused(status, code)), "HF-S3-SVC-002 certain", code)
    }
    assert.strictEqual(
      first(put(), refused(503, "ServiceUnavailable", "Please reduce your request rate.")),
      "HF-S3-SVC-002 certain",
    )
    assert.strictEqual(explain(put(), refused(503, "SlowDown")).retry.verdict, "always")
  })

  it("reports that the service is unavailable or has failed internally, and that the request may be retried", () => {
    assert.strictEqual(first(put(), refused(503, "ServiceUnavailable")), "HF-S3-SVC-003 certain")
    assert.strictEqual(first(put(), refused(503, "XMinioServerNotInitialized")), "HF-S3-SVC-003 certain")
    assert.strictEqual(first(put(), refused(503, "XMinioIAMNotInitialized")), "HF-S3-SVC-003 certain")
    assert.strictEqual(first(put(), refused(500, "InternalError")), "HF-S3-SVC-004 likely")
    assert.strictEqual(first(put(), refused(500, "SomethingNew")), "HF-S3-SVC-004 likely")
    assert.strictEqual(explain(put(), refused(500, "InternalError")).retry.verdict, "always")
    assert.notInclude(codes(put(), denied).join(), "SVC-00")
  })

  it("reports that the service failed after it had sent a 200", () => {
    for (const code of ["InternalError", "SlowDown", "ServiceUnavailable"]) {
      assert.strictEqual(first(put({ method: "POST" }), refused(200, code)), "HF-S3-SVC-001 certain", code)
      assert.strictEqual(first(undefined, refused(200, code)), "HF-S3-SVC-001 certain", code)
    }
    assert.deepStrictEqual(codes(undefined, refused(200, "InvalidPart")), ["HF-S3-MPU-006"], "the body says more")
    assert.strictEqual(first(put(), { status: 200, body: "<CompleteMultipartUploadResult/>" }), "succeeded")
  })

  it("reports a conflict with another request that the service processed first", () => {
    for (const code of ["OperationAborted", "ConditionalRequestConflict"]) {
      assert.strictEqual(first(put(), refused(409, code)), "HF-S3-SVC-005 certain", code)
    }
  })

  it("reports a failed precondition, but not for a form with the wrong content type", () => {
    const failed = refused(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    const request = put({ headers: { "If-None-Match": "*" } })
    assert.strictEqual(first(request, failed), "HF-S3-SVC-006 certain")
    assert.include(explain(request, failed).detail, "if-none-match")
    assert.strictEqual(first(put(), failed), "HF-S3-SVC-006 likely")
    assert.strictEqual(first(undefined, failed), "HF-S3-SVC-006 likely")
    assert.strictEqual(first(put(), { status: 412, headers: { "x-amz-request-id": "A" } }), "HF-S3-SVC-006 likely")
    const form = refused(412, "PreconditionFailed", "…", {
      Condition: "Bucket POST must be of the enclosure-type multipart/form-data",
    })
    assert.notInclude(codes(undefined, form), "HF-S3-SVC-006")
  })

  it("has no space", () => {
    for (const [status, code] of [
      [403, "QuotaExceeded"],
      [507, "XMinioStorageFull"],
      [400, "XMinioAdminBucketQuotaExceeded"],
      [400, "TooManyBuckets"],
      [507, "InsufficientStorage"],
    ] as const) {
      assert.strictEqual(first(put(), refused(status, code)), "HF-S3-SVC-007 certain", code)
      assert.strictEqual(first(undefined, refused(status, code)), "HF-S3-SVC-007 certain", code)
    }
  })

  it("does not attribute an intermediary's page to the service", () => {
    const page = { status: 503, headers: { "content-type": "text/html" }, body: "<html><h1>503 nginx</h1></html>" }
    assert.notInclude(codes(put(), page).join(), "HF-S3")
  })
})
