/**
 * The rule for a token that lacks a scope.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, topic, word } from "../rule.ts"

const rule = topic("bearer")
const errors = rfc(6750, "3.1")

/**
 * Whether Microsoft Exchange reports in its own header that the token contains no permissions:
 * https://learn.microsoft.com/exchange/client-developer/exchange-web-services
 */
export const isWithoutPermission = ({ answer }: OAuthFacts): boolean =>
  /contains no permissions/i.test(answer.header("x-ms-diagnostics") ?? "")

/** Finds the required scope in the body, where Slack, Dropbox, Strava and GitLab report it. */
const neededIn = (body: string): string | undefined =>
  (
    /"(?:needed|required_scope|scope)"\s{0,8}:\s{0,8}"([^"\\]{1,200})"/.exec(body.slice(0, 4096)) ??
    /"([a-z:_]{1,60})_permission"/.exec(body.slice(0, 4096))
  )?.[1]

/**
 * Whether the response contains the message that Spring Security sends for every rejected token:
 * https://docs.spring.io/spring-security/reference/servlet/oauth2/resource-server/jwt.html
 */
const isOfSpring = ({ answer }: OAuthFacts): boolean =>
  answer.at === "response.headers.www-authenticate" && /requires higher privileges/i.test(answer.description)

export const scopeMissing = rule({
  code: "HF-OAUTH-BEARER-004",
  title: "The access token does not have the scope that this request needs",
  explanation:
    "The token is valid, but it was granted fewer permissions than the request needs. A refresh cannot add scopes. " +
    "The user must sign in again, and the client must request the missing scopes.",
  fix: [{ text: "sign in again and request the scope that the response specifies", safety: "check first" }],
  change: "human",
  links: [errors],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc6750#section-3.1",
  find: (facts) => {
    if (!says(facts, "insufficient_scope") && !means(facts, "tokenScope") && !isWithoutPermission(facts))
      return undefined
    const needed = facts.answer.challenge?.parameters.get("scope") ?? neededIn(facts.answer.body)
    return found({
      confidence: says(facts, "insufficient_scope") && !isOfSpring(facts) ? "certain" : "likely",
      detail: isWithoutPermission(facts)
        ? "The token has no permissions, because neither a scope nor an application role was granted to the application by consent."
        : isOfSpring(facts)
          ? "The token lacks a scope or role that the resource requires. Spring Security reports this error for every token that it rejects. " +
            "Spring Security maps a scope to the authority SCOPE_name, but roles in other claims (realm_access, roles) " +
            "need a converter."
          : needed === undefined || needed === ""
            ? "The server requires additional scopes."
            : `The request needs the scope ${needed.slice(0, 200)}.`,
      evidence: word(facts),
    })
  },
})
