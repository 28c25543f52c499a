/**
 * Defects of authentication: keys, tokens, signatures, dates, and additional credentials.
 */
import * as Chance from "../../chance.ts"
import { scopeOf } from "../build.ts"
import * as Sign from "../sign.ts"
import { set, valueOf, type Part } from "../wire.ts"
import { isForm, isUrl, isV4, type Defect, type Plan, type World } from "../World.ts"

const always = (): boolean => true
const isSession = ({ plan }: World): boolean => plan.token !== undefined
const isUrl4 = (world: World): boolean => isUrl(world) && isV4(world)
const isHeader = ({ kind }: World): boolean => kind === "header4" || kind === "complete4"

/** A signer that omits the scope from the credential does so in the field and in the policy. */
const resign = (form: ReadonlyArray<Part>, plan: Plan): void => {
  const scope = scopeOf(plan)
  const of = (name: string) => form.find((part) => part.name === name)
  const [credential, policy, signature] = [of("x-amz-credential"), of("policy"), of("x-amz-signature")]
  if (credential === undefined || policy?.value === undefined || signature === undefined) return
  credential.value = plan.id
  const text = Buffer.from(policy.value, "base64").toString().replace(`${plan.id}/${scope}`, plan.id)
  policy.value = Buffer.from(text).toString("base64")
  signature.value = Sign.signature4(plan.secret, scope, policy.value)
}

