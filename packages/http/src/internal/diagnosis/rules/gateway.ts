/**
 * Decisions of an edge or a gateway in front of the server, as it words them.
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
  title: "The edge takes the client for a bot and wants a browser in its place",
  explanation:
    "The protection against bots in front of the server answered, by the User-Agent, the TLS signature or the " +
    "address of the client. A challenge is a page with JavaScript that only a browser can pass. The request did " +
    "not reach the server, so its credentials and its form do not matter.",
  fix: [
    { text: "use the address that the service documents for programs (often api.…)", safety: "check first" },
    { text: "send a User-Agent that names the program and a contact", safety: "check first" },
    { text: "ask the owner of the site to let the API through the bot protection", safety: "check first" },
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
          detail: "Cloudflare demands a browser check (challenge) that a program cannot pass.",
          evidence: [...evidenceOf(facts), ...told(facts, "cf-mitigated")],
        })
      : onPage(["bot"])(facts),
})

const country = rule({
  code: "HF-HTTP-BOX-008",
  title: "The edge blocks the country or region that the request came from",
  explanation:
    "The site serves only some countries, and the edge refused the address of the request before the server saw " +
    "it. A VPN, a cloud or a travelling device is where its address is registered, not where its user lives.",
  fix: [
    { text: "send from a permitted country, or ask the owner of the site to permit this one", safety: "check first" },
  ],
  change: "human",
  links: ["https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html", cloudflare],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html",
  find: onPage(["country"]),
})

const method = rule({
  code: "HF-HTTP-BOX-009",
  title: "The edge or the web server is set up to refuse this method, before the application sees it",
  explanation:
    "The cache behaviour of the distribution (CloudFront) or the request filter of the web server allows only some " +
    "methods, often GET and HEAD. A PUT or a POST needs another host, or a behaviour that allows it.",
  fix: [
    { text: "send the upload to the host of the API or the storage, not to that of the media", safety: "check first" },
    { text: "on a distribution of your own, allow the method in the cache behaviour", safety: "check first" },
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
    "The gateway answered by itself, because nothing is configured for what was asked: a domain that points at the network but belongs " +
    "to no service in it, a path or stage that the gateway does not have, a method without a route. Amazon API Gateway says " +
    '"Missing Authentication Token" of that, which is not about credentials.',
  fix: [
    { text: "compare host, stage, path and method with the documentation of the API", safety: "check first" },
    {
      text: "on a site of your own, add the domain to the service, or the route to the gateway, and deploy it",
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
  title: "The proxy has no healthy server behind it to send the request to",
  explanation:
    "The load balancer is alive, and every server behind it is down, failing its health check, still starting or " +
    "not registered. The request was not sent on, so it took no effect.",
  fix: [
    { text: "send again with backoff", safety: "safe to apply" },
    { text: "if it stays, the owner has to look at the health checks of the servers", safety: "check first" },
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
  title: "The client closed the connection before the answer came",
  explanation:
    "Statuses 499 (nginx) and 460 (AWS Application Load Balancer) stand in the log of the proxy and were sent to " +
    "no client: the client's own timeout ran out, or its user went away. The server may have acted on the request.",
  fix: [
    { text: "give the client more time than the server needs, or make the request smaller", safety: "check first" },
    { text: "look whether the request took effect before sending it again", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"],
  find: (facts) =>
    ((facts.status === 499 || facts.status === 460) && !facts.isWorded) || facts.page?.cause === "client closed"
      ? found({
          confidence: "likely",
          detail: `Status ${facts.status} is the proxy's note that the client did not wait for the answer.`,
          evidence: evidenceOf(facts),
        })
      : undefined,
})

const access = rule({
  code: "HF-HTTP-BOX-013",
  title: "The gateway in front refused the caller by its own access check",
  explanation:
    "An authorizer, a policy (RBAC) or a demand for a client certificate at the gateway refused the request before " +
    "the server saw it. What counts is what the gateway checks: its token, its list of callers, its resource " +
    "policy.",
  fix: [
    { text: "send the credentials that the gateway wants, in the form that it wants", safety: "check first" },
    { text: "ask the owner of the gateway which policy refuses this caller", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter", apiGateway],
  rivals: [],
  soleCause: "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter",
  find: onPage(["access", "expired link"]),
})

const apiKey = rule({
  code: "HF-HTTP-BOX-014",
  title: "The API gateway wants an API key, and got none that it accepts",
  explanation:
    "The method demands a key in a header (x-api-key at Amazon API Gateway, Ocp-Apim-Subscription-Key at Azure), " +
    "and the key is missing, stands in the query, is switched off, or belongs to no usage plan of this stage. A " +
    "rule of AWS WAF and a resource policy give the same bare Forbidden at Amazon API Gateway.",
  fix: [
    { text: "send the key in the header that the gateway reads", safety: "check first" },
    {
      text: "look whether the key's usage plan has this API and stage, and whether a WAF rule fits",
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
  title: "A sign-in for people stands in front of the server, and the request carries nothing that it accepts",
  explanation:
    "An identity-aware proxy (Cloudflare Access, Google's Identity-Aware Proxy, App Service Authentication) sends " +
    "everyone without its cookie or its token to a sign-in page. Browsers of people who signed in pass; a program " +
    "has to bring the token that the proxy takes, and the API's own token does not count.",
  fix: [
    {
      text: "send the proxy's own credentials: a service token, or an identity token for its audience",
      safety: "check first",
    },
    { text: "let the owner exempt the path of the API from the sign-in", safety: "check first" },
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
  title: "CloudFront signs the request for a function, and the digest of the body is missing",
  explanation:
    "A distribution with origin access control signs what it passes on to the URL of a Lambda function. It does " +
    "not read the body for that, and Lambda takes no unsigned body: a POST, PUT or PATCH has to bring the SHA-256 " +
    "of its body in the header x-amz-content-sha256. A GET passes without it.",
  fix: [
    {
      text: "send the SHA-256 of the body, in hexadecimal, in the header x-amz-content-sha256",
      safety: "check first",
    },
    {
      text: "or let the function check its callers itself (AuthType NONE), without origin access control",
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
      detail: `CloudFront signed this ${verb} for a function without the digest of its body: the request has no x-amz-content-sha256${other === undefined ? "" : ` (it has ${other}, which does not count)`}.`,
      evidence: [...evidenceOf(facts), ...told(facts, "x-amzn-errortype"), ...told(facts, "x-amz-cf-id")],
    })
  },
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
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
