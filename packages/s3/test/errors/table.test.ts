import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { StatusTable } from "@holdfast/http"
import { S3Error } from "@holdfast/s3"
import { decode, retryOf, xml } from "../support/errorResponses.ts"

describe("S3Error", () => {
  describe("the table", () => {
    it("retries the errors that S3 asks clients to retry, retries damaged bytes once, and never retries rejected requests", () => {
      assert.isAbove(documented.length, 130)
      for (const { code, status } of documented) {
        const error = decode(status, xml(code))
        assert.strictEqual(error.code, code)
        assert.strictEqual(error.verdict.retry, retryOf(code), code)
        assert.notStrictEqual(error._tag, "UnknownS3Error", code)
        assert.isUndefined(error.verdict.closes, code)
      }
    })

    it("has a row with the documented status for every documented code, and marks all other rows as inferred", () => {
      const statuses = new Map(documented.map(({ code, status }) => [code, status]))
      const keys = new Set(S3Error.table.rows.map(({ key }) => key))
      for (const { code } of documented) assert.isTrue(keys.has(code), code)
      for (const row of S3Error.table.rows) {
        if (row.key === undefined) continue
        if (statuses.has(row.key)) assert.strictEqual(row.status ?? 0, statuses.get(row.key), row.key)
        else assert.isTrue(row.inferred, row.key)
      }
      assert.strictEqual(keys.size, S3Error.table.rows.filter(({ key }) => key !== undefined).length + 1)
    })

    it("classifies an error by its code, whatever the status", () => {
      for (const status of [200, 400, 404, 408, 500, 503]) {
        for (const { code } of documented) {
          const error = decode(status, xml(code))
          assert.strictEqual(error.verdict.retry, retryOf(code), code)
          assert.strictEqual(error.status, status)
        }
      }
    })

    it("slows down only for SlowDown and ServiceUnavailable", () => {
      for (const code of ["SlowDown", "ServiceUnavailable", "503 SlowDown", "Busy"]) {
        const error = decode(503, xml(code))
        assert.strictEqual(error._tag, "SlowDown")
        assert.strictEqual(error.verdict.pace, "throttled")
      }
      for (const { code, status } of documented) {
        const slow = code === "SlowDown" || code === "ServiceUnavailable" || code === "503 SlowDown"
        assert.strictEqual(decode(status, xml(code)).verdict.pace, slow ? "throttled" : "transient", code)
      }
    })

    it("maps InternalError to InternalServerError, the name that C2C uses, and always allows a retry", () => {
      const error = decode(500, xml("InternalError"))
      assert.strictEqual(error._tag, "InternalServerError")
      assert.strictEqual(error.verdict.retry, "always")
    })

    it("maps each error code for uploads to its own class", () => {
      for (const code of ownClass) assert.strictEqual(decode(400, xml(code))._tag, code)
    })

    it("states what must change if a retry alone does not help", () => {
      for (const [change, codes] of changes) {
        for (const code of codes) assert.strictEqual(decode(400, xml(code)).verdict.change, change, code)
      }
    })

    it("determines the kind of AccessDenied error from the beginning of the message", () => {
      for (const [message, change] of refusals) {
        const error = decode(403, xml("AccessDenied", message))
        assert.strictEqual(error._tag, "AccessDenied")
        assert.strictEqual(error.code, "AccessDenied")
        assert.strictEqual(error.message, message)
        assert.strictEqual(error.verdict.change, change, message)
        assert.strictEqual(error.verdict.retry, "never")
      }
    })

    it("decodes an unlisted code as unknown, and keeps all its fields", () => {
      for (const status of [400, 404, 500, 503]) {
        const error = decode(status, xml("BrandNewCode", "What is this"))
        assert.strictEqual(error._tag, "UnknownS3Error")
        assert.strictEqual(error.code, "BrandNewCode")
        assert.strictEqual(error.message, "What is this")
      }
    })

    it("retries an unlisted code like a response with the same status and no code", () => {
      for (const status of [400, 403, 404, 408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 520, 529]) {
        const bare = StatusTable.find(status).verdict
        const { pace, retry } = decode(status, xml("BrandNewCode")).verdict
        assert.deepStrictEqual([retry, pace], [bare.retry, bare.pace], `${status}`)
      }
      assert.strictEqual(decode(429, xml("RequestBurst")).verdict.outcome, "overload")
      assert.strictEqual(decode(503, xml("XMinioServerNotInitialized")).verdict.applied, "no")
    })

    it("also slows down for the codes that MinIO and R2 use", () => {
      for (const [status, code] of [
        [429, "TooManyRequests"],
        [503, "SlowDownWrite"],
        [503, "SlowDownRead"],
      ] as const) {
        const { _tag, verdict } = decode(status, xml(code))
        assert.deepStrictEqual([_tag, verdict.retry, verdict.pace], ["SlowDown", "always", "throttled"])
      }
    })

    it("reports a rejected request as not applied, with the outcome 'ignored', whatever the status", () => {
      for (const { code, status } of documented) {
        const { applied, outcome, retry } = decode(status, xml(code)).verdict
        if (retry === "never") assert.deepStrictEqual([outcome, applied], ["ignored", "no"], code)
      }
      const stated = (code: string) => {
        const { applied, outcome } = decode(500, xml(code)).verdict
        return [outcome, applied]
      }
      assert.deepStrictEqual(stated("NotImplemented"), ["ignored", "no"])
      assert.deepStrictEqual(stated("SlowDown"), ["overload", "no"])
      assert.deepStrictEqual(stated("RequestTimeout"), ["overload", "no"])
      assert.deepStrictEqual(stated("InternalError"), ["failure", "maybe"])
      assert.deepStrictEqual(stated("OperationAborted"), ["ignored", "no"])
    })
  })
})

