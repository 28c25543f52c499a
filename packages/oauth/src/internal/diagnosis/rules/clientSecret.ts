/**
 * Rules for client secrets that are signed tokens (JWT), as Apple requires.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { says, shown, topic, word } from "../rule.ts"
import { timeIn } from "../vocabulary.ts"

const apple = "https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret"

/** The maximum time between `iat` and `exp` that Apple accepts, in seconds: six months. */
const longest = 15_777_000

/** Times above this number of seconds must be in milliseconds. */
const milliseconds = 100_000_000_000

/** The first of Apple's requirements that the secret violates; `undefined` if it violates none. */
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
    return "its times iat and exp are in milliseconds, which puts them far in the future; they must be in seconds"
  if (notes.includes("; no kid")) return "its header has no kid, the key id of the private key that signed it"
  if (alg !== undefined && alg !== "ES256") return `it is signed with ${alg}, and Apple accepts only ES256`
  if (exp === undefined || iat === undefined) return "it lacks the times iat and exp"
  if (exp - iat > longest)
    return `it is valid for ${Math.round((exp - iat) / 86_400)} days, which is longer than Apple accepts: at most six months (15777000 s)`
  if (now !== undefined && exp * 1000 < now)
    return (
      `it expired ${Math.round(now / 1000 - exp)} s before this response: a new one must be made at least ` +
      "every six months"
    )
  if (now !== undefined && iat * 1000 > now)
    return (
      `it begins ${Math.round(iat - now / 1000)} s after this response, so the clock of the machine that ` +
      "signed it is wrong"
    )
  return notes.includes("; aud=other") ? "its audience aud is not https://appleid.apple.com" : undefined
}

const isApples = ({ issuer }: OAuthFacts, notes: string): boolean =>
  issuer?.name === "Apple" || (issuer === undefined && notes.includes("; aud=apple"))

const signedSecret = topic("client")({
  code: "HF-OAUTH-CLIENT-013",
  title: "Apple does not accept the JWT that serves as client secret",
  explanation:
    "Sign in with Apple accepts no fixed client secret, but a JWT that the team signs with ES256: kid in the " +
    "header is the key id, iss the team id, sub the client id (the Services ID for the web, the bundle id for an " +
    "app), aud https://appleid.apple.com, and exp at most six months after iat, both in seconds. Anything else is " +
    "invalid_client without a reason.",
  fix: [
    {
      text: "make a new JWT with alg, kid, iss, sub, aud, iat and exp as Apple's page lists them",
      safety: "check first",
    },
    {
      text: "check that the key is still active in the developer account, and that sub is the client_id",
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
        detail: "The client_secret is not a JWT: neither the private key itself nor a password is accepted.",
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
          ? "The times, the kid and the audience of the client secret meet Apple's requirements: its key, team " +
            "(iss) or client id (sub) does not match, or the signature has another format than ES256."
          : `The client secret is a JWT, and ${fault}.`,
      evidence: [...word(facts), ...shown(secret), ...shown(facts.field("client_id"))],
      about: ["client_secret"],
    })
  },
})

/** All rules of this topic. */
export const clientSecret = [signedSecret] as const
