/**
 * Secrets at every location of an exchange that can hold one, and every output of `explain`.
 */
import { assert, describe, it } from "@effect/vitest"
import * as ExplainRun from "../../src/explain/Run.ts"

let count = 0
const planted = new Array<string>()

/** A separate secret for each location, in one of the usual formats. */
const canary = (shape = "ordinary"): string => {
  const tail = `Canary${String(count++).padStart(3, "0")}`
  const secret =
    shape === "hex"
      ? `c0ffee${String(count).padStart(4, "0")}${"0123456789abcdef".repeat(4)}`.slice(0, 64)
      : shape === "token"
        ? `IQoJb3JpZ2lu${tail}/abc+DEF${"x9Yz".repeat(20)}==`
        : shape === "key"
          ? `AKIACANARY${String(count).padStart(4, "0")}XYZW42`
          : `sEcret-${tail}-zQ7`
  planted.push(secret)
  return secret
}

const base64 = (text: string): string => Buffer.from(text).toString("base64")

const token = canary("token")
const signature = canary("hex")
const keyId = canary("key")
const policy = base64(
  JSON.stringify({
    expiration: "2026-11-21T18:23:58Z",
    conditions: [
      { bucket: "talks" },
      { "x-amz-credential": `${keyId}/20261121/us-east-1/s3/aws4_request` },
      { "x-amz-security-token": token },
      ["starts-with", "$x-amz-meta-note", canary()],
    ],
  }),
)
planted.push(policy)

const query = [
  `X-Amz-Credential=${encodeURIComponent(`${keyId}/20261121/us-east-1/s3/aws4_request`)}`,
  `X-Amz-Security-Token=${encodeURIComponent(token)}`,
  `X-Amz-Signature=${signature}`,
  "X-Amz-Date=20261121T172358Z",
  "X-Amz-Expires=300",
  `Signature=${encodeURIComponent(`${canary()}+/=`)}`,
  `AWSAccessKeyId=${canary("key")}`,
  `access_token=${canary()}`,
  `sig=${canary()}`,
  `unknown=${canary()}`,
].join("&")

const requestHeaders = {
  Host: "talks.s3.amazonaws.com",
  Authorization: `AWS4-HMAC-SHA256 Credential=${keyId}/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${signature}`,
  "Proxy-Authorization": `Basic ${base64(`me:${canary()}`)}`,
  Cookie: `session=${canary()}; other=${canary()}`,
  "X-Amz-Security-Token": token,
  "X-Api-Key": canary(),
  "X-Amz-Server-Side-Encryption-Customer-Key": canary(),
  "X-Whatever": canary(),
  Referer: `https://app.example/?code=${canary()}`,
}

const form = [
  { name: "key", value: "talks/clip.mov" },
  { name: "policy", value: policy },
  { name: "x-amz-algorithm", value: "AWS4-HMAC-SHA256" },
  { name: "x-amz-credential", value: `${keyId}/20261121/us-east-1/s3/aws4_request` },
  { name: "x-amz-date", value: "20261121T172358Z" },
  { name: "x-amz-signature", value: signature },
  { name: "AWSAccessKeyId", value: keyId },
  { name: "signature", value: canary() },
  { name: "password", value: canary() },
  { name: "something", value: canary() },
  { name: "file", filename: "clip.mov", size: 3 },
  { name: "x-amz-security-token", value: token },
]

/** A signature is not secret here; a person compares it when signatures differ. */
const hash = "0d".repeat(32)

const xml =
  `<?xml version="1.0"?><Error><Code>InvalidArgument</Code><Message>Token ${token} of ${keyId} and signature ${signature} are bad</Message>` +
  `<AWSAccessKeyId>${keyId}</AWSAccessKeyId><Token-0>${token}</Token-0><StringToSign>AWS4-HMAC-SHA256\n20261121T172358Z\n20261121/us-east-1/s3/aws4_request\n${hash}</StringToSign>` +
  `<CanonicalRequest>PUT\n/\nX-Amz-Security-Token=${encodeURIComponent(token)}\nx-amz-security-token:${token}\nx-other:${canary()}\n\nhost\n${hash}</CanonicalRequest>` +
  `<SignatureProvided>${signature}</SignatureProvided><StringToSignBytes>41 57 53</StringToSignBytes><ArgumentName>x</ArgumentName>` +
  `<ArgumentValue>${canary()}</ArgumentValue><Unheard>${canary()}</Unheard><RequestId>AFCXGJGVWQ5FHR3Q</RequestId></Error>`

