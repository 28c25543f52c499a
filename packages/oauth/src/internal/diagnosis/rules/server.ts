/**
 * Rules for servers that fail, do not exist, or limit the rate of requests.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isLost, type OAuthFacts } from "../facts.ts"
import * as RequestFields from "../requestFields.ts"
import { means, rfc, says, statedIn, topic, word } from "../rule.ts"

const rule = topic("server")

/** Whether the issuer itself, and not an intermediary, responded to a call to one of its endpoints. */
const isOwn = ({ answer, purpose }: OAuthFacts): boolean =>
  purpose !== undefined && purpose !== "resource" && !answer.isProxys

const serverError = rule({
  code: "HF-OAUTH-SERVER-001",
  title: "The sign-in server encountered an internal error",
  explanation:
    "The server itself caused the error. Another attempt may succeed, but the server may already have executed a " +
    "refresh before the failure.",
  fix: [{ text: "send the request once more; if a refresh is then rejected, sign in again", safety: "check first" }],
  change: "nothing",
  links: [rfc(6749, "4.1.2.1")],
  find: (facts) =>
    says(facts, "server_error") || means(facts, "serverError") || (isOwn(facts) && facts.answer.status === 500)
      ? found({ confidence: "likely", detail: "The server reports an internal error.", evidence: word(facts) })
      : undefined,
})

const unavailable = rule({
  code: "HF-OAUTH-SERVER-002",
  title: "The sign-in server is overloaded or down for maintenance",
  explanation:
    "A server that reports that it is unavailable has usually not executed the request. Codes and tokens are then " +
    "unchanged, and the same request may succeed later. If the server then rejects the code or refresh token as " +
    "used, sign in again.",
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
          detail: "The server asks the client to try again later.",
          evidence: word(facts),
        })
      : undefined,
})

const answerLost = rule({
  code: "HF-OAUTH-SERVER-003",
  title: "The sign-in server's response was lost, so the code or refresh token may have been used",
  explanation:
    "The request may have reached the server, but no response arrived. A gateway gave up, the request timed out, " +
    "or the connection broke. The server may have issued new tokens that are now lost. Another refresh would " +
    "present a token that may already have been used. Many servers revoke the sign-in if a used token is presented " +
    "again. A poll can be repeated safely.",
  fix: [
    { text: "repeat a poll, but do not repeat a refresh blindly", safety: "check first" },
    { text: "if the refresh token is rejected afterwards, sign in again", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc9700#section-4.14"],
  rivals: ["HF-OAUTH-SERVER-001"],
  find: (facts) => {
    const { answer, exchange, purpose } = facts
    if (purpose !== "refresh" && purpose !== "exchange") return undefined
    if (!isLost(answer)) return undefined
    return found({
      // A gateway also sends 502 if it reached no server.
      confidence: answer.status === 502 && answer.form !== "unanswered" ? "likely" : "certain",
      detail: `${
        answer.status === 0
          ? "The failure"
          : `Status ${answer.status} from a proxy or gateway that got no response in time`
      } does not show whether the ${purpose === "refresh" ? "refresh token" : "code"} was used.`,
      evidence:
        answer.status === 0 && exchange.failure !== undefined
          ? [{ at: "failure", name: "failure", observed: exchange.failure.slice(0, 200) }]
          : word(facts),
    })
  },
})

/** Whether a grant was sent to the page on which users sign in, and that page responded with HTML. */
const isSignInPage = (facts: OAuthFacts): boolean =>
  RequestFields.isSignInPath(facts.url?.pathname ?? "") &&
  facts.method === "POST" &&
  facts.field("grant_type") !== undefined &&
  facts.answer.isPage

const noEndpoint = rule({
  code: "HF-OAUTH-SERVER-004",
  title: "There is no OAuth endpoint at this address",
  explanation:
    "The path is not the server's token endpoint or device authorization endpoint. The server's metadata lists the " +
    "addresses of both endpoints. See token_endpoint and device_authorization_endpoint in " +
    "/.well-known/openid-configuration. A server that does not support the device flow has no such endpoint.",
  fix: [{ text: "use the endpoint address from the server's metadata", safety: "check first" }],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc8414#section-2", rfc(8628, "4")],
  find: (facts) =>
    isSignInPage(facts)
      ? found({
          confidence: "likely",
          detail: `${facts.url?.pathname ?? "The path"} is the page on which a user signs in. Grants are sent to the token endpoint.`,
          evidence: [
            { at: "request.url", name: "path", observed: facts.url?.pathname ?? "", expected: "the token endpoint" },
          ],
        })
      : means(facts, "noEndpoint") ||
          (isOwn(facts) &&
            facts.answer.key === "" &&
            facts.method === "POST" &&
            [404, 405].includes(facts.answer.status) &&
            says(facts, ""))
        ? found({
            confidence: "likely",
            detail: `${facts.url?.pathname ?? "The path"} is not a path that the server supports.${
              /\/auth\/realms\//.test(facts.url?.pathname ?? "")
                ? " Since version 17, the paths of Keycloak do not begin with /auth."
                : ""
            }`,
            evidence: word(facts),
          })
        : undefined,
})

const tokenType = rule({
  code: "HF-OAUTH-SERVER-005",
  title: "The server does not revoke tokens of this type",
  explanation:
    "Some servers revoke only refresh tokens. Access tokens then expire on their own, usually after an hour. " +
    "Nothing has failed.",
  fix: [{ text: "revoke the refresh token instead", safety: "check first" }],
  change: "plan",
  links: [rfc(7009, "2.2.1")],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1",
  find: (facts) =>
    says(facts, "unsupported_token_type")
      ? found({ confidence: "certain", detail: "The token stays valid until it expires.", evidence: word(facts) })
      : undefined,
})

/** Whether the request sends Reddit the default User-Agent of a library (Reddit, "API rules"). */
const hasLibraryAgent = ({ header, url }: OAuthFacts): boolean =>
  /(?:^|\.)reddit\.com$/.test(url?.hostname ?? "") &&
  /^(?:python-|okhttp|java\/|curl\/|axios\/|go-http|node|undici|libwww|guzzle)/i.test(header("user-agent") ?? "")

const tooMany = rule({
  code: "HF-OAUTH-SERVER-006",
  title: "The sign-in server asks the client to send fewer requests",
  explanation:
    "Status 429 concerns the rate of requests, not the content of this request. Codes and tokens are unchanged.",
  fix: [
    {
      text: "wait for the time in Retry-After, or back off if the response does not contain this header",
      safety: "safe to apply",
    },
  ],
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
          detail: hasLibraryAgent(facts)
            ? "Reddit limits clients that identify themselves only by their library's default User-Agent: send one of your own."
            : "Too many requests arrived in a short time.",
          evidence: word(facts),
        })
      : undefined,
})

