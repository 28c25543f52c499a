import { assert, describe, it } from "@effect/vitest"
import type { Request, Response } from "@holdfast/diagnosis/Exchange"
import { createHash, createHmac } from "node:crypto"
import { first, found, longLived, refused } from "../../../support/requests.ts"

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest()

/** The signed text of version 4, for a request as a server receives it. */
interface Wire {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const wire: Wire = {
  method: "PUT",
  host: "talks.s3.eu-west-1.amazonaws.com",
  path: "/takes/talk.mov",
  headers: { "content-type": "video/quicktime" },
}
const scope = "20261121/eu-west-1/s3/aws4_request"

/** The canonical request, the string to sign and the signature, by the AWS documentation. */
const sign = ({ headers, host, method, path }: Wire, key = secret) => {
  const all = Object.entries({ ...headers, host }).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = all.map(([name]) => name).join(";")
  const query = [
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    `X-Amz-Credential=${encodeURIComponent(`${longLived}/${scope}`)}`,
    "X-Amz-Date=20261121T172358Z",
    "X-Amz-Expires=900",
    `X-Amz-SignedHeaders=${encodeURIComponent(names)}`,
  ].join("&")
  const canonical = [
    method,
    path,
    query,
    ...all.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    "UNSIGNED-PAYLOAD",
  ].join("\n")
  const toSign = ["AWS4-HMAC-SHA256", "20261121T172358Z", scope, sha256(canonical)].join("\n")
  const signingKey = scope.split("/").reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${key}`)
  return { canonical, toSign, query, signature: hmac(signingKey, toSign).toString("hex") }
}

/** The response of a server to a request: `undefined` if the signature matches. */
const answer = (
  received: Wire,
  signature: string,
  write: (text: string) => string = (text) => text,
): Response | undefined => {
  const own = sign(received)
  return own.signature === signature
    ? undefined
    : refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match …", {
        StringToSign: write(own.toSign),
        SignatureProvided: signature,
        CanonicalRequest: write(own.canonical),
      })
}

const request = (
  sent: Wire,
  signed: Wire = sent,
  key = secret,
): { readonly request: Request; readonly signature: string } => {
  const { query, signature } = sign(signed, key)
  return {
    signature,
    request: {
      method: sent.method,
      url: `https://${sent.host}${sent.path}?${query}&X-Amz-Signature=${signature}`,
      headers: { Host: sent.host, "Content-Length": "9", ...sent.headers },
      size: 9,
    },
  }
}

/** The ways in which a pasted text loses its lines. */
const wrappings: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "with blanks": (text) => text.replaceAll("\n", " "),
  escaped: (text) => text.replaceAll("\n", "\\n"),
  "with CRLF": (text) => text.replaceAll("\n", "\r\n"),
}

describe("the text that a server signed", () => {
  it("reproduces the documented signed text, so that the signature of a valid request matches", () => {
    const valid = request(wire)
    assert.isUndefined(answer(wire, valid.signature))
    assert.deepStrictEqual(found(valid.request), [])
  })

  for (const [name, write] of Object.entries(wrappings)) {
    it(`uses the text that a server signed to show what was changed in transit (pasted ${name})`, () => {
      const { request: sent, signature } = request(wire)
      for (const [received, expected] of [
        [{ ...wire, host: "storage.internal:9000" }, "HF-S3-SIGN-016 certain"],
        [{ ...wire, path: "/origin/takes/talk.mov" }, "HF-S3-SIGN-022 certain"],
        [{ ...wire, path: "/takes/talk%252Emov" }, "HF-S3-SIGN-014 certain"],
        [{ ...wire, method: "GET" }, "HF-S3-SIGN-010 certain"],
        [{ ...wire, headers: { "content-type": "video/mp4" } }, "HF-S3-SIGN-013 certain"],
      ] as const) {
        const response = answer(received, signature, write)
        assert.isDefined(response)
        assert.strictEqual(first(sent, response), expected)
      }
    })

    it(`reports the secret as the cause if each line of the signed text matches what was sent (pasted ${name})`, () => {
      const plain = { ...wire, headers: {} }
      const other = request(plain, plain, "another secret")
      assert.strictEqual(first(other.request, answer(plain, other.signature, write)), "HF-S3-SIGN-019 likely")
    })
  }

  it("recognizes a signer that encodes the path twice", () => {
    const sent = { ...wire, path: "/takes/talk%3A1.mov", headers: {} }
    const { request: twice, signature } = request(sent, { ...sent, path: "/takes/talk%253A1.mov" })
    assert.strictEqual(first(twice, answer(sent, signature)), "HF-S3-SIGN-021 likely")
  })

  it("compares a version 2 string to sign with the request after adding the bucket from the host to the path", () => {
    const url = `https://talks.s3.us-east-1.amazonaws.com/takes/talk.mov?AWSAccessKeyId=${longLived}&Expires=1795282738&Signature=RkVFREZBQ0U%3D`
    const old: Request = { method: "PUT", url, headers: { "Content-Length": "9" }, size: 9 }
    for (const write of Object.values(wrappings)) {
      const shown = (resource: string) =>
        refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match …", {
          StringToSign: write(["PUT", "", "", "1795282738", resource].join("\n")),
        })
      assert.strictEqual(first(old, shown("/talks/talks/takes/talk.mov")), "HF-S3-SIGN-022 certain")
      assert.strictEqual(first(old, shown("/talks/takes/talk.mov")), "HF-S3-SIGN-013 likely")
    }
  })

  it("accepts the bucket of a custom domain in a version 2 string to sign", () => {
    const shown = refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match …", {
      StringToSign: ["PUT", "", "video/mp4", "1795282738", "/talks/takes/talk.mov"].join("\n"),
    })
    const url = `https://files.example.com/takes/talk.mov?AWSAccessKeyId=${longLived}&Expires=1795282738&Signature=RkVFREZBQ0U%3D`
    const named: Request = {
      method: "PUT",
      url,
      headers: { "Content-Length": "9", "Content-Type": "video/mp4" },
      size: 9,
    }
    assert.strictEqual(first(named, shown), "HF-S3-SIGN-013 likely")
  })
})
