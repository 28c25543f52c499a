/**
 * The checks that S3 performs when it reaches the file of a form: the fields read so far, the key and its session, the
 * signature, and the policy. The checks run in this order and return S3's error texts. Pure.
 */
import * as Redacted from "effect/Redacted"
import { createHmac } from "node:crypto"
import type { Refusal, Signer } from "../../Signature.ts"
import { derive } from "../signing/key.ts"
import * as formPolicy from "./policy.ts"
import type { Fields } from "./reader.ts"

/** The key pair of a session. The key pair is valid only together with its session token. */
export interface SessionSigner extends Signer {
  readonly sessionToken: Redacted.Redacted<string>
}

/** A form that may be stored if its size is permitted. */
export interface Accepted {
  readonly key: string
  readonly contentType: string
  readonly range: formPolicy.Range
  /** Looks up a field by its name in lower case. */
  readonly field: (name: string) => string | undefined
}

/** The required fields of each signature version, in the order in which S3 reports missing fields. */
const required = {
  2: ["Signature", "AWSAccessKeyId"],
  4: ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"],
} as const

/** Checks a form at the time `now` (epoch milliseconds). */
export const check = (
  signers: ReadonlyArray<Signer | SessionSigner>,
  form: { readonly bucket: string; readonly fields: Fields; readonly filename: string | undefined },
  now: number,
): Refusal | Accepted => {
  const fields = joined(form.fields)
  const field = (name: string) => fields.get(name.toLowerCase())
  if (field("key") === undefined) return missing("key")

  const version = ([2, 4] as const).find((one) => required[one].some((name) => field(name) !== undefined))
  const policy = field("policy")
  // An unsigned form is anonymous, and the bucket is not public.
  if (version === undefined || policy === undefined) return accessDenied
  const absent = required[version].find((name) => field(name) === undefined)
  if (absent !== undefined) return missing(absent)
  if (version === 4 && field("x-amz-algorithm") !== algorithm) return wrongArgument("X-Amz-Algorithm", algorithm)

  const credential = field("x-amz-credential") ?? ""
  const [keyId = "", date = "", region = "", ...end] = version === 4 ? credential.split("/") : [field("awsaccesskeyid")]
  const signer = signers.find(({ accessKeyId }) => accessKeyId === keyId)
  if (signer === undefined) return unknownKey(keyId)
  const token = field("x-amz-security-token")
  const session = "sessionToken" in signer ? Redacted.value(signer.sessionToken) : undefined
  if (session !== undefined && token === undefined) return unknownKey(keyId)
  if (token !== session) return invalidToken
  if (version === 4) {
    if (region !== signer.region) return wrongRegion(region, signer.region)
    if (!/^\d{8}$/.test(date) || end.join("/") !== "s3/aws4_request")
      return wrongArgument("X-Amz-Credential", credential)
  }

  const given = field(version === 4 ? "x-amz-signature" : "signature") ?? ""
  if (given !== (version === 4 ? signatureV4(signer, date, policy) : signatureV2(signer, policy))) {
    return mismatch(keyId, policy, given)
  }

  const key = (field("key") ?? "").replaceAll("${filename}", lastSegment(form.filename) ?? "${filename}")
  const verdict = formPolicy.check(policy, { bucket: form.bucket, fields: new Map([...fields, ["key", key]]) }, now)
  if ("code" in verdict) return verdict
  if (key === "") return { ...missing("key"), message: "User key must have a length greater than 0." }
  return { key, contentType: field("content-type") ?? "binary/octet-stream", range: verdict, field }
}

const joined = (fields: Fields): ReadonlyMap<string, string> => {
  const all = new Map<string, string>()
  for (const [name, value] of fields) {
    const before = all.get(name.toLowerCase())
    all.set(name.toLowerCase(), before === undefined ? value : `${before},${value}`)
  }
  return all
}

const lastSegment = (filename: string | undefined): string | undefined => filename?.split(/[/\\]/).at(-1)

const algorithm = "AWS4-HMAC-SHA256"

const signatureV4 = (signer: Signer, date: string, policy: string): string =>
  createHmac("sha256", derive(signer.secretAccessKey, date, signer.region))
    .update(policy)
    .digest("hex")

const signatureV2 = (signer: Signer, policy: string): string =>
  createHmac("sha1", Redacted.value(signer.secretAccessKey)).update(policy).digest("base64")

const accessDenied: Refusal = { code: "AccessDenied", status: 403, message: "Access Denied" }

const missing = (name: string): Refusal => ({
  code: "InvalidArgument",
  status: 400,
  message: `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  extra: { ArgumentName: name, ArgumentValue: "" },
})

const wrongArgument = (name: string, value: string): Refusal => ({
  code: "InvalidArgument",
  status: 400,
  message: `${name} is not valid`,
  extra: { ArgumentName: name, ArgumentValue: value },
})

const wrongRegion = (given: string, expected: string): Refusal => ({
  code: "InvalidArgument",
  status: 400,
  message: `Error parsing the X-Amz-Credential parameter; the region '${given}' is wrong; expecting '${expected}'`,
  extra: { ArgumentName: "X-Amz-Credential", ArgumentValue: "", Region: expected },
})

/** The error for an unknown key, or for a session key if its token was not read. */
const unknownKey = (keyId: string): Refusal => ({
  code: "InvalidAccessKeyId",
  status: 403,
  message: "The AWS Access Key Id you provided does not exist in our records.",
  extra: { AWSAccessKeyId: keyId },
})

const invalidToken: Refusal = {
  code: "InvalidToken",
  status: 400,
  message: "The provided token is malformed or otherwise invalid.",
}

const mismatch = (keyId: string, policy: string, given: string): Refusal => ({
  code: "SignatureDoesNotMatch",
  status: 403,
  message:
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  extra: { AWSAccessKeyId: keyId, StringToSign: policy, SignatureProvided: given },
})
