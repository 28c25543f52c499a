import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { S3Error } from "@holdfast/s3"
import { retryOf } from "../support/errorResponses.ts"

describe("S3Error", () => {
  describe("responses captured from a Ceph gateway", () => {
    it("decodes each response from a Ceph gateway by its code, with message, bucket and request id", () => {
      assert.isAbove(captured.length, 60)
      for (const { answer, name } of captured) {
        const code = /<Code>(.*?)<\/Code>/.exec(answer.body)?.[1] ?? ""
        const error = S3Error.fromResponse(answer)
        assert.notStrictEqual(error._tag, "UnknownS3Error", name)
        assert.strictEqual(error.code, code, name)
        assert.strictEqual(error.message, /<Message>(.*?)<\/Message>/.exec(answer.body)?.[1], name)
        assert.strictEqual(error.extra["BucketName"], /<BucketName>(.*?)</.exec(answer.body)?.[1], name)
        assert.strictEqual(error.requestId, answer.headers["x-amz-request-id"], name)
        assert.strictEqual(error.hostId, "1008-default-default", name)
        assert.strictEqual(error.verdict.retry, retryOf(code), name)
      }
    })

    it("never advises sending the same request again, except for damaged bytes", () => {
      const curable = captured.filter(({ answer }) => S3Error.fromResponse(answer).verdict.change === "nothing")
      assert.deepStrictEqual(
        curable.map(({ name }) => name),
        ["H02-sha-mismatch"],
      )
    })
  })
})

const captured = readFileSync(new URL("../fixtures/ceph.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [name = "", status = "", requestId = "", body = ""] = line.split("\t")
    return { name, answer: { status: Number(status), headers: { "x-amz-request-id": requestId }, body } }
  })
