import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Lint from "@holdfast/s3/Lint"
import { found, put, signature, signed, temporary, token, url, url2 } from "../support/requests.ts"
import { numbers, type Numbers } from "../support/validForms.ts"

/** The number of requests of each kind. */
const requests = 10_000

const mib = 1024 ** 2

/** A valid request, and the time at which it is sent. */
const valid = (random: Numbers): { readonly request: Request; readonly context: Lint.Context } => {
  const region = random.pick(["us-east-1", "eu-west-1", "ap-northeast-1", "auto"])
  const host = random.pick([
    ...(region === "auto" ? [] : [`talks.s3.${region}.amazonaws.com`, `s3.${region}.amazonaws.com/talks`]),
    "talks.s3.amazonaws.com",
    "talks.s3-accelerate.amazonaws.com",
    "minio.example.com:9000/talks",
    "127.0.0.1:7480/talks",
    "account.r2.example.com/talks",
  ])
  const key = Array.from({ length: 1 + random.below(4) }, () =>
    encodeURIComponent(random.letters(1 + random.below(40), "aZ09 +é~'()!*.-_$&:@,;=100%漢")),
  )
  const at = `https://${host}/${key.join("/")}`
  const isPart = random.chance(0.4)
  const isLast = random.chance(0.3)
  const size = isPart ? (isLast ? 1 + random.below(mib) : 5 * mib + random.below(mib)) : random.below(2 * mib)
  const number = 1 + random.below(10_000)
  const parts = isPart ? { partNumber: String(number), uploadId: random.letters(32) } : {}
  const isSession = random.chance(0.5)
  const keyId = isSession
    ? `ASIA${random.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`
    : random.pick([`AKIA${random.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`, random.letters(19), "minioadmin"])
  const sessionToken = `${random.letters(100 + random.below(900), "abcXYZ0189+/")}${random.pick(["", "=", "=="])}`
  const headers: Record<string, string> = {
    ...(random.chance(0.6) ? { "content-type": random.pick(["video/quicktime", "text/plain; charset=utf-8"]) } : {}),
    ...(random.chance(0.4) ? { "x-amz-acl": random.pick(["private", "public-read"]) } : {}),
    ...(random.chance(0.2) ? { "x-amz-meta-take": random.letters(50) } : {}),
    ...(random.chance(0.1) ? { "x-amz-server-side-encryption": "AES256" } : {}),
    ...(random.chance(0.2) ? { "content-md5": "CYketZBSTjX8czcs3cXVlg==" } : {}),
    ...(random.chance(0.1) ? { "x-amz-checksum-crc32": "yZRlqg==" } : {}),
  }
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [random.chance(0.3) ? name.toUpperCase() : name, value]),
  )
  const life = 1 + random.below(604_800)
  const context: Lint.Context = {
    at: signed + random.below(life * 1000 + 1),
    ...(isPart && random.chance(0.5) ? { part: { number, size, last: isLast }, parts: 10_000 } : {}),
    ...(random.chance(0.2) ? { bytesPerSecond: size * 1000 } : {}),
  }
  const request = (written: string): Request => ({
    method: "PUT",
    url: written,
    headers: { ...sent, ...(random.chance(0.5) ? { "Content-Length": String(size) } : {}) },
    size,
  })
  // Version 2 covers the x-amz- headers that are sent, without a list of them, and not every region accepts it.
  if (random.chance(0.25) && region !== "auto") {
    const query = { ...parts, ...(isSession ? { "x-amz-security-token": sessionToken } : {}) }
    return {
      request: request(url2({ ...query, AWSAccessKeyId: keyId, Expires: String(signed / 1000 + life + 1) }, at)),
      context: { ...context, bytesPerSecond: undefined },
    }
  }
  const query: Record<string, string | undefined> = {
    ...parts,
    ...(random.chance(0.3) ? { "x-id": isPart ? "UploadPart" : "PutObject" } : {}),
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${keyId}/20261121/${region}/s3/aws4_request`,
    "X-Amz-Date": "20261121T172358Z",
    "X-Amz-Expires": String(life),
    ...(isSession ? { "X-Amz-Security-Token": sessionToken } : {}),
    "X-Amz-SignedHeaders": ["host", ...Object.keys(headers)].sort().join(";"),
    "X-Amz-Signature": random.letters(64, "0123456789abcdef"),
  }
  const names = random.chance(0.5) ? Object.keys(query).sort() : Object.keys(query)
  const lower = random.chance(0.1)
  const pairs = names.map((name) => `${lower ? name.toLowerCase() : name}=${encodeURIComponent(query[name] ?? "")}`)
  return {
    request: request(`${at}?${pairs.join("&")}`),
    context: life < 2 ? { ...context, bytesPerSecond: undefined } : context,
  }
}

describe("the lint of presigned requests", () => {
  it(`does not report any defect in ${requests} valid requests`, { timeout: 60_000 }, () => {
    const random = numbers(1)
    for (let n = 0; n < requests; n++) {
      const { context, request } = valid(random)
      // The transfer must take no longer than the URL is valid.
      const { bytesPerSecond: _, ...rest } = context
      const findings = Lint.check(request, rest)
      if (findings.length > 0) assert.deepStrictEqual(findings, [], `${n}: ${JSON.stringify([request, rest])}`)
    }
  })

  it(
    "finds a defect that is inserted into a valid request, whatever else the request contains",
    { timeout: 60_000 },
    () => {
      const random = numbers(2)
      const broken: Readonly<Record<string, (request: Request) => Request>> = {
        UnsignedHeader: (request) => ({
          ...request,
          headers: { ...request.headers, "x-amz-storage-class": "STANDARD" },
        }),
        SignedHeaderMissing: (request) => ({
          ...request,
          url: request.url?.replace(/(SignedHeaders=)/i, "$1cache-control%3B"),
        }),
        TwoProofs: (request) => ({ ...request, headers: { ...request.headers, Authorization: "Bearer EXAMPLE" } }),
        UrlIncomplete: (request) => ({ ...request, url: request.url?.replace(/&X-Amz-Date=[^&]*/i, "") }),
        AlgorithmUnknown: (request) => ({
          ...request,
          url: request.url?.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"),
        }),
        CredentialMalformed: (request) => ({ ...request, url: request.url?.replace("%2Faws4_request", "") }),
        LengthUnknown: (request) => ({ ...request, headers: { ...request.headers, "Transfer-Encoding": "chunked" } }),
        EmptyChecksum: (request) => ({
          ...request,
          url: `${request.url}&x-amz-checksum-crc32=AAAAAA%3D%3D`,
          size: 1,
          headers: {},
        }),
        TooLarge: (request) => ({
          ...request,
          headers: { ...request.headers, "content-length": "6000000000" },
          size: 6e9,
        }),
      }
      for (let n = 0; n < 300; n++) {
        const { context, request } = valid(random)
        if (!/X-Amz-Algorithm/i.test(request.url ?? "") || request.headers?.["Content-Length"] !== undefined) continue
        if (/checksum/i.test(JSON.stringify(request.headers))) continue
        for (const [name, change] of Object.entries(broken)) {
          const findings = Lint.check(change(request), { at: context.at }).map(({ _tag }) => _tag as string)
          assert.include(findings, name, JSON.stringify(change(request)))
        }
      }
    },
  )

  it("names the first defect that S3 would detect, with code, location and fix, and without a secret", () => {
    const request = put({
      url: url({ "X-Amz-Credential": `${temporary}/20261121/eu-west-1/s3/aws4_request`, "X-Amz-Expires": "1" }),
      headers: { "x-amz-acl": "public-read", Authorization: `Bearer ${token}`, "Transfer-Encoding": "chunked" },
    })
    assert.deepStrictEqual(found(request), [
      "TwoProofs",
      "UrlExpired",
      "TokenMissing",
      "UnsignedHeader",
      "LengthUnknown",
    ])
    for (const finding of Lint.check(request, { at: signed + 5000 })) {
      assert.match(finding.code, /^HF-S3-/)
      assert.isNotEmpty(finding.evidence)
      assert.isNotEmpty(finding.fix)
      assert.notInclude(JSON.stringify(finding), "IOSFODNN7EXAMPLE")
      assert.notInclude(JSON.stringify(finding), signature)
      assert.notInclude(JSON.stringify(finding), "EXAMPLE0")
      assert.notInclude(JSON.stringify(finding), "hidden-")
    }
  })

  it("does not report defects that only a response can reveal", () => {
    const doubtful = [
      put({ method: "POST" }),
      put({ url: url({ utm_source: "mail" }) }),
      put({ url: url({}, "https://talks.s3.eu-west-1.amazonaws.com/my%2520talk.mov") }),
      put({ url: "https://talks.s3.eu-west-1.amazonaws.com/open/to/all.mov" }),
      put({ url: url({ "X-Amz-Security-Token": token }) }),
    ]
    for (const request of doubtful) assert.deepStrictEqual(found(request), [], request.url)
  })
})
