import { assert, describe, it } from "@effect/vitest"
import type { Response } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Diagnosis"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Form from "../support/forms.ts"

const { error, first, last, part, remove, resign } = Form

/** One defect, the responses of servers to it, and the code that must come first. */
interface Case {
  readonly what: string
  readonly code: string
  readonly form?: () => Form.Form
  readonly change: Form.Change
  readonly answers: ReadonlyArray<Response>
}

const xml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")

const policyDenied = (...messages: ReadonlyArray<string>): ReadonlyArray<Response> =>
  messages.map((message) => error(403, "AccessDenied", xml(message)))

/** Servers that give no reason. */
const wordless: ReadonlyArray<Response> = [
  error(403, "AccessDenied"),
  error(403, "AccessDenied", "Access Denied."),
  { status: 403 },
  { status: 403, headers: { "content-type": "application/xml" }, body: "<Error><Code>AccessDenied</Code></Error>" },
]

/** Every server that cannot parse the arguments. */
const invalid: ReadonlyArray<Response> = [
  error(400, "InvalidArgument"),
  error(400, "InvalidRequest", "Bad request"),
  error(400, "BadRequest", "Something is wrong"),
  { status: 400, body: "Bad Request" },
]

const cases: ReadonlyArray<Case> = [
  {
    what: "the token after the file",
    code: "HF-S3-POST-011",
    change: (form) => last(form, "x-amz-security-token"),
    answers: [
      Form.unknownKey,
      error(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records."),
      error(403, "InvalidTokenId", "The security token included in the request is invalid"),
      error(400, "InvalidToken", "The provided token is malformed or otherwise invalid."),
      error(403, "InvalidSecurity", "The provided security credentials are not valid."),
      ...policyDenied(
        'Invalid according to Policy: Policy Condition failed: ["eq", "$x-amz-security-token", "…"]',
        "Forbidden: No such key",
      ),
      ...wordless,
    ],
  },
  {
    what: "the key after the file",
    code: "HF-S3-POST-011",
    change: (form) => last(form, "key"),
    answers: [
      Form.needs("key"),
      error(400, "UserKeyMustBeSpecified", "The bucket POST must contain the specified field name."),
      error(400, "MissingFields", "Missing fields in request."),
      ...invalid,
    ],
  },
  {
    what: "no token",
    code: "HF-S3-POST-021",
    change: (form) => remove(form, "x-amz-security-token"),
    answers: [
      Form.unknownKey,
      error(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records."),
      error(403, "InvalidTokenId", "The security token included in the request is invalid"),
      ...wordless,
    ],
  },
  {
    what: "an altered token",
    code: "HF-S3-POST-023",
    change: (form) => {
      part(form, "x-amz-security-token").value = "another"
    },
    answers: [
      error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.", { "Token-0": "another" }),
      error(403, "InvalidTokenId", "The security token included in the request is invalid"),
      Form.unknownKey,
      ...wordless,
    ],
  },
  {
    what: "no signature",
    code: "HF-S3-POST-013",
    change: (form) => remove(form, "x-amz-signature"),
    answers: [
      Form.needs("X-Amz-Signature"),
      error(400, "InvalidArgument", "Missing aws4 signature"),
      error(400, "MissingFields", "Missing fields in request."),
      error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match."),
      ...invalid,
      ...wordless,
    ],
  },
  {
    what: "no policy",
    code: "HF-S3-POST-012",
    change: (form) => remove(form, "policy"),
    answers: [Form.needs("policy"), error(400, "InvalidRequest", "Bad request: No policy was provided"), ...wordless],
  },
  {
    what: "an expired policy",
    code: "HF-S3-POST-032",
    change: (form) => {
      form.expiration = "2026-11-21T17:20:00Z"
    },
    answers: [
      ...policyDenied(
        "Invalid according to Policy: Policy expired.",
        "Access Denied. (Invalid according to Policy: Policy expired)",
        "Policy expired",
        "Request has expired",
      ),
      error(
        400,
        "InvalidPolicyDocument",
        "The content of the form does not meet the conditions specified in the policy document.",
      ),
      error(400, "ExpiredToken", "The provided token has expired."),
      error(400, "InvalidRequest", "Bad request: Policy expiration date has been reached"),
      ...wordless,
    ],
  },
  {
    what: "a key outside of its folder",
    code: "HF-S3-POST-033",
    change: (form) => {
      part(form, "key").value = "elsewhere.mov"
    },
    answers: [
      ...policyDenied(
        'Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "up/"]',
        "Access Denied. (Invalid according to Policy: Policy Condition failed: [starts-with, $key, up/])",
        "Policy condition failed: starts-with: $key, up/",
      ),
      error(403, "PostPolicyInvalidKeyName", "Invalid according to Policy: Policy Condition failed"),
      error(
        400,
        "InvalidPolicyDocument",
        "The content of the form does not meet the conditions specified in the policy document.",
      ),
      error(400, "InvalidRequest", "Bad request: Key 'key' has value not allowed in policy"),
      ...wordless,
    ],
  },
  {
    what: "a field without a condition",
    code: "HF-S3-POST-034",
    change: (form) => first(form, "x-amz-meta-take", "7"),
    answers: [
      ...policyDenied(
        "Invalid according to Policy: Extra input fields: x-amz-meta-take",
        "Policy missing condition: x-amz-meta-take",
        'Access Denied. (Each form field that you specify in a form must appear in the list of policy conditions. "x-amz-meta-take" not specified in the policy.)',
      ),
      error(
        400,
        "InvalidPolicyDocument",
        "The content of the form does not meet the conditions specified in the policy document.",
        {
          Details: "Policy did not reference these fields: x-amz-meta-take",
        },
      ),
      error(400, "InvalidRequest", "Bad request: Field 'x-amz-meta-take' not allowed in policy"),
      ...wordless,
    ],
  },
  {
    what: "a policy with a fault",
    code: "HF-S3-POST-031",
    change: (form) => {
      form.expiration = "tomorrow"
    },
    answers: [
      error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid &apos;expiration&apos; value: &apos;tomorrow&apos;"),
      error(400, "InvalidArgument", "Malformed JSON"),
      ...policyDenied("Access Denied. (Invalid according to Policy: invalid expiration)"),
      ...invalid,
    ],
  },
  {
    what: "a file that is too large",
    code: "HF-S3-POST-035",
    change: (form) => form.conditions.push(["content-length-range", 0, 10]),
    answers: [
      error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
        ProposedSize: "21136250",
        MaxSizeAllowed: "10",
      }),
      error(400, "EntityTooLarge"),
      error(413, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."),
      ...policyDenied('Invalid according to Policy: Policy Condition failed: ["content-length-range", "0", "10"]'),
      error(400, "InvalidRequest", "Bad request: File size does not match policy"),
    ],
  },
  {
    what: "no file",
    code: "HF-S3-POST-016",
    change: (form) => remove(form, "file"),
    answers: [
      error(400, "InvalidArgument", "POST requires exactly one file upload per request.", {
        ArgumentName: "file",
        ArgumentValue: "0",
      }),
      error(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."),
      error(400, "InvalidRequest", "Bad request: Request did not contain a file"),
      ...invalid,
    ],
  },
  {
    what: "a file under another name",
    code: "HF-S3-POST-015",
    change: (form) => {
      Object.assign(part(form, "file"), { name: "data" })
    },
    answers: [
      error(400, "MaxPostPreDataLengthExceeded", "", { MaxPostPreDataLengthBytes: "20480" }),
      error(400, "MaxPostPreDataLengthExceededError"),
      error(400, "InvalidArgument", "POST requires exactly one file upload per request."),
      error(400, "MalformedPOSTRequest"),
      ...invalid,
    ],
  },
  {
    what: "no boundary",
    code: "HF-S3-POST-002",
    change: (form) => {
      form.headers = { "content-type": "multipart/form-data" }
    },
    answers: [
      error(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data."),
      error(400, "InvalidArgument", "Missing multipart boundary specification"),
      error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
        Condition: "Bucket POST must be of the enclosure-type multipart/form-data",
      }),
      error(500, "InternalError", "We encountered an internal error. Please try again."),
      ...invalid,
    ],
  },
  {
    what: "a form that is dated in the future",
    code: "HF-S3-POST-044",
    change: (form) => resign(form, "x-amz-date", "20261121T192358Z"),
    answers: [
      ...policyDenied("Request is not yet valid"),
      error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
      error(400, "AuthorizationQueryParametersError", "X-Amz-Date is in the future"),
      ...wordless,
    ],
  },
  {
    what: "another authentication besides the form's own",
    code: "HF-S3-POST-050",
    change: (form) => {
      form.headers = { ...form.headers, authorization: "Bearer 0123456789abcdef" }
    },
    answers: [
      error(400, "InvalidArgument", "Only one auth mechanism allowed", { ArgumentName: "Authorization" }),
      ...invalid,
      ...wordless,
    ],
  },
  {
    what: "the secret of another key",
    code: "HF-S3-POST-051",
    form: () => Form.make(4, false),
    change: () => {},
    answers: [
      Form.mismatch(Form.make(4, false)),
      error(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided.",
      ),
      error(403, "AccessDenied"),
      error(403, "AccessDenied", "Forbidden: Invalid signature"),
    ],
  },
]

describe("forms and the servers that reject them", () => {
  for (const { answers, change, code, form: make = Form.make, what } of cases) {
    for (const [index, answer] of answers.entries()) {
      it(`explains the fault (${what}) from response ${index + 1}: ${answer.body?.slice(38, 160) ?? answer.status}`, () => {
        const form = make()
        change(form)
        const explanation = Form.explain(form, answer)
        assert.strictEqual(explanation.code, code, JSON.stringify(explanation.causes, undefined, 1))
      })
    }
    it(`explains the fault (${what}) without a response, unless the fault is visible only in a response`, () => {
      const form = make()
      change(form)
      const explanation = Form.explain(form, undefined, { failure: "ECONNRESET" })
      if (code === "HF-S3-POST-051") assert.notStrictEqual(explanation.code, code)
      else assert.strictEqual(explanation.code, code, JSON.stringify(explanation.causes, undefined, 1))
    })
  }

  it("does not blame a form for an error from another phase", () => {
    const answers = [
      error(404, "NoSuchBucket", "The specified bucket does not exist"),
      error(503, "SlowDown", "Please reduce your request rate."),
      error(307, "TemporaryRedirect", "Please re-send this request to the specified temporary endpoint."),
      error(409, "OperationAborted"),
      { status: 403, headers: { "content-type": "text/html" }, body: "<html><h1>403 Forbidden</h1>nginx</html>" },
    ]
    for (const { change, form: make = Form.make } of cases) {
      for (const answer of answers) {
        const form = make()
        change(form)
        for (const code of Form.codes(Form.explain(form, answer))) {
          assert.isFalse(code.startsWith("HF-S3-POST-"), `${code} for ${answer.body}`)
        }
      }
    }
  })

  it("does not blame a form that the server accepted", () => {
    for (const { change, form: make = Form.make } of cases) {
      const form = make()
      change(form)
      for (const status of [200, 201, 204]) {
        const explanation = Form.explain(form, { status })
        assert.strictEqual(explanation.outcome, "succeeded")
        assert.deepStrictEqual(explanation.causes, [])
      }
    }
  })

  it("explains a form even if the time, the headers and the address are unknown", () => {
    const form = Form.make()
    last(form, "x-amz-security-token")
    const { form: parts = [] } = Form.request(form)
    const explanation = Diagnosis.explain({ request: { form: parts }, response: { status: 403 } })
    assert.strictEqual(explanation.code, "HF-S3-POST-011")
    assert.strictEqual(explanation.confidence, "certain")
  })

  it("returns the same explanation before and after redaction", () => {
    const redact = Redaction.make([Diagnosis.ruleSet.vocabulary, Http.ruleSet.vocabulary])
    for (const { answers, change, form: make = Form.make } of cases) {
      for (const response of answers) {
        const form = make()
        change(form)
        const exchange = { request: Form.request(form), response, at: Form.answered }
        assert.deepStrictEqual(Diagnosis.explain(redact(exchange)), Diagnosis.explain(exchange))
      }
    }
  })

  it("does not reveal a secret, wherever it appears in a form", () => {
    const canary = (n: number): string => `CANARY${n}${"x".repeat(9)}canary`
    const form = Form.make()
    part(form, "x-amz-security-token").value = canary(1)
    part(form, "x-amz-signature").value = canary(2)
    part(form, "x-amz-credential").value = `AKIA${canary(3)}/20261121/us-east-1/s3/aws4_request`
    first(form, "x-amz-meta-secret", canary(4))
    first(form, "unknown", canary(5))
    form.conditions.push({ "x-amz-meta-secret": canary(6) }, ["starts-with", "$other", canary(7)])
    form.headers = { ...form.headers, Authorization: `Bearer ${canary(8)}`, Cookie: canary(9) }
    for (const { answers } of cases) {
      for (const answer of answers) {
        const told = JSON.stringify(Form.explain(form, answer))
        assert.notMatch(told, /CANARY|canary/)
      }
    }
  })
})
