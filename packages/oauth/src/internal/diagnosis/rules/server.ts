/**
 * Servers that fail, are not there, or ask for less.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isLost, type OAuthFacts } from "../facts.ts"
import { means, rfc, says, statedIn, topic, word } from "../rule.ts"

const rule = topic("server")

/** Whether the issuer itself answered a call to one of its endpoints. */
const isOwn = ({ answer, purpose }: OAuthFacts): boolean =>
  purpose !== undefined && purpose !== "resource" && !answer.isProxys

/** 500 */
const serverError = rule({
  code: "HF-OAUTH-SERVER-001",
  title: "The sign-in server had an internal error",
  explanation: "An error of the server's own. One more try may pass; a refresh may have been done before it failed.",
  fix: [{ text: "send again once; if a refresh is then refused, sign in again", safety: "check first" }],
  change: "nothing",
  links: [rfc(6749, "4.1.2.1")],
  find: (facts) =>
    says(facts, "server_error") || means(facts, "serverError") || (isOwn(facts) && facts.answer.status === 500)
      ? found({ confidence: "likely", detail: "The server says that it failed.", evidence: word(facts) })
      : undefined,
})

/** 503 */
const unavailable = rule({
  code: "HF-OAUTH-SERVER-002",
  title: "The sign-in server is overloaded or down for maintenance",
  explanation: "The request was not handled: codes and tokens are untouched. The same request is good later.",
  fix: [{ text: "send again with backoff", safety: "safe to apply" }],
  change: "nothing",
  links: [rfc(6749, "4.1.2.1")],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1",
  find: (facts) =>
    says(facts, "temporarily_unavailable") ||
    means(facts, "unavailable") ||
    (isOwn(facts) && facts.answer.status === 503)
      ? found({
          confidence: facts.answer.error === "" ? "likely" : "certain",
          detail: "The server asks to come back later.",
          evidence: word(facts),
        })
      : undefined,
})