export const proof: ReadonlyArray<Defect> = [
  {
    name: "token-missing",
    codes: ["HF-S3-AUTH-001", "HF-S3-POST-021"],
    fits: isSession,
    before: ({ plan }) => {
      plan.token = undefined
    },
  },
  {
    name: "token-late",
    codes: ["HF-S3-POST-011"],
    fits: (world) => isForm(world) && isSession(world),
    after: ({ form = [] }) => {
      const at = form.findIndex(({ name }) => name === "x-amz-security-token")
      form.push(...form.splice(at, 1))
    },
  },
  {
    name: "token-misnamed",
    codes: ["HF-S3-POST-022"],
    fits: (world) => isForm(world) && isSession(world),
    after: ({ form = [] }, { random }) => {
      for (const part of form) {
        if (part.name === "x-amz-security-token") part.name = random.pick(["x-amz-session-token", "AmzSecurityToken"])
      }
    },
  },
  {
    name: "token-with-blanks",
    codes: ["HF-S3-AUTH-002", "HF-S3-AUTH-005", "HF-S3-POST-023"],
    fits: (world) => isSession(world) && !isHeader(world) && world.kind !== "put2",
    after: ({ form = [], query }) => {
      const token = valueOf(query, "X-Amz-Security-Token")
      if (token !== undefined) set(query, "X-Amz-Security-Token", token.replaceAll("%2B", "%20"))
      for (const part of form) {
        if (part.name === "x-amz-security-token") part.value = part.value?.replaceAll("+", " ") ?? ""
      }
    },
  },
  {
    name: "token-appended",
    codes: ["HF-S3-AUTH-003", "HF-S3-SIGN-015"],
    fits: (world) => isSession(world) && isUrl4(world),
    before: (world) => {
      world.plan.token = undefined
    },
    after: ({ query }, { storage }) => {
      query.push(["X-Amz-Security-Token", encodeURIComponent(storage.token ?? "")])
    },
  },
  {
    name: "session-ended",
    codes: ["HF-S3-AUTH-004", "HF-S3-POST-025"],
    fits: isSession,
    before: ({ storage }) => {
      storage.sessionEnded = true
    },
  },
  {
    name: "key-unknown",
    codes: ["HF-S3-AUTH-007", "HF-S3-POST-026"],
    fits: (world) => !isSession(world),
    before: ({ storage }) => {
      storage.secret = undefined
    },
  },
  {
    name: "secret-wrong",
    codes: ["HF-S3-SIGN-019", "HF-S3-POST-051"],
    fits: always,
    before: ({ plan, random }) => {
      plan.secret = random.pick([
        plan.secret.slice(0, -1),
        `${plan.secret}\n`,
        Chance.letters(random, 40, Chance.base64),
      ])
    },
  },
  {
    name: "signature-damaged",
    codes: ["HF-S3-SIGN-019", "HF-S3-SIGN-029", "HF-S3-POST-046", "HF-S3-POST-051"],
    fits: isV4,
    after: ({ form = [], headers, query }) => {
      for (const part of form) {
        if (part.name === "x-amz-signature") part.value = part.value?.slice(0, -1) ?? ""
      }
      const signature = valueOf(query, "X-Amz-Signature")
      if (signature !== undefined) set(query, "X-Amz-Signature", signature.slice(0, -1))
      const authorization = valueOf(headers, "Authorization")
      if (authorization !== undefined) set(headers, "Authorization", authorization.slice(0, -1))
    },
  },
  {
    name: "region-wrong",
    codes: ["HF-S3-PLACE-001"],
    fits: isV4,
    before: ({ plan, random, storage }) => {
      plan.region = random.pick(["us-east-1", "eu-west-3", "eu-north-1"].filter((one) => one !== storage.region))
    },
  },
  {
    name: "expired",
    codes: ["HF-S3-URL-001"],
    fits: isUrl,
    before: ({ now, plan, random }) => {
      plan.signedAt = now - (plan.expires + 60 + random.below(80_000)) * 1000
    },
  },
  {
    name: "signed-long-ago",
    codes: ["HF-S3-CLOCK-001"],
    fits: isHeader,
    before: ({ now, plan, random }) => {
      plan.signedAt = now - (1000 + random.below(30_000)) * 1000
    },
  },
  {
    name: "clock-fast",
    codes: ["HF-S3-CLOCK-002", "HF-S3-URL-002", "HF-S3-POST-044"],
    fits: isV4,
    before: (world) => {
      world.clock = (1000 + world.random.below(40_000)) * 1000
      world.plan.signedAt += world.clock
      world.plan.policyExpires += world.clock
    },
  },
  {
    name: "clock-slow",
    codes: ["HF-S3-CLOCK-002", "HF-S3-URL-001", "HF-S3-POST-032"],
    fits: (world) => isHeader(world) || (isUrl(world) && world.plan.expires < 4000),
    before: (world) => {
      world.clock = -(4000 + world.random.below(40_000)) * 1000
      world.plan.signedAt += world.clock
    },
  },
  {
    name: "expires-too-long",
    codes: ["HF-S3-URL-003"],
    fits: isUrl4,
    before: ({ plan, random }) => {
      plan.expires = 604_801 + random.below(10_000_000)
    },
  },
  {
    name: "url-cut",
    codes: ["HF-S3-URL-006"],
    fits: isUrl4,
    // A shell ends a command at an unquoted ampersand.
    after: ({ query }) => {
      query.splice(query.findIndex(([name]) => name === "X-Amz-Algorithm") + 1)
    },
  },
  {
    name: "credential-malformed",
    codes: ["HF-S3-URL-007", "HF-S3-AUTH-012", "HF-S3-POST-042"],
    fits: isV4,
    after: ({ form = [], headers, query }, { plan }) => {
      const cut = (text: string) => text.replace(/(?:%2F|\/)aws4_request/, "")
      const given = valueOf(query, "X-Amz-Credential")
      if (given !== undefined) set(query, "X-Amz-Credential", cut(given))
      const authorization = valueOf(headers, "Authorization")
      if (authorization !== undefined) set(headers, "Authorization", cut(authorization))
      resign(form, plan)
    },
  },
  {
    name: "date-malformed",
    codes: ["HF-S3-URL-004", "HF-S3-AUTH-013", "HF-S3-AUTH-012"],
    fits: (world) => isUrl4(world) || isHeader(world),
    after: ({ headers, query }, { plan }) => {
      const iso = new Date(plan.signedAt).toISOString()
      set(
        valueOf(query, "X-Amz-Date") === undefined ? headers : query,
        valueOf(query, "X-Amz-Date") === undefined ? "x-amz-date" : "X-Amz-Date",
        iso,
      )
    },
  },
  {
    name: "algorithm-unknown",
    codes: ["HF-S3-URL-008", "HF-S3-POST-041"],
    fits: (world) => isUrl4(world) || world.kind === "post4",
    before: ({ plan, random }) => {
      plan.algorithm = random.pick(["AWS4-HMAC-SHA1", "HMAC-SHA256", "AWS4-HMAC-SHA-256"])
    },
  },
  {
    name: "two-proofs",
    // The second authentication is that of another API, which is recognizable even if the first cannot be read.
    codes: ["HF-S3-AUTH-010", "HF-S3-AUTH-011", "HF-S3-POST-050"],
    fits: (world) => !isHeader(world),
    after: ({ headers }, { random }) => {
      headers.push(["Authorization", `Bearer ${Chance.letters(random, 40, Chance.plain)}`])
    },
  },
  {
    name: "bearer-token",
    codes: ["HF-S3-AUTH-011"],
    fits: isHeader,
    after: ({ headers }, { random }) => {
      set(headers, "Authorization", `Bearer ${Chance.letters(random, 40, Chance.plain)}`)
    },
  },
  {
    name: "unsigned",
    codes: ["HF-S3-AUTH-014", "HF-S3-POST-012"],
    apart: ["two-proofs", "bearer-token", "signed-headers-malformed", "date-malformed", "token-appended"],
    fits: always,
    after: (wire) => {
      wire.query = wire.query.filter(([name]) => !/^(?:x-amz-|signature$|expires$|awsaccesskeyid$)/i.test(name))
      set(wire.headers, "Authorization", undefined)
      wire.headers = wire.headers.filter(([name]) => !/^x-amz-(?:date|security-token|content-sha256)$/i.test(name))
      wire.form = wire.form?.filter(({ name }) => !/^(?:x-amz-|policy$|signature$|awsaccesskeyid$)/i.test(name))
    },
  },
]