const responseHeaders = {
  "Content-Type": "application/xml",
  "Set-Cookie": `session=${canary()}`,
  "X-Amz-Request-Id": "AFCXGJGVWQ5FHR3Q",
  Location: `https://other.example/?X-Amz-Signature=${canary("hex")}&token=${canary()}`,
  "X-Whatever": canary(),
}

const json = JSON.stringify({
  error: "invalid_request",
  error_description: `refresh token ${token} is spent`,
  access_token: canary(),
  refresh_token: canary(),
  client_secret: canary(),
  device_code: canary(),
  user_code: canary(),
  nested: [{ password: canary(), other: canary() }],
})

const encoded = new URLSearchParams({
  grant_type: "refresh_token",
  refresh_token: canary(),
  client_id: "a",
  client_secret: canary(),
  device_code: canary(),
}).toString()

const page = `<html><body>Welcome ${keyId} <input name="csrf" value="${canary()}"> Bearer ${canary("token")}</body></html>`

const url = `https://user:${canary()}@talks.s3.amazonaws.com/clip.mov?${query}#${canary()}`

const part = (one: (typeof form)[number]): string =>
  "value" in one
    ? `Content-Disposition: form-data; name="${one.name}"\r\n\r\n${one.value}\r\n`
    : `Content-Disposition: form-data; name="${one.name}"; filename="${one.filename}"\r\n\r\n${canary()}\r\n`

const lines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")

const capture = (body: string, type: string, answer: string): string =>
  `# note: x\r\n# ===== REQUEST =====\r\nPOST /clip.mov?${query} HTTP/1.1\r\n${lines({ ...requestHeaders, "Content-Type": type })}\r\n${body}\r\n` +
  `# ===== RESPONSE =====\r\nHTTP/1.1 403 Forbidden\r\n${lines(responseHeaders)}\r\n${answer}`

const exchange = (request: object, body: string): string =>
  JSON.stringify({
    request: { method: "POST", url, headers: requestHeaders, ...request },
    response: { status: 403, headers: responseHeaders, body },
    failure: `fetch of ${url} failed for ${token}`,
    at: "2026-11-21T17:24:01Z",
    note: canary(),
  })

const inputs: Readonly<Record<string, string>> = {
  "a saved form": exchange({ form }, xml),
  "a saved presigned PUT": exchange({}, xml),
  "a saved sign-in": exchange({ body: encoded }, json),
  "a saved request with JSON": exchange({ body: json }, json),
  "a saved page": exchange({}, page),
  "a capture of a form": capture(
    `${form.map((one) => `--b\r\n${part(one)}`).join("")}--b--`,
    "multipart/form-data; boundary=b",
    xml,
  ),
  "a capture of a sign-in": capture(encoded, "application/x-www-form-urlencoded", json),
  "a capture of an unknown body": capture(`whatever ${canary("token")}`, "text/plain", page),
  "XML alone": xml,
  "JSON alone": json,
  "a page alone": page,
}

async function* bytes(text: string) {
  yield new TextEncoder().encode(text)
}

/** Also finds it inside a longer word, percent-encoded or within base64. */
const leaks = (text: string): ReadonlyArray<string> =>
  planted.filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)))

describe("holdfast explain", () => {
  for (const [name, text] of Object.entries(inputs)) {
    it(`does not print any secret from ${name}`, async () => {
      assert.isAbove(leaks(text).length, 1)
      for (const flags of [
        { long: false, json: false },
        { long: true, json: false },
        { long: false, json: true },
      ]) {
        for (const color of [false, true]) {
          const { exitCode, stderr, stdout } = await ExplainRun.answer(
            { target: "-", repair: true, ...flags },
            { stdin: bytes(text), columns: 10_000, color, errorColor: color },
          )
          assert.oneOf(exitCode, [0, 1])
          assert.deepStrictEqual(leaks([...stdout, ...stderr].join("\n")), [])
        }
      }
    })
  }
})
