import { assert, describe, it } from "@effect/vitest"
import { explain, first, own, refused } from "../../../support/requests.ts"

const get = (path: string, host = "talks.s3.eu-west-1.amazonaws.com") =>
  own({ method: "GET", url: `https://${host}${path}` }, { Host: host })
const noKey = refused(404, "NoSuchKey", "The specified key does not exist.")
const noBucket = (name: string) =>
  refused(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: name })

describe("a missing key", () => {
  const cases: ReadonlyArray<readonly [path: string, words: string]> = [
    ["/takes/a%2520b.mov", "encoded twice"],
    ["//takes/a.mov", "begins with a slash"],
    ["/takes//a.mov", "two adjacent slashes"],
    ["/takes/undefined", "a missing value"],
    ["/takes/a+b.mov", "plus sign"],
    ["/takes/u%CC%88.mov", "NFD"],
    ["/takes%5Ca.mov", "backslash"],
    ["/takes/a.mov", "does not exist"],
  ]
  for (const [path, words] of cases) {
    it(`explains a missing key at ${path}: ${words}`, () => {
      assert.strictEqual(first(get(path), noKey), "HF-S3-SVC-025 certain")
      assert.include(explain(get(path), noKey).detail, words)
    })
  }

  it("explains that a missing key may begin with the bucket that is already in the host", () => {
    assert.strictEqual(first(get("/talks/a.mov"), noKey), "HF-S3-PLACE-010 likely")
  })
})

describe("a missing bucket", () => {
  it("explains that a missing bucket may be a placeholder, the host's name, or a bucket that is named twice", () => {
    const path = get("/undefined/a.mov", "s3.eu-west-1.amazonaws.com")
    assert.include(explain(path, noBucket("undefined")).detail, "no bucket is configured")
    assert.include(explain(get("/a.mov", "cdn.talks.example"), noBucket("cdn.talks.example")).detail, "CNAME")
    const twice = get("/a.mov", "talks.talks.s3.eu-west-1.amazonaws.com")
    assert.include(explain(twice, noBucket("talks.talks")).detail, "twice")
  })
})

describe("headers that the capture lacks", () => {
  it("does not report uncaptured headers as certainly missing if the client signed its own request", () => {
    const request = get("/takes/a.mov")
    const { Authorization, ...bare } = request.headers ?? {}
    const cut = { ...request, headers: { Host: bare["Host"] ?? "", Authorization: Authorization ?? "" } }
    const mismatch = refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match")
    assert.strictEqual(first(cut, mismatch), "HF-S3-SIGN-002 likely")
    assert.notStrictEqual(first(cut, refused(403, "AccessDenied", "Access Denied")), "HF-S3-AUTH-013 certain")
  })
})

describe("a key that differs from the key in the path", () => {
  it("shows the prefix that was added to the path in transit", () => {
    const request = { method: "GET", url: "https://d111.cloudfront.net/public/a.mp4", headers: {} }
    const answer = refused(404, "NoSuchKey", "The specified key does not exist.", { Key: "public/public/a.mp4" })
    assert.include(explain(request, answer).detail, "added the prefix public/, so the prefix occurs twice")
    const same = refused(404, "NoSuchKey", "The specified key does not exist.", { Key: "public/a.mp4" })
    assert.notInclude(explain(request, same).detail, "prefix")
  })
})