/** The answer was lost: nothing shows whether the request was handled. */
const answerLost = rule({
  code: "HF-OAUTH-SERVER-003",
  title: "The sign-in server's answer was lost: the code or refresh token may be spent",
  explanation:
    "The request reached the server, or may have, and no answer came back: a gateway gave up, the time ran out, the connection broke. The " +
    "server may have issued new tokens meanwhile, and these are lost. Sending a refresh again then presents a spent token, which many " +
    "servers answer by revoking the sign-in. A poll may be repeated.",
  fix: [
    { text: "repeat a poll; do not repeat a refresh blindly", safety: "check first" },
    { text: "if the refresh token is refused afterwards, sign in again", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc9700#section-4.14"],
  rivals: ["HF-OAUTH-SERVER-001"],
  find: (facts) => {
    const { answer, exchange, purpose } = facts
    if (purpose !== "refresh" && purpose !== "exchange") return undefined
    if (!isLost(answer)) return undefined
    return found({
      // A gateway says 502 also where it reached no server.
      confidence: answer.status === 502 && answer.form !== "unanswered" ? "likely" : "certain",
      detail: `${
        answer.status === 0
          ? "The failure"
          : `Status ${answer.status}, of a proxy or gateway in front of the server that got no answer in time,`
      } does not say whether the ${purpose === "refresh" ? "refresh token" : "code"} was used.`,
      evidence:
        answer.status === 0 && exchange.failure !== undefined
          ? [{ at: "failure", name: "failure", observed: exchange.failure.slice(0, 200) }]
          : word(facts),
    })
  },
})

/** 404 */
const noEndpoint = rule({
  code: "HF-OAUTH-SERVER-004",
  title: "There is no OAuth endpoint at this address",
  explanation:
    "The path is not the one that this server has for tokens or device codes. Its metadata names them: token_endpoint and " +
    "device_authorization_endpoint in /.well-known/openid-configuration. A server without the device flow has no such endpoint.",
  fix: [{ text: "take the address from the server's metadata", safety: "check first" }],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc8414#section-2", rfc(8628, "4")],
  find: (facts) =>
    means(facts, "noEndpoint") ||
    (isOwn(facts) &&
      facts.answer.key === "" &&
      facts.method === "POST" &&
      [404, 405].includes(facts.answer.status) &&
      says(facts, ""))
      ? found({
          confidence: "likely",
          detail: `${facts.url?.pathname ?? "The path"} is not known to the server.${/\/auth\/realms\//.test(facts.url?.pathname ?? "") ? " Keycloak has no /auth at the beginning of its paths since version 17." : ""}`,
          evidence: word(facts),
        })
      : undefined,
})

/** A token that is not revoked. */
const tokenType = rule({
  code: "HF-OAUTH-SERVER-005",
  title: "The server does not revoke tokens of this type",
  explanation:
    "Some servers revoke refresh tokens only; access tokens then end by themselves, an hour later as a rule. Nothing has failed.",
  fix: [{ text: "revoke the refresh token instead", safety: "check first" }],
  change: "plan",
  links: [rfc(7009, "2.2.1")],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1",
  find: (facts) =>
    says(facts, "unsupported_token_type")
      ? found({ confidence: "certain", detail: "The token stays good until it ends.", evidence: word(facts) })
      : undefined,
})

/** 429 */
const tooMany = rule({
  code: "HF-OAUTH-SERVER-006",
  title: "The sign-in server asks for fewer requests",
  explanation: "Status 429 is about the pace, not about the request; codes and tokens are untouched.",
  fix: [{ text: "wait as long as Retry-After says, or back off", safety: "safe to apply" }],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-4"],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc6585#section-4",
  find: (facts) =>
    facts.dialect === undefined &&
    ((isOwn(facts) && facts.answer.status === 429 && facts.answer.error === "" && facts.issuer?.system !== "trakt") ||
      (facts.purpose !== "poll" &&
        facts.purpose !== "code" &&
        ((isOwn(facts) && facts.answer.status === 429) || says(facts, "slow_down") || means(facts, "tooFast"))))
      ? found({
          confidence: facts.purpose === undefined || facts.purpose === "resource" ? "likely" : "certain",
          detail: "Too many requests came in a short time.",
          evidence: word(facts),
        })
      : undefined,
})

const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"

/** Another tenant. */
const tenant = statedIn("server")({
  code: "HF-OAUTH-SERVER-007",
  title: "The address is that of another tenant, realm, policy or domain than this client's: the issuer does not fit",
  explanation:
    "Providers with many tenants have the tenant in the address. One that does not exist, /common for an application of a single tenant, a " +
    "code that another tenant issued, the name of an authorization server that is not there (Okta), or a general login address where the organization's own domain is demanded (Salesforce: My Domain, " +
    "…my.salesforce.com, for client credentials) is refused, whatever else the request says.",
  fix: [
    { text: "use the token endpoint of the tenant that has the registration", safety: "check first" },
    {
      text: "Salesforce: use the organization's My Domain address instead of login or test.salesforce.com",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [entra, "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm"],
  rivals: [],
  soleCause: entra,
  details: {
    tenant: "The tenant, realm or domain in the address is not one that serves this request.",
    grantPolicy:
      "The code or refresh token was issued by another policy (user flow) or version of the endpoint than the one that is asked now: each policy redeems only its own.",
    grantIssuer:
      "The token was issued under another address of the server (host name, scheme, port or realm) than the one that is asked now.",
  },
})

/** A success without its content. */
const unreadable = rule({
  code: "HF-OAUTH-SERVER-008",
  title: "The answer is a success without tokens or codes in it, so the client cannot use it",
  explanation:
    "The status says success, and the body has neither what the call needs nor an error. An intermediary may have replaced the answer, the " +
    "address may be that of another page of the server, or the tokens are of a kind that the client cannot use. A refresh may have been " +
    "done, and its tokens are lost.",
  fix: [
    { text: "check the address of the endpoint, and whether a proxy changes answers", safety: "check first" },
    { text: "ask for JSON (Accept: application/json)", safety: "check first" },
  ],
  change: "human",
  links: [rfc(6749, "5.1"), rfc(8628, "3.2")],
  find: (facts) =>
    facts.answer.lack === undefined
      ? means(facts, "noTokens")
        ? found({
            confidence: "likely",
            detail:
              "The library finds no token in the answer: the server answered with something else, often an error with status 200.",
            evidence: word(facts),
          })
        : undefined
      : found({
          confidence: "likely",
          detail: `The answer has status ${facts.answer.status} and cannot be used: ${facts.answer.lack.problem}.`,
          evidence: word(facts),
        }),
})

/** The topic's rules. */
export const server = [
  serverError,
  unavailable,
  answerLost,
  noEndpoint,
  tokenType,
  tooMany,
  tenant,
  unreadable,
] as const
