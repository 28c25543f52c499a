import { assert, describe, it } from "@effect/vitest"
import { codes, explain, first, found, longLived, mismatch, own, put, refused, url } from "../../../support/requests.ts"

const point = "https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/takes/talk.mov"
const algorithm = "AWS4-ECDSA-P256-SHA256"
/** The scope of version 4A has no region. Its signature is in DER: longer than 64 digits, with a varying length. */
const credential = `${longLived}/20261121/s3/aws4_request`
const proof = `3045${"feedface".repeat(17)}fe`

const signedUrl = (change: Readonly<Record<string, string | undefined>> = {}): string =>
  url(
    {
      "X-Amz-Algorithm": algorithm,
      "X-Amz-Credential": credential,
      "X-Amz-Region-Set": "*",
      "X-Amz-Signature": proof,
      ...change,
    },
    point,
  )

const signedHeader = own(
  { url: point },
  {
    "x-amz-region-set": "eu-west-1,us-east-1",
    Authorization: `${algorithm} Credential=${credential}, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-region-set, Signature=${proof}`,
  },
)

const requests = [
  ["a URL", put({ url: signedUrl(), headers: {} })],
  ["a header", signedHeader],
] as const

describe("a request that is signed for several regions", () => {
  for (const [what, request] of requests) {
    it(`finds no defect in a request that is signed for several regions: ${what}`, () => {
      assert.deepStrictEqual(found(request), [])
    })

    it(`reports a wrong secret as the likely cause if the signature does not match: ${what}`, () => {
      assert.strictEqual(first(request, mismatch), "HF-S3-SIGN-019 likely")
      for (const other of ["HF-S3-SIGN-026", "HF-S3-SIGN-029", "HF-S3-URL-007", "HF-S3-URL-008", "HF-S3-PLACE-001"])
        assert.notInclude(codes(request, mismatch), other)
    })

    it(`does not recommend the signature version that the request already uses: ${what}`, () => {
      const words = `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`
      assert.notInclude(codes(request, refused(400, "InvalidRequest", words)), "HF-S3-SIGN-026")
    })
  }

  it("reports a request as expired after its expiry, even if it is signed for several regions", () => {
    const late = put({ url: signedUrl({ "X-Amz-Date": "20261121T165000Z" }), headers: {} })
    assert.strictEqual(first(late, refused(403, "AccessDenied", "Request has expired")), "HF-S3-URL-001 certain")
  })
})

describe("a multi-region access point", () => {
  it("rejects a version 4 signature for a multi-region access point, in the URL or in a header", () => {
    for (const request of [put({ url: url({}, point), headers: {} }), own({ url: point })]) {
      assert.include(found(request), "MultiRegionNeedsV4A")
      const { code, confidence, detail } = explain(request, mismatch)
      assert.strictEqual(`${code} ${confidence}`, "HF-S3-SIGN-026 certain")
      assert.match(detail, /the algorithm is AWS4-HMAC-SHA256/)
    }
  })

  it("recognizes from the response alone that a multi-region access point requires another signature version", () => {
    const answer = refused(
      400,
      "InvalidRequest",
      `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
    )
    assert.strictEqual(first(undefined, answer), "HF-S3-SIGN-026 likely")
  })
})
