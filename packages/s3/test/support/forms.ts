/**
 * A valid form, the responses of servers, and the assertions about the rules.
 */
import { assert, it } from "@effect/vitest"
import type { Exchange, FormPart, Request, Response } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/s3/Diagnosis"

/** A form before it is written. */
export interface Form {
  method: string
  url: string
  headers: Record<string, string> | undefined
  parts: Array<{ name: string; value?: string; filename?: string; size?: number; type?: string }>
  expiration: string
  conditions: Array<unknown>
  policy: string | undefined
  body?: string
  size?: number
}

export type Change = (form: Form) => void

export const signed = "20261121T172358Z"
export const answered = "2026-11-21T17:24:00Z"
export const token = "FwoGZXIvYXdzEXAMPLE+SESSION/TOKEN+EXAMPLE0123456789=="

/** A form of version 4 or version 2, with a temporary or a long-lived key. */
export const make = (version: 2 | 4 = 4, isTemporary = true): Form => {
  const keyId = isTemporary ? "ASIAEXAMPLEKEYID0001" : "AKIAEXAMPLEKEYID0001"
  const credential = `${keyId}/20261121/us-east-1/s3/aws4_request`
  const four = { "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-credential": credential, "x-amz-date": signed }
  const session = isTemporary ? { "x-amz-security-token": token } : {}
  const proof: Record<string, string> = version === 4 ? { ...four, ...session } : session
  return {
    method: "POST",
    url: "https://talks.s3.us-east-1.amazonaws.com/",
    headers: { "Content-Type": "multipart/form-data; boundary=XbOuNd" },
    parts: [
      { name: "key", value: "up/talk.mov" },
      ...(version === 2 ? [{ name: "AWSAccessKeyId", value: keyId }] : []),
      ...Object.entries(proof).map(([name, value]) => ({ name, value })),
      { name: "policy", value: "POLICY" },
      version === 4
        ? { name: "x-amz-signature", value: "0123456789abcdef".repeat(4) }
        : { name: "signature", value: "RVhBTVBMRVNJR05BVFVSRTAwMDE=" },
      { name: "file", filename: "talk.mov", size: 21_136_250, type: "video/quicktime" },
    ],
    expiration: "2026-11-21T18:23:58.000Z",
    conditions: [
      { bucket: "talks" },
      ["starts-with", "$key", "up/"],
      ["content-length-range", 1, 5_368_709_120],
      ...Object.entries(proof).map(([name, value]) => ({ [name]: value })),
    ],
    policy: undefined,
  }
}

export const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64")

export const policyOf = (form: Form): string =>
  form.policy ?? base64(JSON.stringify({ expiration: form.expiration, conditions: form.conditions }))

export const request = (form: Form): Request => ({
  method: form.method,
  url: form.url,
  ...(form.headers === undefined ? {} : { headers: form.headers }),
  ...(form.body === undefined
    ? {
        form: form.parts.map((part): FormPart =>
          part.value === undefined
            ? part
            : { name: part.name, value: part.value === "POLICY" ? policyOf(form) : part.value },
        ),
      }
    : { body: form.body }),
  ...(form.size === undefined ? {} : { size: form.size }),
})

export const part = (form: Form, name: string) => {
  const found = form.parts.find((one) => one.name === name)
  assert(found !== undefined, name)
  return found
}

export const remove = (form: Form, name: string): void => {
  form.parts = form.parts.filter((one) => one.name !== name)
}

export const last = (form: Form, name: string): void => {
  const moved = part(form, name)
  form.parts = [...form.parts.filter((one) => one !== moved), moved]
}

export const first = (form: Form, name: string, value: string): void => {
  form.parts.unshift({ name, value })
}

/** Changes a field and its condition, as a faulty signer would. */
export const resign = (form: Form, name: string, value: string): void => {
  part(form, name).value = value
  form.conditions = [
    ...form.conditions.filter((one) => Array.isArray(one) || !Object.hasOwn(one as object, name)),
    { [name]: value },
  ]
}

