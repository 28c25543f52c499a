/**
 * Rules for rejected requests that are signed with OAuth 1.0a (RFC 5849).
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, named, rfc, sentHeader, topic, word } from "../rule.ts"

const rule = topic("signed")

/**
 * The causes that the server's code or message can state, with the patterns that identify them. The patterns match the names
 * from the problem reporting extension and plain sentences.
 */
const parts: ReadonlyArray<readonly [says: RegExp, part: string]> = [
  [/timestamp|expired timestamp/i, "The server rejects the time (oauth_timestamp) because the client's clock is wrong."],
  [/nonce/i, "The nonce has already been used because the request was sent twice or its parameters were reused."],
  [/signature/i, "The signature does not match. " +
"A secret is wrong, or an address, method or parameter was sent differently from how it was signed."],
  [/consumer/i, "The consumer key or its secret (API key and API secret) is unknown or belongs to another " +
"application."],
  [/token/i, "The user's token does not belong to this consumer key or was revoked."],
  [/verifier/i, "The verifier from the sign-in does not match the request token."],
] // prettier-ignore

const partOf = ({ answer }: OAuthFacts): string =>
  parts.find(([says]) => says.test(`${answer.written} ${answer.description}`))?.[1] ??
  "The response does not show whether the fault is in the consumer key and secret, the token and its secret, the " +
    "signature or the clock."

const refused = rule({
  code: "HF-OAUTH-BEARER-013",
  title: "The server rejects the keys, token, signature or time of the signed OAuth 1.0a request",
  explanation:
    "The signature of each request covers its method, address and parameters. The client signs with two secrets: " +
    "the application's secret (consumer key, API key) and the secret of the user's token. The request may contain " +
    "an OAuth 2 client id in place of the consumer key, or a token of another application. Other possible causes " +
    "are a wrong clock and a proxy that changes the address. The client and the server may also encode a parameter " +
    "differently. Servers often report only that they could not authenticate the request.",
  fix: [
    {
      text:
        "compare the consumer key, consumer secret, token and token secret with the values shown for one " +
        "application in the developer console",
      safety: "check first",
    },
    { text: "correct the local clock, and sign the address that the server receives", safety: "check first" },
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

/** All rules for rejected requests that are signed with OAuth 1.0a. */
export const signed = [refused] as const
