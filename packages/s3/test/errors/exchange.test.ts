import { assert, describe, it } from "@effect/vitest"
import { inspect } from "node:util"
import { S3Error } from "@holdfast/s3"

const url = "https://b.s3.amazonaws.com/k?X-Amz-Signature=0"
const refusal = (code: string, message = "m") => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`

describe("an S3 error from an exchange", () => {
  const cases: ReadonlyArray<readonly [metadata: string, status: number, code: string, message?: string]> = [
    ["internal", 500, "InternalError"],
    ["slowdown", 503, "SlowDown"],
    ["Slow Down", 503, "SlowDown"],
    ["signature", 403, "SignatureDoesNotMatch"],
    ["expired token", 400, "ExpiredToken"],
    ["requesttime", 403, "RequestTimeTooSkewed"],
    ["AccessDenied", 403, "AccessDenied", "Request has expired"],
    ["request has", 403, "AccessDenied", "Request has expired"],
    ["EntityTooLarge", 400, "EntityTooLarge"],
    ["NoSuchUpload404", 404, "NoSuchUpload"],
  ]
  for (const [metadata, status, code, message] of cases) {
    it(`decodes the same error with and without the metadata "${metadata}": ${status} ${code}`, () => {
      const answer = { status, headers: {}, body: refusal(code, message) }
      const alone = S3Error.fromResponse(answer)
      for (const name of ["x-amz-meta-note", "x-amz-meta-token", "authorization", "x-any"]) {
        const error = S3Error.fromExchange({ url, headers: { [name]: metadata } }, answer)
        assert.strictEqual(error._tag, alone._tag)
        assert.strictEqual(error.code, code)
        assert.deepStrictEqual(error.verdict, alone.verdict)
      }
    })
  }

  it("does not store a secret from the request in any field, however the server spells the secret", () => {
    const secret = "IQoJb3JpZ2lu/X2VjEHA+aCXVzLWVhc3Q=="
    const octets = Array.from(new TextEncoder().encode(secret))
    const hex = (octet: number) => octet.toString(16).padStart(2, "0")
    const spelled = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)).toLowerCase(),
      secret.replaceAll("/", "\\/"),
      octets.map((octet) => `\\u00${hex(octet)}`).join(""),
      octets.map((octet) => `&#${octet};`).join(""),
      octets.map((octet) => `&amp;#x${hex(octet)};`).join(""),
      octets.map(hex).join(""),
      btoa(secret),
      btoa(`x${secret}`).replaceAll("+", "-").replaceAll("/", "_"),
      btoa(`xy${secret}`),
    ]
    const request = { url: `https://b.s3.amazonaws.com/k?X-Amz-Security-Token=${encodeURIComponent(secret)}` }
    for (const one of spelled) {
      const body =
        `<Error><Code>InvalidToken</Code><Message>the token ${one} is malformed</Message><Token-0>${one}</Token-0>` +
        `<Resource>/k/${one}</Resource><Details>${one}</Details><RequestId>${one}</RequestId><HostId>h${one}</HostId></Error>`
      for (const answer of [
        { status: 400, headers: {}, body },
        {
          status: 400,
          headers: { "x-amz-request-id": one, "x-amz-id-2": `${one}x` },
          body: refusal("InvalidToken", one),
        },
        { status: 400, headers: { "x-amz-request-id": one }, body: refusal(one, one) },
        { status: 502, headers: { "x-amz-request-id": one }, body: `<html>bad token ${one}` },
        { status: 502, headers: { "x-amz-id-2": one }, body: `bad token ${one}` },
      ]) {
        const error = S3Error.fromExchange(request, answer)
        const views = [error.message, inspect(error, { depth: 9 }), JSON.stringify(error)].join("\n")
        for (const piece of [one.slice(3, 15), secret.slice(2, 12), spelled[8]?.slice(4, 14) ?? ""]) {
          assert.notInclude(views, piece)
        }
      }
    }
  })
})
