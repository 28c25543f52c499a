/**
 * Rules for client secrets that are signed tokens (JWT), as Apple requires.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { says, shown, topic, word } from "../rule.ts"
import { timeIn } from "../vocabulary.ts"

const apple = "https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret"

/** The maximum time between `iat` and `exp` that Apple accepts, in seconds. This limit corresponds to six months. */
const longest = 15_777_000

/** A time above this number of seconds is assumed to be in milliseconds. */
const milliseconds = 100_000_000_000

/** Describes the first of Apple's requirements that the secret violates; `undefined` if the secret violates none of them. */
const faultOf = (notes: string, now: number | undefined): string | undefined => {
  const time = (name: "exp" | "iat") => {
    const at = timeIn(notes, name)
    return at === undefined ? undefined : at / 1000
  }
  const exp = time("exp")
  const iat = time("iat")
  const alg = /; alg=(\w+)/.exec(notes)?.[1]
  const end = exp ?? 0
  const begin = iat ?? 0
  if (end > milliseconds || begin > milliseconds)
    return "its iat and exp times are in milliseconds instead of seconds, so they are far in the future"
  if (notes.includes("; no kid")) return "its header lacks kid, the key id of the private key that signed the JWT"
  if (alg !== undefined && alg !== "ES256") return `it is signed with ${alg}, but Apple accepts only ES256`
  if (exp === undefined || iat === undefined) return "it lacks iat, exp or both"
  if (exp - iat > longest)
    return `it is valid for ${Math.round((exp - iat) / 86_400)} days, but Apple accepts at most six months (15777000 s)`
  if (now !== undefined && exp * 1000 < now)
    return (
      `it expired ${Math.round(now / 1000 - exp)} s before this response; a new client secret must be created at least ` +
      "every six months"
    )
  if (now !== undefined && iat * 1000 > now)
    return (
      `its validity begins ${Math.round(iat - now / 1000)} s after this response, so the clock of the machine that ` +
      "signed it is wrong"
    )
  return notes.includes("; aud=other") ? "its audience aud is not https://appleid.apple.com" : undefined
}

const isApples = ({ issuer }: OAuthFacts, notes: string): boolean =>
  issuer?.name === "Apple" || (issuer === undefined && notes.includes("; aud=apple"))

const signedSecret = topic("client")({
  code: "HF-OAUTH-CLIENT-013",
  title: "Apple does not accept the JWT that serves as the client secret",
  explanation:
    "Sign in with Apple does not accept a fixed client secret. It requires a JWT that the team signs with ES256. " +
    "In this JWT, kid in the header is the key id, iss the team id, sub the client id (the Services ID for the " +
    "web, the bundle id for an app), aud https://appleid.apple.com, and exp at most six months after iat, both in " +
    "seconds. For any other secret, Apple returns invalid_client without a reason.",
  fix: [
    {
      text: "create a new JWT with alg, kid, iss, sub, aud, iat and exp as described in Apple's documentation",
      safety: "check first",
    },
    {
      text: "check that the key is still active in the developer account and that sub equals the client_id",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [apple],
  find: (facts) => {
    const secret = facts.field("client_secret")
    if (!says(facts, "invalid_client") || secret === undefined) return undefined
    const { notes } = secret
    if (notes === undefined && facts.issuer?.name === "Apple" && secret.value !== "") {
      return found({
        confidence: "likely",
        detail:
          "The client_secret is not a JWT. Apple does not accept the private key itself or a password as the " +
          "client secret.",
        evidence: [...word(facts), ...shown(secret)],
        about: ["client_secret"],
      })
    }
    if (notes === undefined || !isApples(facts, notes)) return undefined
    const fault = faultOf(notes, facts.now)
    return found({
      confidence: "likely",
      detail:
        fault === undefined
          ? "The times, the kid and the audience of the client secret meet Apple's requirements. " +
            "The key, the team (iss) or the client id (sub) does not match, or the signature has a format other than ES256."
          : `The client secret is a JWT, and ${fault}.`,
      evidence: [...word(facts), ...shown(secret), ...shown(facts.field("client_id"))],
      about: ["client_secret"],
    })
  },
})

/** All rules for client secrets that are signed tokens. */
export const clientSecret = [signedSecret] as const
