import { assert, describe, it } from "@effect/vitest"
import {
  alone,
  codes,
  error,
  explain,
  make,
  part,
  remove,
  resign,
  rule,
  silent,
  token,
  unknownKey,
} from "../../../support/forms.ts"

const invalidToken = error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
const name = "x-amz-security-token"

/** Keys as a server's own STS issues them: the id does not show that they are temporary. */
const plain = () => {
  const form = make()
  resign(form, "x-amz-credential", "mgBI53lJ29O3we8asQU/20261121/us-east-1/s3/aws4_request")
  return form
}

describe("post-token", () => {
  for (const [what, response] of [
    ["a server that misses the key", unknownKey],
    ["a server without words", silent],
    [
      "a server that calls the token invalid",
      error(403, "InvalidTokenId", "The security token included in the request is invalid"),
    ],
  ] as const) {
    rule({
      code: "HF-S3-POST-021",
      confidence: "certain",
      what: `no token with an ASIA key, ${what}`,
      change: (form) => {
        remove(form, name)
        form.conditions = form.conditions.filter((one) => !JSON.stringify(one).includes(name))
      },
      response,
      detail: /has no x-amz-security-token, but its key id begins with ASIA/,
    })
    rule({
      code: "HF-S3-POST-021",
      confidence: "certain",
      what: `no token although the policy requires one, ${what}`,
      form: plain,
      change: (form) => remove(form, name),
      response,
      detail: /its policy requires a session token/,
    })
  }
  rule({
    code: "HF-S3-POST-021",
    confidence: "certain",
    what: "an empty token",
    change: (form) => {
      part(form, name).value = ""
    },
    response: unknownKey,
    detail: /has an empty x-amz-security-token/,
  })
  for (const other of ["AmzSecurityToken", "security-token", "x-oss-security-token", "token"]) {
    rule({
      code: "HF-S3-POST-022",
      confidence: "certain",
      what: `the token as ${other}`,
      change: (form) => {
        Object.assign(part(form, name), { name: other })
      },
      response: unknownKey,
      detail: new RegExp(`The token is in "${other}"`),
    })
  }
  for (const [what, value, detail] of [
    ["another token", `A${token.slice(1)}`, /differs from the token in the policy/],
    [
      "a token that was cut off",
      token.slice(0, 20),
      new RegExp(`The token has 20 bytes, but the token in the policy has ${token.length}`),
    ],
    ["spaces instead of plus signs", token.replaceAll("+", " "), /instead of "\+"/],
    ["a token that was encoded", encodeURIComponent(token), /differs/],
  ] as const) {
    rule({
      code: "HF-S3-POST-023",
      confidence: "certain",
      what,
      change: (form) => {
        part(form, name).value = value
      },
      response: invalidToken,
      detail,
      cleared: "session token",
    })
  }
  rule({
    code: "HF-S3-POST-024",
    confidence: "likely",
    what: "a token with an AKIA key",
    change: (form) => resign(form, "x-amz-credential", "AKIAEXAMPLEKEYID0001/20261121/us-east-1/s3/aws4_request"),
    response: invalidToken,
    detail: /begins with AKIA/,
  })

  it("reports an encoded token as damaged if the policy permits any token", () => {
    const form = make()
    form.conditions = form.conditions.filter((one) => !JSON.stringify(one).includes(name))
    form.conditions.push(["starts-with", `$${name}`, ""])
    assert.notInclude(codes(explain(form, silent)), "HF-S3-POST-023")
    part(form, name).value = encodeURIComponent(token)
    const explanation = explain(form, invalidToken)
    assert.strictEqual(explanation.code, "HF-S3-POST-023")
    assert.match(explanation.detail, /percent-encoded/)
  })

  it("reports a missing token as likely if the server does not recognize a key of unknown type", () => {
    const form = plain()
    remove(form, name)
    form.conditions = form.conditions.filter((one) => !JSON.stringify(one).includes(name))
    const explanation = explain(form, unknownKey)
    assert.strictEqual(explanation.code, "HF-S3-POST-021")
    assert.strictEqual(explanation.confidence, "likely")
    assert.strictEqual(explain(form, silent).code, "HF-S3-POST-021")
  })

  it("reports a missing token as possible if the key id does not show the key's type, unless another server rejects the key as unknown", () => {
    const form = make(4, false)
    resign(form, "x-amz-credential", "GK31c2f218a2e44f485b94239e/20261121/us-east-1/s3/aws4_request")
    assert.strictEqual(explain(form, unknownKey).code, "HF-S3-POST-026")
    assert.include(codes(explain(form, silent)), "HF-S3-POST-021")
    assert.strictEqual(explain(form, silent).code, "HF-S3-POST-051")
  })

  it("does not guess that a token is missing if the form is not available", () => {
    const named = (id: string) => alone(error(403, "InvalidAccessKeyId", "", { AWSAccessKeyId: id }))
    for (const explanation of [alone(unknownKey), named("ASIAEXAMPLEKEYID0001"), named("AKIAEXAMPLEKEYID0001")]) {
      assert.notInclude(codes(explanation), "HF-S3-POST-021")
    }
    assert.strictEqual(alone(unknownKey).code, "HF-S3-AUTH-007")
    assert.include(alone(unknownKey).detail, "session token was not sent")
    assert.strictEqual(named("ASIAEXAMPLEKEYID0001").code, "HF-S3-AUTH-001")
  })

  it("does not require a token for a long-lived key", () => {
    assert.notInclude(codes(explain(make(4, false), unknownKey)), "HF-S3-POST-021")
  })
})