const documented = readFileSync(new URL("../fixtures/error-codes.tsv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [code = "", status = ""] = line.split("\t")
    return { code, status: Number(status) }
  })

const ownClass = [
  "AccessDenied",
  "AuthorizationHeaderMalformed",
  "AuthorizationQueryParametersError",
  "BadDigest",
  "ConditionalRequestConflict",
  "EntityTooLarge",
  "EntityTooSmall",
  "ExpiredToken",
  "IncompleteBody",
  "InvalidAccessKeyId",
  "InvalidArgument",
  "InvalidDigest",
  "InvalidPart",
  "InvalidPartOrder",
  "InvalidPolicyDocument",
  "InvalidRequest",
  "InvalidToken",
  "KeyTooLongError",
  "MalformedPOSTRequest",
  "MalformedXML",
  "MetadataTooLarge",
  "MethodNotAllowed",
  "MissingContentLength",
  "NoSuchBucket",
  "NoSuchKey",
  "NoSuchUpload",
  "NotImplemented",
  "OperationAborted",
  "PreconditionFailed",
  "RequestHeaderSectionTooLarge",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]

const changes = [
  [
    "nothing",
    [
      "SlowDown",
      "ServiceUnavailable",
      "InternalError",
      "OperationAborted",
      "RequestTimeout",
      "BadDigest",
      "IncompleteBody",
    ],
  ],
  [
    "url",
    [
      "ExpiredToken",
      "InvalidAccessKeyId",
      "InvalidToken",
      "SignatureDoesNotMatch",
      "NoSuchUpload",
      "PermanentRedirect",
    ],
  ],
  ["clock", ["RequestTimeTooSkewed"]],
  ["token", ["TokenRefreshRequired", "InvalidSecurity", "MissingSecurityHeader"]],
  [
    "plan",
    [
      "EntityTooLarge",
      "EntityTooSmall",
      "MissingContentLength",
      "InvalidArgument",
      "KeyTooLongError",
      "MetadataTooLarge",
    ],
  ],
  [
    "human",
    ["NoSuchBucket", "AccountProblem", "AllAccessDisabled", "NotSignedUp", "KMS.DisabledException", "TooManyBuckets"],
  ],
] as const

const refusals = [
  ["Request has expired", "url"],
  ["Request has expired.", "url"],
  ["Access Denied", "url"],
  ["", "url"],
  ["Request is not yet valid", "clock"],
  ["Invalid according to Policy: Policy expired.", "url"],
  ["Policy expired", "url"],
  ['Invalid according to Policy: Policy Condition failed: ["eq", "$key", "a"]', "plan"],
  ["Invalid according to Policy: Extra input fields: x-amz-security-token", "plan"],
  ["Policy missing condition: foo", "plan"],
  ["There were headers present in the request which were not signed", "plan"],
  ["User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObject", "human"],
] as const
