/**
 * Requests that are signed by OAuth 1.0a (RFC 5849), and refused.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, named, rfc, sentHeader, topic, word } from "../rule.ts"

const rule = topic("signed")

/** What the word or the sentence of the server is about, in the names of the problem reporting extension and in sentences. */
const parts: ReadonlyArray<readonly [says: RegExp, part: string]> = [
  [/timestamp|expired timestamp/i, "The time (oauth_timestamp) is refused: the clock of the client is wrong."],
  [/nonce/i, "The nonce was used before: the request was sent twice, or its parameters were kept."],
  [/signature/i, "The signature does not fit: a wrong secret, or an address, method or parameter that was signed otherwise than it was sent."],
  [/consumer/i, "The consumer key or its secret (API key and API secret) is not known, or not that of this application."],
  [/token/i, "The token of the person does not belong to this consumer key, or was revoked."],
  [/verifier/i, "The verifier of the sign-in does not fit the request token."],
] // prettier-ignore

const partOf = ({ answer }: OAuthFacts): string =>
  parts.find(([says]) => says.test(`${answer.written} ${answer.description}`))?.[1] ??
  "Which of them it is does not show: the consumer key and secret, the token and its secret, the signature or the clock."

const refused = rule({
  code: "HF-OAUTH-BEARER-013",
  title: "The server does not accept the signed request of OAuth 1.0a: its keys, token, signature or time",
  explanation:
    "Each request is signed with two secrets, that of the application (consumer key, API key) and that of the person's token, over method, address and " +
    "parameters. A client id of OAuth 2 in the place of the consumer key, a token of another application, a wrong clock, a proxy that changes the address, or a " +
    "parameter that is encoded otherwise is enough. Servers often say no more than that they could not authenticate.",
  fix: [
    {
      text: "compare consumer key, consumer secret, token and token secret with those of one application in the developer console",
      safety: "check first",
    },
    { text: "set the clock, and sign the address as the server sees it", safety: "check first" },
  ],
  change: "token",
  links: [
    rfc(5849, "3.4"),
    "https://docs.x.com/x-api/fundamentals/response-codes-and-errors",
    "https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-http",
  ],
  find: (facts) =>
    means(facts, "signedRequest")
      ? found({
          confidence: "likely",
          detail: `${partOf(facts)} ${named(facts)}`,
          evidence: [...word(facts), ...sentHeader(facts, "authorization")],
          about: ["authorization"],
        })
      : undefined,
})

/** The topic's rules. */
export const signed = [refused] as const
