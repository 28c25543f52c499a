import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"
import * as TransportCause from "@holdfast/http/TransportCause"

/** Codes of OpenSSL and Node, with the certificate fault that they report. */
const codes: ReadonlyArray<readonly [code: string, fault: TransportCause.CertificateFault | undefined]> = [
  ["CERT_HAS_EXPIRED", "expired"],
  ["CERT_NOT_YET_VALID", "not yet valid"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "other host"],
  ["CERT_UNTRUSTED", "untrusted"],
  ["CERT_REVOKED", "revoked"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "untrusted"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrusted"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", undefined],
  ["ERR_TLS_INVALID_STATE", undefined],
  ["ECONNREFUSED", undefined],
  ["constructor", undefined],
  ["", undefined],
]

const rules: Readonly<Record<TransportCause.CertificateFault, string>> = {
  expired: "HF-HTTP-TLS-001",
  "not yet valid": "HF-HTTP-TLS-002",
  "other host": "HF-HTTP-TLS-003",
  revoked: "HF-HTTP-TLS-009",
  untrusted: "HF-HTTP-TLS-004",
}

describe("a certificate code", () => {
  for (const [code, fault] of codes) {
    it(`maps ${code === "" ? "an empty certificate code" : `the certificate code ${code}`} to ${fault ?? "no certificate fault"}`, () => {
      assert.strictEqual(TransportCause.certificateFault(code), fault)
      const certificate = Object.values(rules)
      const { code: explained } = Diagnosis.explain({ failure: code })
      if (fault === undefined) assert.notInclude(certificate, explained)
      else assert.strictEqual(explained, rules[fault])
    })
  }
})