const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"

const tenant = statedIn("server")({
  code: "HF-OAUTH-SERVER-007",
  title:
    "The address belongs to a tenant, realm, policy or domain other than this client's, so the issuer does not match",
  explanation:
    "Providers with many tenants include the tenant in the address. Such providers reject a request for the wrong " +
    "tenant, whatever else the request contains. Examples are a tenant that does not exist, /common for a " +
    "single-tenant application, and a code that another tenant issued. Okta rejects the name of an authorization " +
    "server that does not exist. Salesforce rejects a general login address if client credentials require the " +
    "organization's own domain. Salesforce calls the organization's own domain My Domain (…my.salesforce.com).",
  fix: [
    { text: "use the token endpoint of the tenant in which the client is registered", safety: "check first" },
    {
      text: "Salesforce: use the organization's My Domain address instead of login.salesforce.com or test.salesforce.com",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [entra, "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm"],
  rivals: [],
  soleCause: entra,
  details: {
    tenant: "The tenant, realm or domain in the address does not serve this request.",
    grantPolicy:
      "The code or refresh token was issued by a policy (user flow) or endpoint version other than the requested " +
      "one. Each policy redeems only the codes and tokens that it issued.",
    grantIssuer:
      "The token was issued under a server address (host name, scheme, port or realm) other than the requested one.",
  },
})

const unreadable = rule({
  code: "HF-OAUTH-SERVER-008",
  title: "The response reports success but does not contain tokens or codes, so the client cannot use it",
  explanation:
    "The status reports success, but the body contains neither the content that the call needs nor an error. An " +
    "intermediary may have replaced the response, or the address may belong to another page of the server. It is " +
    "also possible that the client cannot use this type of token. If the server executed a refresh, the new tokens " +
    "are lost.",
  fix: [
    { text: "check the address of the endpoint, and check whether a proxy modifies responses", safety: "check first" },
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
              "The library did not find a token in the response. The server sent something else, often an error " +
              "with status 200.",
            evidence: word(facts),
          })
        : undefined
      : found({
          confidence: "likely",
          detail: `The response has status ${facts.answer.status} and cannot be used: ${facts.answer.lack.problem}.`,
          evidence: word(facts),
        }),
})

/** All rules for servers that fail, do not exist, or limit the rate of requests. */
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
