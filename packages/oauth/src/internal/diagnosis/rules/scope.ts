/**
 * Rules for scopes that the server does not grant.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, shown, topic, word } from "../rule.ts"

/**
 * Matches an address without a path, to which a scope name might have been appended without a slash. An Entra scope consists
 * of the address of an API, a slash, and a name.
 */
const joined = /(?:^|\s)((?:https?|api):\/\/[^\s/"',<>]{1,200})(?=[\s"',]|$)/

/** Returns the part of a scope that lacks the slash between the API's address and the scope's name. */
const slashless = ({ answer, field, issuer }: OAuthFacts): string | undefined =>
  issuer?.system === "entra" || /\bAADSTS\d/.test(answer.description)
    ? joined.exec(field("scope")?.value ?? /\bscope (.{1,400}?) is not valid/.exec(answer.description)?.[1] ?? "")?.[1]
    : undefined

const detailOf = (facts: OAuthFacts): string => {
  const asked = facts.field("scope")
  const value = asked?.value ?? ""
  const together = slashless(facts)
  if (facts.purpose === "refresh") return "The refresh requests a scope that was not granted"
  if (/\[object |=>|function|\[native|undefined/.test(value))
    return "The scope is an object or function converted to text instead of a string of words"
  if (together !== undefined)
    return `The scope ${together} has no slash after the address of the API: the address and the name run together, or the name is missing (address/name)`
  if (
    value === "" &&
    /\bdefault scopes?\b|scope.{0,20}\b(?:required|missing|must be (?:provided|specified|set))/i.test(
      facts.answer.description,
    )
  )
    return "The request has no scope, and the server has no default scope"
  if (/[,;]/.test(value)) return "The scopes are not separated by spaces"
  return facts.issuer?.system === "entra" &&
    !value.endsWith("/.default") &&
    facts.field("grant_type")?.value === "client_credentials"
    ? "If no user signs in, Entra grants only the scope of a whole API, which is the API's address with /.default at the end"
    : "The server does not recognize or does not grant a requested scope"
}

const refused = topic("request")({
  code: "HF-OAUTH-REQUEST-008",
  title: "The scope is unknown, is malformed, or exceeds the granted scope",
  explanation:
    "The scope parameter is a list of words separated by single spaces. A refresh may request fewer scopes than " +
    "were granted, but never more. To keep all granted scopes, omit scope; to get more scopes, sign in again. " +
    "Providers rename and remove scopes.",
  fix: [
    { text: "remove scope from a refresh", safety: "safe to apply" },
    {
      text: "otherwise, compare the words in scope with the scopes that the server offers to this client",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(6749, "3.3"), rfc(6749, "6"), "https://learn.microsoft.com/entra/identity-platform/scopes-oidc"],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc6749#section-5.2",
  find: (facts) => {
    if (!says(facts, "invalid_scope") && !means(facts, "scope")) return undefined
    const refused = /"scope"\s*:\s*"([^"]{0,200})"/.exec(facts.answer.body)?.[1]
    return found({
      // A rejected scope has several possible causes. Only a response that names the scope leaves one.
      confidence: says(facts, "invalid_scope") && refused !== undefined ? "certain" : "likely",
      detail: detailOf(facts) + (refused === undefined ? "." : `: ${refused}.`),
      evidence: [...shown(facts.field("scope")), ...word(facts)],
      about: ["scope"],
    })
  },
})

/** All rules for scopes that the server does not grant. */
export const scope = [refused] as const
