/**
 * Responses of intermediaries and messages of clients, by name, with their causes.
 *
 * Sources: developers.cloudflare.com/support/troubleshooting/http-status-codes (5xx, 1xxx),
 * docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/troubleshooting-response-errors.html,
 * docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html,
 * docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html,
 * www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage (response flags),
 * nginx.org/en/docs/http (ngx_http_special_response.c), docs.haproxy.org (errorfiles), nodejs.org/api/errors.html.
 */
import { html, json, saying, text, type Speaker } from "./saying.ts"

/** The statuses and reasons of nginx pages, with their causes. */
const nginxPages: ReadonlyArray<readonly [status: number, reason: string, ...codes: ReadonlyArray<string>]> = [
  [404, "Not Found", "HF-HTTP-STATUS-003", "HF-HTTP-ANSWER-002"],
  [405, "Not Allowed", "HF-HTTP-STATUS-004", "HF-HTTP-BOX-009"],
  [411, "Length Required", "HF-HTTP-LIMIT-002"],
  [413, "Request Entity Too Large", "HF-HTTP-LIMIT-001"],
  [414, "Request-URI Too Large", "HF-HTTP-LIMIT-004"],
  [502, "Bad Gateway", "HF-HTTP-BOX-001"],
  [503, "Service Temporarily Unavailable", "HF-HTTP-BOX-002"],
  [504, "Gateway Time-out", "HF-HTTP-BOX-003"],
]

const cloudflareErrors: ReadonlyArray<readonly [status: number, codes: ReadonlyArray<string>]> = [
  [520, ["HF-HTTP-BOX-001", "HF-HTTP-BOX-004"]],
  [521, ["HF-HTTP-BOX-004"]],
  [522, ["HF-HTTP-BOX-004"]],
  [523, ["HF-HTTP-BOX-004"]],
  [524, ["HF-HTTP-BOX-003"]],
  [525, ["HF-HTTP-BOX-004"]],
  [526, ["HF-HTTP-BOX-004"]],
]

const failures: ReadonlyArray<readonly [failure: string, codes: ReadonlyArray<string>]> = [
  ["ECONNREFUSED", ["HF-HTTP-NET-001"]],
  ["ECONNRESET", ["HF-HTTP-NET-003", "HF-HTTP-NET-002"]],
  ["UND_ERR_SOCKET", ["HF-HTTP-NET-003", "HF-HTTP-NET-002"]],
  ["ETIMEDOUT", ["HF-HTTP-NET-004", "HF-HTTP-NET-005"]],
  ["UND_ERR_CONNECT_TIMEOUT", ["HF-HTTP-NET-004"]],
  ["UND_ERR_HEADERS_TIMEOUT", ["HF-HTTP-NET-005"]],
  ["UND_ERR_BODY_TIMEOUT", ["HF-HTTP-NET-005"]],
  ["ENOTFOUND", ["HF-HTTP-DNS-001"]],
  ["EAI_AGAIN", ["HF-HTTP-DNS-002"]],
  ["ENETUNREACH", ["HF-HTTP-NET-006"]],
  ["EHOSTUNREACH", ["HF-HTTP-NET-006"]],
  ["EPIPE", ["HF-HTTP-NET-002", "HF-HTTP-NET-003"]],
  ["CERT_HAS_EXPIRED", ["HF-HTTP-TLS-001"]],
  ["CERT_NOT_YET_VALID", ["HF-HTTP-TLS-002"]],
  ["ERR_TLS_CERT_ALTNAME_INVALID", ["HF-HTTP-TLS-003"]],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", ["HF-HTTP-TLS-004"]],
  ["SELF_SIGNED_CERT_IN_CHAIN", ["HF-HTTP-TLS-004"]],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", ["HF-HTTP-TLS-004"]],
  ["CERT_REVOKED", ["HF-HTTP-TLS-009"]],
]

