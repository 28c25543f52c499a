/**
 * Reads a form as S3 does: as a stream that ends, except for its bytes, where the file begins.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
 */
import { checkKey } from "./keys.ts"
import * as Refusals from "./refusals.ts"
import * as Sign from "./sign.ts"
import { valueOf, type Pairs, type Refusal, type Wire } from "./wire.ts"
import { isV4, type World } from "./World.ts"

const proofOf4 = ["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"]

interface Policy {
  readonly expiration?: unknown
  readonly conditions?: ReadonlyArray<unknown>
}

const parsePolicy = (encoded: string): Policy | undefined => {
  try {
    const policy: unknown = JSON.parse(Buffer.from(encoded, "base64").toString())
    return typeof policy === "object" && policy !== null ? policy : undefined
  } catch {
    return undefined
  }
}

/** Ceph's own text for a missing field. */
const missing = ({ dialect }: World, name: string): Refusal => {
  const short = name.toLowerCase().replace(/^x-amz-/, "")
  const own =
    name === "key"
      ? "Key not specified"
      : name === "AWSAccessKeyId" || name === "X-Amz-Algorithm"
        ? "Missing aws2 access key"
        : `Missing ${name.startsWith("X-") ? "aws4" : "aws2"} ${short}`
  return dialect.name === "ceph" || dialect.name === "spaces"
    ? Refusals.make("named", 400, "InvalidArgument", own)
    : Refusals.fieldMissing(name)
}

/** A condition in the format of S3. */
const shown = (op: string, name: string, value: string): string => `["${op}", "$${name}", "${value}"]`

const checkConditions = (world: World, policy: Policy, fields: Pairs, size: number): Refusal | undefined => {
  const covered = new Set(["x-amz-signature", "signature", "policy", "file", "awsaccesskeyid"])
  for (const condition of policy.conditions ?? []) {
    const [op, name, value] = Array.isArray(condition)
      ? condition.map(String)
      : ["eq", `$${Object.keys(Object(condition))[0]}`, String(Object.values(Object(condition))[0])]
    if (op === "content-length-range") {
      const most = Number(value)
      if (size > most) {
        return Refusals.make(
          "tooLarge",
          400,
          "EntityTooLarge",
          "Your proposed upload exceeds the maximum allowed size",
          {
            ProposedSize: String(size),
            MaxSizeAllowed: String(most),
          },
        )
      }
      continue
    }
    const field = (name ?? "").slice(1).toLowerCase()
    covered.add(field)
    const found = field === "bucket" ? world.bucket : (valueOf(fields, field) ?? "")
    const holds = op === "starts-with" ? found.startsWith(value ?? "") : found === value
    if (!holds || (field !== "bucket" && valueOf(fields, field) === undefined)) {
      const words = shown(op ?? "", (name ?? "").slice(1), value ?? "")
      const refusal = Refusals.invalidByPolicy("condition", `Policy Condition failed: ${words}`)
      return inOwn(world, refusal, { condition: words })
    }
  }
  const [extra] = fields.find(([name]) => !covered.has(name.toLowerCase()) && !/^x-ignore-/i.test(name)) ?? []
  return extra === undefined
    ? undefined
    : inOwn(world, Refusals.invalidByPolicy("uncovered", `Extra input fields: ${extra.toLowerCase()}`), {
        field: extra.toLowerCase(),
      })
}

/** The dialect's text with details that only this check knows. */
const inOwn = ({ dialect }: World, refusal: Refusal, known: Readonly<Record<string, string>>): Refusal => {
  const own = dialect.words[refusal.step]
  if (own?.message === undefined) return refusal
  const message = own.message.replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole)
  return { ...refusal, ...own, message, step: "named" }
}

