import { assert, describe, it } from "@effect/vitest"
import { explain } from "../../support/requests.ts"

const json = (status: number, body: unknown) => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
})

const said = (url: string, answer: ReturnType<typeof json>): string => {
  const { code, confidence } = explain({ method: "GET", url, headers: {} }, answer)
  return `${code} ${confidence}`
}

const google = (code: number, reason: string, message: string) =>
  json(code, { error: { code, message, errors: [{ message, domain: "global", reason }] } })

describe("the vendors' own APIs", () => {
  it("reads the bucket from the path of a request to a vendor's own API", () => {
    const missing = google(404, "notFound", "The specified bucket does not exist.")
    for (const address of [
      "https://storage.googleapis.com/storage/v1/b/rushes/o/a%2Fb.mov?alt=media",
      "https://www.googleapis.com/upload/storage/v1/b/rushes/o?uploadType=multipart",
      "https://firebasestorage.googleapis.com/v0/b/rushes/o/a.jpg",
      "https://objectstorage.us-ashburn-1.oraclecloud.com/p/x1/n/ns/b/rushes/o/a/b.mov",
      "https://f003.backblazeb2.com/file/rushes/a/b.mov",
      "https://abc.supabase.co/storage/v1/object/public/rushes/a/b.mov",
      "https://storage.googleapis.com/rushes/a.mov",
    ]) {
      assert.include(explain({ method: "GET", url: address, headers: {} }, missing).detail, '"rushes"', address)
    }
  })

  it("explains S3's errors from the codes that vendors use in their own APIs", () => {
    const b2 = "https://f003.backblazeb2.com/file/rushes/a.mov"
    const gcs = "https://storage.googleapis.com/storage/v1/b/rushes/o/a.mov"
    const oci = "https://objectstorage.us-ashburn-1.oraclecloud.com/n/ns/b/rushes/o/a.mov"
    const cap = { code: "download_cap_exceeded", message: "Cannot download file, cap exceeded.", status: 403 }
    assert.strictEqual(said(b2, json(403, cap)), "HF-S3-SVC-007 certain")
    const gone = { code: "not_found", message: "File with such name does not exist.", status: 404 }
    assert.strictEqual(said(b2, json(404, gone)), "HF-S3-SVC-025 likely")
    assert.strictEqual(
      said(gcs, google(404, "notFound", "The specified bucket does not exist.")),
      "HF-S3-PLACE-005 likely",
    )
    assert.strictEqual(
      said(gcs, google(403, "retentionPolicyNotMet", "Object 'rushes/a.mov' is subject to bucket's retention policy")),
      "HF-S3-PERM-006 likely",
    )
    const either = {
      code: "BucketNotFound",
      message:
        "Either the bucket named 'rushes' does not exist in the namespace 'ns' or you are not authorized to access it",
    }
    assert.strictEqual(said(oci, json(404, either)), "HF-S3-PLACE-005 likely")
  })
})

describe("the viewers of CloudFront", () => {
  const missing =
    "<Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>"
  const at = (search: string, code: string, message: string) =>
    explain(
      { method: "GET", url: `https://d111111abcdef8.cloudfront.net/a.mp4${search}`, headers: {} },
      {
        status: 403,
        headers: { server: "CloudFront", date: "Sat, 21 Nov 2026 17:24:10 GMT" },
        body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      },
    )

  it("reports what is missing or wrong in the authentication of a CloudFront request", () => {
    const unknown = at("?Expires=1795000000&Signature=x&Key-Pair-Id=undefined", "InvalidKey", "Unknown Key")
    assert.strictEqual(`${unknown.code} ${unknown.confidence}`, "HF-S3-AUTH-017 certain")
    assert.include(unknown.detail, "undefined")
    const late = at("?Expires=1795000000&Signature=x&Key-Pair-Id=K2JCJMDEHXQW5F", "AccessDenied", "Access denied")
    assert.strictEqual(`${late.code} ${late.confidence}`, "HF-S3-AUTH-017 likely")
    assert.include(late.detail, "expired")
    const other = explain(
      { method: "GET", url: "https://cdn.example.com/a.mp4", headers: { Cookie: "session=abc" } },
      { status: 403, headers: { server: "CloudFront" }, body: missing },
    )
    assert.include(other.detail, "none is CloudFront's")
  })
})
