/**
 * Tests the generated exchanges, and that the form of an exchange does not change its cause.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Generated from "../../explain/score/generated.ts"
import * as Paste from "../../explain/score/generate/paste.ts"
import * as Sign from "../../explain/score/generate/s3/sign.ts"

describe("the generated exchanges", () => {
  for (const { source } of Generated.sources) {
    it(`${source.system} exchanges are identical for the same seed and differ for different seeds`, () => {
      const make = (seed: number) => source.make(seed, { defects: 1 })
      assert.deepStrictEqual(make(7), make(7))
      assert.notDeepEqual(make(7).exchange, make(8).exchange)
    })

    it(`${source.system} exchanges have cause codes in the format of the diagnosis rules`, () => {
      for (let seed = 0; seed < 500; seed++) {
        const { defects, truth } = source.make(seed, { defects: 1 })
        for (const code of truth) assert.match(code, /^succeeded$|^HF-[A-Z0-9]+-[A-Z]+-\d{3}$/, defects.join())
      }
    })

    it(`${source.system} exchanges without defects succeed in every dialect`, () => {
      for (const dialect of source.dialects) {
        for (let seed = 0; seed < 20; seed++) {
          const made = source.make(seed, { defects: 0, dialect })
          assert.deepStrictEqual(made.truth, ["succeeded"], dialect)
          assert.strictEqual(made.dialect, dialect)
          assert.strictEqual(
            Explain.explain(made.exchange).outcome,
            "succeeded",
            `${source.system}:0:${seed}@${dialect}`,
          )
        }
      }
    })

    it(`${source.system} exchanges can be generated with every defect`, () => {
      for (const defect of source.defects) {
        const made = Array.from({ length: 3000 }, (_, seed) => seed).some((seed) =>
          source.make(seed, { defects: 1, defect }).defects.includes(defect),
        )
        assert.isTrue(made, defect)
      }
    })
  }

  it("a generated exchange can be recreated from its name", () => {
    assert.deepStrictEqual(
      Generated.named("s3:1:12@r2"),
      Generated.sources[0]?.source.make(12, { defects: 1, dialect: "r2" }),
    )
    assert.isUndefined(Generated.named("s3"))
  })

  it("a generated exchange keeps its URL, size, form and status when it is pasted as text", () => {
    for (let seed = 0; seed < 100; seed++) {
      const made = Generated.named(`s3:0:${seed}`)
      assert(made !== undefined)
      const { request, response } = made.exchange
      const read = HttpCapture.parse(Paste.of(made))
      assert.strictEqual(read?.request?.url, request?.url)
      assert.strictEqual(read?.request?.size ?? 0, request?.size ?? 0)
      assert.deepStrictEqual(read?.request?.form, request?.form)
      assert.strictEqual(read?.response?.status, response?.status)
    }
  })
})

describe("an explanation", () => {
  it("lists the same first cause whether the exchange is live, saved or pasted", { timeout: 60_000 }, () => {
    const request = { seed: 3, count: 0, differences: 300, defect: undefined, dialect: undefined }
    const { found, tried } = Generated.differences(undefined, request)
    assert.isAtLeast(tried, 300)
    assert.deepStrictEqual([...found], [])
  })
})

describe("the signer of the model", () => {
  it("signs AWS's presigned URL example as documented", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    const wire = {
      method: "GET",
      host: "examplebucket.s3.amazonaws.com",
      path: "/test.txt",
      headers: [],
      query: [
        ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
        ["X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"],
        ["X-Amz-Date", "20130524T000000Z"],
        ["X-Amz-Expires", "86400"],
        ["X-Amz-SignedHeaders", "host"],
      ] as Array<[string, string]>,
    }
    const scope = "20130524/us-east-1/s3/aws4_request"
    const canonical = Sign.canonicalRequest(wire, ["host"], "UNSIGNED-PAYLOAD")
    const text = Sign.stringToSign4("AWS4-HMAC-SHA256", "20130524T000000Z", scope, canonical)
    assert.strictEqual(
      Sign.signature4("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope, text),
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    )
  })

  it("signs AWS's Signature Version 2 example as documented", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html, "Query string request authentication alternative"
    const text = Sign.stringToSign2({ method: "GET", headers: [] }, "1175139620", "/awsexamplebucket1/photos/puppy.jpg")
    assert.strictEqual(text, "GET\n\n\n1175139620\n/awsexamplebucket1/photos/puppy.jpg")
  })
})