const checkProof = (world: World, fields: Pairs): Refusal | undefined => {
  const { dialect, plan, storage } = world
  const of = (name: string) => valueOf(fields, name)
  const policy = of("policy") ?? ""
  const token = of("x-amz-security-token")
  if (isV4(world)) {
    if (of("x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
      return Refusals.make("algorithm", 400, "InvalidArgument", "Unsupported X-Amz-Algorithm", {
        ArgumentName: "X-Amz-Algorithm",
        ArgumentValue: of("x-amz-algorithm") ?? "",
      })
    }
    const [id = "", ...scope] = (of("x-amz-credential") ?? "").split("/")
    if (scope.length !== 4) {
      return Refusals.make(
        "formProof",
        400,
        "InvalidArgument",
        "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed",
        {
          ArgumentName: "X-Amz-Credential",
          ArgumentValue: id,
        },
      )
    }
    if (dialect.region && scope[1] !== storage.region) {
      return Refusals.wrongRegion(
        "InvalidArgument",
        "Error parsing the X-Amz-Credential parameter; ",
        scope[1] ?? "",
        storage.region,
      )
    }
    const refused = checkKey(world, id, plan.id, token)
    if (refused !== undefined) return refused
    const own = Sign.signature4(storage.secret ?? "", scope.join("/"), policy)
    return own === of("x-amz-signature") ? undefined : differs(world, id, policy, of("x-amz-signature") ?? "")
  }
  const id = of("AWSAccessKeyId") ?? ""
  const refused = checkKey(world, id, plan.id, token)
  if (refused !== undefined) return refused
  const own = Sign.signature2(storage.secret ?? "", policy)
  return own === of("signature") ? undefined : differs(world, id, policy, of("signature") ?? "")
}

const differs = ({ dialect }: World, id: string, policy: string, provided: string): Refusal =>
  Refusals.badSignature(
    dialect.details ? { AWSAccessKeyId: id, StringToSign: policy, SignatureProvided: provided } : {},
  )

/** The first failing check of a form. */
export const checkForm = (world: World, wire: Wire): Refusal | undefined => {
  const type = valueOf(wire.headers, "content-type") ?? ""
  if (!type.startsWith("multipart/form-data")) return Refusals.notMultipart
  if (!/boundary=(?!wrong)/.test(type)) return Refusals.noBoundary
  if (wire.sent !== undefined && wire.sent < wire.size) {
    return Refusals.make(
      "incomplete",
      400,
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
  }
  const parts = wire.form ?? []
  const isCeph = world.dialect.name === "ceph" || world.dialect.name === "spaces"
  const at = parts.findIndex(({ name, value }) => name === "file" && value === undefined)
  const before = at === -1 ? parts : parts.slice(0, at)
  const fields: Pairs = before.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))
  const length = before.reduce(
    (sum, { name, size = 0, value = "" }) => sum + name.length + value.length + size + 100,
    0,
  )
  if (!isCeph && length > 20_480) {
    return Refusals.make(
      "long",
      400,
      "MaxPostPreDataLengthExceeded",
      "Your POST request fields preceding the upload file were too large.",
      {
        MaxPostPreDataLengthBytes: "20480",
      },
    )
  }
  const of = (name: string) => valueOf(fields, name)
  if (of("key") === undefined) return missing(world, "key")
  if (valueOf(wire.headers, "authorization") !== undefined) return Refusals.twoProofs
  if (at === -1 && !isCeph) {
    return Refusals.make("files", 400, "InvalidArgument", "POST requires exactly one file upload per request.", {
      ArgumentName: "file",
      ArgumentValue: "0",
    })
  }
  const proofs = isV4(world) ? proofOf4 : ["signature", "AWSAccessKeyId"]
  if (of("policy") === undefined) return Refusals.anonymous
  const absent = proofs.find((name) => of(name) === undefined)
  if (absent !== undefined) return missing(world, absent)
  // Ceph reports every authentication error of a form with the same text.
  const unproven = checkProof(world, fields)
  if (unproven !== undefined) {
    return isCeph ? Refusals.make("named", 403, "AccessDenied", "") : unproven
  }
  const policy = parsePolicy(of("policy") ?? "")
  if (policy === undefined) {
    return Refusals.make("policy", 400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.")
  }
  const expires = Date.parse(String(policy.expiration))
  if (Number.isNaN(expires)) {
    return Refusals.make("policy", 400, "InvalidPolicyDocument", "Invalid Policy: Invalid 'expiration' value: ''")
  }
  if (expires < world.now) return Refusals.invalidByPolicy("policyExpired", "Policy expired.")
  return checkConditions(world, policy, fields, parts[at]?.size ?? 0)
}
