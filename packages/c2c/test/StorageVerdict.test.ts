import { assert, describe, it } from "@effect/vitest"
import { StorageVerdict } from "@holdfast/c2c"
import { S3Error } from "@holdfast/s3"

const xml = (code: string) => `<Error><Code>${code}</Code></Error>`

const retry = (status: number, body: string, headers: Record<string, string> = {}) => {
  const own = S3Error.fromResponse({ status, headers, body })
  const asked = StorageVerdict.asked(own)
  assert.deepStrictEqual([asked._tag, asked.code, asked.status], [own._tag, own.code, own.status])
  const change = own._tag === "NoSuchKey" ? "url" : own.verdict.change
  assert.deepStrictEqual({ ...asked.verdict, retry: own.verdict.retry }, { ...own.verdict, change })
  return [own.verdict.retry, asked.verdict.retry]
}

describe("StorageVerdict", () => {
  it("retries the five error codes in Frame.io's error guide until no attempts are left", () => {
    for (const [status, code] of [
      [500, "InternalError"],
      [409, "OperationAborted"],
      [400, "RequestTimeout"],
      [503, "ServiceUnavailable"],
      [503, "SlowDown"],
    ] as const) {
      assert.deepStrictEqual(retry(status, xml(code)), ["always", "always"])
    }
  })

  it("retries every other S3 error once, regardless of its verdict in S3's table", () => {
    for (const row of S3Error.table.rows) {
      if (row.key === undefined || row.key.includes(": ") || row.verdict.retry === "always") continue
      assert.strictEqual(retry(row.status ?? 400, xml(row.key))[1], "once", row.key)
    }
    assert.deepStrictEqual(retry(409, xml("ConditionalRequestConflict")), ["always", "once"])
    assert.deepStrictEqual(retry(400, xml("BrandNewCode")), ["never", "once"])
    assert.deepStrictEqual(retry(404, "", { "x-amz-request-id": "tx1" }), ["never", "once"])
    assert.deepStrictEqual(retry(403, "<html>"), ["never", "once"])
  })

  it("retries until no attempts are left after an unlisted code with status 429 or 5xx, or after a 404 that is not from the storage", () => {
    for (const status of [408, 425, 429, 500, 501, 502, 503, 504, 520]) {
      assert.deepStrictEqual(retry(status, xml("BrandNewCode")), ["always", "always"], `${status}`)
      assert.deepStrictEqual(retry(status, ""), ["always", "always"], `${status}`)
    }
    assert.deepStrictEqual(retry(404, ""), ["always", "always"])
  })

  it("distinguishes storage errors from all other errors", () => {
    assert.isTrue(StorageVerdict.isS3Error(S3Error.fromResponse({ status: 503, headers: {}, body: "" })))
    assert.isFalse(StorageVerdict.isS3Error({ _tag: "SlowDown" }))
  })
})
