import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const url = "https://rushes.s3.eu-west-1.amazonaws.com/"

describe("a message of a browser's console", () => {
  const said: ReadonlyArray<readonly [words: string, code: string, detail?: string]> = [
    [
      `Access to fetch at '${url}' from origin 'https://a.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.`,
      "HF-HTTP-NET-012",
      "Access-Control-Allow-Origin",
    ],
    [
      `Access to XMLHttpRequest at '${url}' from origin 'null' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.`,
      "HF-HTTP-NET-012",
      "preflight",
    ],
    [
      `Access to fetch at '${url}' from origin 'https://a.example' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.`,
      "HF-HTTP-NET-012",
      "method",
    ],
    [
      `Access to fetch at '${url}' from origin 'https://a.example' has been blocked by CORS policy: Request header field x-amz-acl is not allowed by Access-Control-Allow-Headers in preflight response.`,
      "HF-HTTP-NET-012",
      "header of the request",
    ],
    [
      `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${url}. (Reason: CORS header 'Access-Control-Allow-Origin' missing). Status code: 403.`,
      "HF-HTTP-NET-012",
      "status 403",
    ],
    [
      `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${url}. (Reason: CORS request did not succeed). Status code: (null).`,
      "HF-HTTP-NET-007",
    ],
    ["Origin https://a.example is not allowed by Access-Control-Allow-Origin. Status code: 403", "HF-HTTP-NET-012"],
    [`Fetch API cannot load ${url} due to access control checks.`, "HF-HTTP-NET-012"],
    [`Refused to connect to '${url}' because it violates the document's Content Security Policy.`, "HF-HTTP-NET-013"],
    ["net::ERR_BLOCKED_BY_CLIENT", "HF-HTTP-NET-013"],
  ]
  for (const [words, code, detail = ""] of said) {
    it(`reports ${code} for the console message ${words.slice(-70)}`, () => {
      const explanation = Diagnosis.explain({ failure: words })
      assert.strictEqual(explanation.code, code)
      assert.include(explanation.detail, detail)
      assert.notStrictEqual(explanation.confidence, "certain")
    })
  }

  it("does not report a truncated response for a message about CORS, although the status is known", () => {
    const failure = "blocked by CORS policy: No 'Access-Control-Allow-Origin' header"
    const { causes, code } = Diagnosis.explain({ failure, response: { status: 403 } })
    assert.strictEqual(code, "HF-HTTP-NET-012")
    assert.notInclude(
      causes.map((cause) => cause.code),
      "HF-HTTP-ANSWER-001",
    )
  })
})

describe("a certificate without a known issuer", () => {
  const detailOf = (failure: string) => {
    const { code, detail } = Diagnosis.explain({ failure })
    assert.strictEqual(code, "HF-HTTP-TLS-004", failure)
    return detail
  }

  it("attributes a certificate without a known issuer to an inspecting proxy, self-signing or a missing intermediate certificate", () => {
    assert.include(detailOf("self-signed certificate in certificate chain"), "inspects the traffic")
    assert.include(detailOf("DEPTH_ZERO_SELF_SIGNED_CERT"), "is self-signed")
    assert.include(detailOf("unable to verify the first certificate"), "intermediate")
    assert.include(detailOf("unable to get local issuer certificate: CN=Zscaler Root CA"), "Zscaler")
  })

  it("distinguishes an unknown issuer from an expired certificate and a wrong host, in the words of .NET, Go and Java", () => {
    const said: ReadonlyArray<readonly [string, string]> = [
      ["The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", "HF-HTTP-TLS-001"],
      ["x509: certificate has expired or is not yet valid: current time 1970-01-01T00:00:00Z is before 2026", "HF-HTTP-TLS-002"],
      ["x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs", "HF-HTTP-TLS-003"],
      ["java.security.cert.CertificateException: No subject alternative DNS name matching a.example found.", "HF-HTTP-TLS-003"],
      ["PKIX path building failed: unable to find valid certification path to requested target", "HF-HTTP-TLS-004"],
      ["No connection could be made because the target machine actively refused it.", "HF-HTTP-NET-001"],
      ["curl: (6)", "HF-HTTP-DNS-001"],
    ] // prettier-ignore
    for (const [failure, code] of said) assert.strictEqual(Diagnosis.explain({ failure }).code, code, failure)
  })
})