/** All services and intermediaries. */
export const speakers: ReadonlyArray<Speaker> = [
  {
    name: "nginx",
    headers: (random) => ({ Server: random.pick(["nginx", "nginx/1.24.0", "nginx/1.18.0 (Ubuntu)"]) }),
    says: [
      ...nginxPages.map(([status, reason, ...codes]) =>
        saying(
          `nginx-${status}`,
          codes,
          html(status, reason, `<center><h1>${status} ${reason}</h1></center>\r\n<hr><center>nginx</center>`),
        ),
      ),
      saying(
        "nginx-header-too-large",
        ["HF-HTTP-LIMIT-003"],
        html(
          400,
          "Request Header Or Cookie Too Large",
          "<center><h1>400 Bad Request</h1></center>\r\n<center>Request Header Or Cookie Too Large</center>\r\n<hr><center>nginx</center>",
        ),
      ),
      saying(
        "nginx-http-to-https",
        ["HF-HTTP-TLS-006"],
        html(
          400,
          "The plain HTTP request was sent to HTTPS port",
          "<center><h1>400 Bad Request</h1></center>\r\n<center>The plain HTTP request was sent to HTTPS port</center>\r\n<hr><center>nginx</center>",
        ),
      ),
    ],
  },
  {
    name: "cloudflare",
    headers: (random) => ({ Server: "cloudflare", "CF-RAY": `${random.below(1e9).toString(16)}e2a1b3c4-FRA` }),
    says: [
      ...cloudflareErrors.map(([status, codes]) =>
        saying(`cloudflare-${status}`, codes, text(status, `error code: ${status}`)),
      ),
      saying(
        "cloudflare-1015",
        ["HF-HTTP-LIMIT-005", "HF-HTTP-LIMIT-015"],
        text(429, "error code: 1015", { "Retry-After": "30" }),
      ),
      saying(
        "cloudflare-challenge",
        ["HF-HTTP-BOX-006", "HF-HTTP-BOX-007"],
        html(403, "Just a moment...", "<p>Enable JavaScript and cookies to continue</p>", {
          "cf-mitigated": "challenge",
        }),
      ),
    ],
  },
  {
    name: "cloudfront",
    headers: () => ({
      Server: "CloudFront",
      "X-Cache": "Error from cloudfront",
      Via: "1.1 0123456789abcdef.cloudfront.net (CloudFront)",
      "X-Amz-Cf-Id": "EXAMPLECFID==",
    }),
    says: [
      saying(
        "cloudfront-502",
        ["HF-HTTP-BOX-001", "HF-HTTP-BOX-004"],
        html(
          502,
          "ERROR: The request could not be satisfied",
          "<H1>502 ERROR</H1><H2>The request could not be satisfied.</H2><HR>CloudFront wasn't able to connect to the origin.<BR>Generated by cloudfront (CloudFront)",
        ),
      ),
      saying(
        "cloudfront-504",
        ["HF-HTTP-BOX-003", "HF-HTTP-BOX-004"],
        html(
          504,
          "ERROR: The request could not be satisfied",
          "<H1>504 Gateway Timeout ERROR</H1><H2>The request could not be satisfied.</H2><HR>CloudFront attempted to establish a connection with the origin, but either the attempt failed or the origin closed the connection.<BR>Generated by cloudfront (CloudFront)",
        ),
      ),
      saying(
        "cloudfront-blocked",
        ["HF-HTTP-BOX-006", "HF-HTTP-BOX-013"],
        html(
          403,
          "ERROR: The request could not be satisfied",
          "<H1>403 ERROR</H1><H2>The request could not be satisfied.</H2><HR>Request blocked.<BR>Generated by cloudfront (CloudFront)",
        ),
      ),
    ],
  },
  {
    name: "envoy",
    headers: () => ({ server: "envoy" }),
    says: [
      saying(
        "envoy-reset",
        ["HF-HTTP-BOX-001"],
        text(503, "upstream connect error or disconnect/reset before headers. reset reason: connection termination"),
      ),
      saying(
        "envoy-no-healthy-upstream",
        ["HF-HTTP-BOX-011", "HF-HTTP-BOX-002", "HF-HTTP-BOX-001"],
        text(503, "no healthy upstream"),
      ),
      saying("envoy-timeout", ["HF-HTTP-BOX-003"], text(504, "upstream request timeout")),
      saying("envoy-rate-limit", ["HF-HTTP-LIMIT-005"], text(429, "local_rate_limited")),
    ],
  },
  {
    name: "haproxy",
    headers: () => ({}),
    says: [
      saying("haproxy-503", ["HF-HTTP-BOX-011", "HF-HTTP-BOX-002", "HF-HTTP-BOX-001"], {
        status: 503,
        headers: { "Content-Type": "text/html" },
        body: "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
      }),
      saying("haproxy-502", ["HF-HTTP-BOX-001"], {
        status: 502,
        headers: { "Content-Type": "text/html" },
        body: "<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n",
      }),
      saying("haproxy-504", ["HF-HTTP-BOX-003"], {
        status: 504,
        headers: { "Content-Type": "text/html" },
        body: "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n",
      }),
      saying("haproxy-408", ["HF-HTTP-LIMIT-006"], {
        status: 408,
        headers: { "Content-Type": "text/html" },
        body: "<html><body><h1>408 Request Time-out</h1>\nYour browser didn't send a complete request in time.\n</body></html>\n",
      }),
    ],
  },
  {
    name: "alb",
    headers: () => ({ Server: "awselb/2.0" }),
    says: [
      saying("alb-502", ["HF-HTTP-BOX-001"], html(502, "Bad Gateway", "<center><h1>502 Bad Gateway</h1></center>")),
      saying(
        "alb-503",
        ["HF-HTTP-BOX-011", "HF-HTTP-BOX-002", "HF-HTTP-BOX-001"],
        html(503, "Service Temporarily Unavailable", "<center><h1>503 Service Temporarily Unavailable</h1></center>"),
      ),
      saying(
        "alb-504",
        ["HF-HTTP-BOX-003"],
        html(504, "Gateway Time-out", "<center><h1>504 Gateway Time-out</h1></center>"),
      ),
    ],
  },
  {
    name: "apigateway",
    headers: () => ({ "x-amzn-RequestId": "11111111-2222-3333-4444-555555555555", "x-amz-apigw-id": "EXAMPLEID=" }),
    says: [
      saying(
        "apigateway-429",
        ["HF-HTTP-LIMIT-005"],
        json(429, { message: "Too Many Requests" }, { "x-amzn-ErrorType": "TooManyRequestsException" }),
      ),
      saying("apigateway-504", ["HF-HTTP-BOX-003"], json(504, { message: "Endpoint request timed out" })),
      saying(
        "apigateway-502",
        ["HF-HTTP-BOX-001"],
        json(502, { message: "Internal server error" }, { "x-amzn-ErrorType": "InternalServerErrorException" }),
      ),
      saying(
        "apigateway-413",
        ["HF-HTTP-LIMIT-001"],
        json(413, { message: "HTTP content length exceeded 10485760 bytes." }),
      ),
    ],
  },
  {
    name: "box",
    headers: () => ({}),
    says: [
      saying("proxy-sign-in", ["HF-HTTP-BOX-005"], {
        status: 407,
        headers: { "Proxy-Authenticate": 'Basic realm="proxy"', "Content-Length": "0" },
      }),
      saying(
        "filter-page",
        ["HF-HTTP-BOX-006"],
        html(
          403,
          "Forbidden",
          "<h1>Access to this site is blocked</h1><p>Your organization has selected Zscaler to protect you from internet threats.</p>",
          { Server: "Zscaler/6.2" },
        ),
      ),
      saying("portal", ["HF-HTTP-PORTAL-001"], {
        status: 200,
        headers: { "Content-Type": "text/html" },
        body: "<html><head><title>Hotel Wi-Fi</title></head><body><form action=/login>Please sign in to use the network</form></body></html>",
      }),
    ],
  },
  {
    name: "client",
    headers: () => ({}),
    says: failures.map(([failure, codes]) => saying(`failure-${failure}`, codes, { status: 0, failure })),
  },
]