/** An error document, with the elements of the given server. */
export const error = (
  status: number,
  code: string,
  message = "",
  elements: Readonly<Record<string, string>> = {},
): Response => ({
  status,
  headers: { "content-type": "application/xml", date: "Sat, 21 Nov 2026 17:24:00 GMT" },
  body:
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>` +
    Object.entries(elements)
      .map(([name, text]) => `<${name}>${text}</${name}>`)
      .join("") +
    "</Error>",
})

/** A response that no form can cause. */
export const unrelated = error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: "talks" })

export const silent = error(403, "AccessDenied")
export const denied = error(403, "AccessDenied", "Access Denied")
export const unknownKey = error(
  403,
  "InvalidAccessKeyId",
  "The AWS Access Key Id you provided does not exist in our records.",
)
export const mismatch = (form: Form): Response =>
  error(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
    {
      StringToSign: policyOf(form),
    },
  )
export const needs = (name: string): Response =>
  error(
    400,
    "InvalidArgument",
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { ArgumentName: name, ArgumentValue: "" },
  )

export const explain = (form: Form, response: Response | undefined, more: Partial<Exchange> = {}) =>
  Diagnosis.explain({
    request: request(form),
    ...(response === undefined ? {} : { response }),
    at: answered,
    ...more,
  })

export const alone = (response: Response) => Diagnosis.explain({ response })

export const codes = ({ causes }: Diagnosis.Explanation): ReadonlyArray<string> => causes.map(({ code }) => code)

/** The requirements of a rule. */
export interface Case {
  readonly code: string
  readonly confidence: Diagnosis.Confidence
  readonly what: string
  readonly change: Change
  readonly response: Response | ((form: Form) => Response)
  /** Words in the detail. */
  readonly detail: RegExp
  readonly form?: () => Form
  /** The check that passes for a valid form. */
  readonly cleared?: string
  /** Whether the response alone is evidence. */
  readonly isSymptom?: boolean
}

/**
 * Asserts that the rule finds its cause, accepts a form without it, and is not blamed for a response that it cannot
 * have caused.
 */
export const rule = (one: Case): void => {
  const { change, cleared, code, confidence, detail, isSymptom = false, response, what } = one
  const built = (isChanged: boolean): Form => {
    const form = (one.form ?? make)()
    if (isChanged) change(form)
    return form
  }
  const answer = (form: Form): Response => (typeof response === "function" ? response(form) : response)
  it(`${code} is found: ${what}`, () => {
    const form = built(true)
    const explanation = explain(form, answer(form))
    assert.strictEqual(explanation.code, code, JSON.stringify(explanation.causes, undefined, 1))
    assert.strictEqual(explanation.confidence, confidence)
    assert.match(explanation.detail, detail)
    assert.isAbove(explanation.evidence.length, 0)
  })
  it(`${code} is not blamed for what it cannot cause: ${what}`, () => {
    assert.notInclude(codes(explain(built(true), unrelated)), code)
  })
  if (isSymptom) return
  it(`${code} is not found without its defect: ${what}`, () => {
    const form = built(false)
    const explanation = explain(form, answer(form))
    const found = explanation.causes.find((cause) => cause.code === code)
    assert.notStrictEqual(found?.confidence, "certain")
    if (cleared === undefined) return
    // A response that names the cause is evidence by itself; with one without a message, the form decides.
    assert.include(
      explain(form, silent).ruledOut.map(({ check }) => check),
      cleared,
    )
  })
}

/** The size of the form in bytes, as browsers write it. */
export const wireSize = (form: Form, boundary: number): number => {
  const bytes = (text: string): number => Buffer.byteLength(text)
  const { form: parts = [] } = request(form)
  return parts.reduce((sum, one) => {
    const frame = 2 + boundary + 2 + bytes(`Content-Disposition: form-data; name="${one.name}"`) + 4 + 2
    if ("value" in one) return sum + frame + bytes(one.value)
    const name = one.filename === undefined ? 0 : bytes(`; filename="${one.filename}"`)
    return sum + frame + name + (one.type === undefined ? 0 : bytes(`Content-Type: ${one.type}`) + 2) + (one.size ?? 0)
  }, boundary + 6)
}
