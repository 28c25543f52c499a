/**
 * Rules for decisions that an edge or a gateway in front of the server reports in its own words.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { evidenceOf, onPage, told, topic } from "../rule.ts"

const rule = topic("gateway")

const cloudflare = "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/"
const cloudfront = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html"
const apiGateway = "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"
const envoy = "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags"

const bot = rule({
  code: "HF-HTTP-BOX-007",
  title: "The edge treats the client as a bot and requires a browser instead",
  explanation:
    "The bot protection in front of the server rejected the request because of the client's User-Agent, TLS " +
    "signature or address. A challenge is a page with JavaScript that only a browser can complete. The request did " +
    "not reach the server, so its credentials and its content do not matter.",
  fix: [
    { text: "use the address that the service documents for use by programs (often api.…)", safety: "check first" },
    { text: "send a User-Agent that identifies the program and contains a contact address", safety: "check first" },
    { text: "ask the site's owner to exempt the API from the bot protection", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/",
    cloudflare,
  ],
  rivals: [],
  soleCause: "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/",
  find: (facts) =>
    facts.answerHeader("cf-mitigated") !== undefined && facts.page?.cause !== "bot"
      ? found({
          confidence: "certain",
          detail: "Cloudflare requires a browser check (challenge) that a program cannot pass.",
          evidence: [...evidenceOf(facts), ...told(facts, "cf-mitigated")],
        })
      : onPage(["bot"])(facts),
})

const country = rule({
  code: "HF-HTTP-BOX-008",
  title: "The edge blocks the country or region that the request came from",
  explanation:
    "The site serves only some countries, and the edge rejected the request because of its address before it " +
    "reached the server. A VPN, a cloud server or a traveling device appears to be where its address is " +
    "registered, not where its user is.",
  fix: [
    {
      text: "send the request from a permitted country, or ask the site's owner to permit this country",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html", cloudflare],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html",
  find: onPage(["country"]),
})

const method = rule({
  code: "HF-HTTP-BOX-009",
  title: "The edge or the web server is configured to reject this method before the request reaches the application",
  explanation:
    "The cache behavior of the distribution (CloudFront) or the request filter of the web server allows only some " +
    "methods, often GET and HEAD. A PUT or a POST must be sent to another host, or requires a cache behavior that " +
    "allows the method.",
  fix: [
    {
      text: "send the upload to the host of the API or the storage, not to the host that serves the media",
      safety: "check first",
    },
    { text: "on your own distribution, allow the method in the cache behavior", safety: "check first" },
  ],
  change: "plan",
  links: [cloudfront],
  rivals: [],
  soleCause: cloudfront,
  find: (facts) => onPage(["method"], facts.method === undefined ? "" : ` The request was a ${facts.method}.`)(facts),
})

const route = rule({
  code: "HF-HTTP-BOX-010",
  title: "The edge or gateway has no site or route for this host, path or method",
  explanation:
    "The gateway sent the response itself because it is not configured for this request. The domain might point to the network although no service in that network is configured for the domain. " +
    "The gateway might also lack the path or the stage, or a route for the method. Amazon API Gateway says " +
    '"Missing Authentication Token" of that, which is not about credentials.',
  fix: [
    { text: "compare the host, stage, path and method with the documentation of the API", safety: "check first" },
    {
      text: "on your own site, add the domain to the service or the route to the gateway, then deploy the change",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://repost.aws/knowledge-center/api-gateway-authentication-token-errors",
    "https://www.fastly.com/documentation/guides/concepts/errors/",
    cloudflare,
  ],
  rivals: [],
  soleCause: "https://repost.aws/knowledge-center/api-gateway-authentication-token-errors",
  find: onPage(["route"]),
})

const noBackend = rule({
  code: "HF-HTTP-BOX-011",
  title: "The proxy has no healthy server to forward the request to",
  explanation:
    "The load balancer is running, but every server behind it is down, fails its health check, is still starting " +
    "or is not registered. The request was not forwarded, so it had no effect.",
  fix: [
    { text: "send again with backoff", safety: "safe to apply" },
    { text: "if the error persists, ask the owner to check the health checks of the servers", safety: "check first" },
  ],
  change: "nothing",
  links: [
    envoy,
    "https://www.haproxy.com/documentation/haproxy-configuration-manual/latest/",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html",
  ],
  rivals: [],
  soleCause: envoy,
  find: onPage(["no backend"]),
})

const clientClosed = rule({
  code: "HF-HTTP-BOX-012",
  title: "The client closed the connection before the response arrived",
  explanation:
    "Statuses 499 (nginx) and 460 (AWS Application Load Balancer) appear only in the proxy's log and are never " +
    "sent to a client. The client's own timeout expired, or its user canceled the request. The server might have " +
    "acted on the request.",
  fix: [
    {
      text: "set the client's timeout to a value longer than the server needs, or make the request smaller",
      safety: "check first",
    },
    { text: "check whether the request took effect before you send it again", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"],
  find: (facts) =>
    ((facts.status === 499 || facts.status === 460) && !facts.isWorded) || facts.page?.cause === "client closed"
      ? found({
          confidence: "likely",
          detail: `The proxy logs status ${facts.status} if the client does not wait for the response.`,
          evidence: evidenceOf(facts),
        })
      : undefined,
})

const access = rule({
  code: "HF-HTTP-BOX-013",
  title: "The gateway in front of the server rejected the caller in its own access check",
  explanation:
    "An authorizer, a policy (RBAC) or a client certificate requirement at the gateway blocked the request before " +
    "it reached the server. Only the gateway's own checks matter here: its token, its list of callers or its " +
    "resource policy.",
  fix: [
    { text: "send the credentials that the gateway requires, in the required form", safety: "check first" },
    { text: "ask the gateway's owner which policy rejects this caller", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter", apiGateway],
  rivals: [],
  soleCause: "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter",
  find: onPage(["access", "expired link"]),
})

const apiKey = rule({
  code: "HF-HTTP-BOX-014",
  title: "The API gateway requires an API key, and the request contains no key that the gateway accepts",
  explanation:
    "The method requires a key in a header (x-api-key in Amazon API Gateway, Ocp-Apim-Subscription-Key in Azure). " +
    "The key might be missing, or it might be in the query instead of the header. The key might also be disabled, " +
    "or might not belong to any usage plan of this stage. An AWS WAF rule or a resource policy can cause the same " +
    "bare Forbidden response from Amazon API Gateway.",
  fix: [
    { text: "send the key in the header that the gateway reads", safety: "check first" },
    {
      text: "check whether the key's usage plan includes this API and stage, and whether a WAF rule matches the request",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden", apiGateway],
  rivals: [],
  soleCause: "https://learn.microsoft.com/azure/api-management/api-management-subscriptions",
  find: onPage(["api key"]),
})

const signIn = rule({
  code: "HF-HTTP-BOX-015",
  title: "An interactive sign-in protects the server, and the request contains no credentials that the sign-in accepts",
  explanation:
    "An identity-aware proxy (Cloudflare Access, Google's Identity-Aware Proxy, App Service Authentication) " +
    "redirects every client that does not present the proxy's cookie or token to a sign-in page. Browsers of " +
    "signed-in users pass the proxy. A program must send a token that the proxy accepts; the API's own token is " +
    "not enough.",
  fix: [
    {
      text: "send the proxy's own credentials: a service token, or an identity token for the proxy's audience",
      safety: "check first",
    },
    { text: "ask the owner to exempt the path of the API from the sign-in", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://developers.cloudflare.com/cloudflare-one/access-controls/service-credentials/service-tokens/",
    "https://docs.cloud.google.com/iap/docs/authentication-howto",
  ],
  rivals: [],
  soleCause: "https://developers.cloudflare.com/cloudflare-one/access-controls/service-credentials/service-tokens/",
  find: onPage(["sign-in"]),
})

const originAccess =
  "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html"

const unsignedBody = rule({
  code: "HF-HTTP-BOX-016",
  title: "CloudFront signs the request for a Lambda function, but the digest of the body is missing",
  explanation:
    "A distribution with origin access control signs the requests that it forwards to the URL of a Lambda " +
    "function. CloudFront does not read the body for this signature, but Lambda does not accept an unsigned body. " +
    "A POST, PUT or PATCH must therefore contain the SHA-256 of its body in the header x-amz-content-sha256. A GET " +
    "request does not need this header.",
  fix: [
    {
      text: "send the SHA-256 of the body as hexadecimal text in the header x-amz-content-sha256",
      safety: "check first",
    },
    {
      text: "or make the function check its callers itself (AuthType NONE), without origin access control",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [originAccess],
  find: (facts) => {
    const { answerHeader, header, method: verb, words } = facts
    const isSignature =
      /InvalidSignatureException/.test(`${words.codes.join(" ")} ${answerHeader("x-amzn-errortype") ?? ""}`) ||
      /request signature we calculated does not match/i.test(words.message)
    if (facts.status !== 403 || !isSignature || answerHeader("x-amz-cf-id") === undefined) return undefined
    if (verb === undefined || !["POST", "PUT", "PATCH"].includes(verb)) return undefined
    // A client that signs the request itself has another defect.
    if (header("authorization") !== undefined || /x-amz-signature=/i.test(facts.url?.search ?? "")) return undefined
    if (header("x-amz-content-sha256") !== undefined) return undefined
    const other = Object.keys(facts.exchange.request?.headers ?? {}).find((name) => /sha-?256|digest/i.test(name))
    return found({
      confidence: "likely",
      detail: `CloudFront signed this ${verb} for a Lambda function without the digest of the body: the request does not contain x-amz-content-sha256${other === undefined ? "" : ` (it has ${other}, which does not count)`}.`,
      evidence: [...evidenceOf(facts), ...told(facts, "x-amzn-errortype"), ...told(facts, "x-amz-cf-id")],
    })
  },
})

/**
 * All rules about gateway decisions. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const gateway = [
  bot,
  country,
  method,
  route,
  noBackend,
  clientClosed,
  access,
  apiKey,
  signIn,
  unsignedBody,
] as const
