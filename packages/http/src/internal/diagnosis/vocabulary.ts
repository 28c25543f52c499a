/**
 * Lists the names whose values an HTTP exchange may show because they do not contain a secret. Redaction hides the values of
 * all other names.
 */
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"

/**
 * Headers from RFC 9110 and related standards, CORS headers, cache headers, and the IDs that intermediaries and services add
 * to responses for support.
 */
const headers = [
  "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "access-control-allow-credentials",
  "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin",
  "access-control-expose-headers", "access-control-max-age", "access-control-request-headers",
  "access-control-request-method", "age", "allow", "alt-svc", "apigw-requestid", "cache-control", "cf-access-domain", "cf-cache-status",
  "cf-mitigated", "cf-ray", "connection",
  "content-disposition", "content-encoding", "content-language", "content-length", "content-md5", "content-range",
  "content-type", "date", "deprecation", "etag", "expect", "expires", "host", "if-match", "if-modified-since",
  "grpc-encoding", "grpc-message", "grpc-status", "if-none-match", "if-unmodified-since", "keep-alive", "last-modified", "max-forwards", "mime-version", "origin-agent-cluster",
  "pragma", "priority", "proxy-connection", "range", "ratelimit", "ratelimit-limit", "ratelimit-policy",
  "ratelimit-remaining", "ratelimit-reset", "request-id", "retry-after", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-websocket-extensions", "sec-websocket-protocol", "sec-websocket-version", "server",
  "server-timing", "strict-transport-security", "sunset", "te", "traceparent", "trailer", "transfer-encoding", "upgrade",
  "user-agent", "vary", "version", "via", "warning", "x-amz-cf-id", "x-amz-cf-pop", "x-amz-request-id",
  "x-accepted-oauth-scopes", "x-amz-apigw-id", "x-amzn-errortype", "x-amzn-requestid", "x-amzn-trace-id", "x-amzn-waf-action",
  "x-cache", "x-cache-hits", "x-content-type-options", "x-correlation-id", "x-envoy-upstream-service-time",
  "x-frame-options", "x-github-request-id", "x-powered-by", "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset",
  "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-window", "x-request-id", "x-runtime",
  "ngrok-error-code", "x-authentication-denied-reason", "x-generator", "x-goog-iap-generated-response", "x-seraph-loginreason", "x-envoy-overloaded", "x-envoy-ratelimited", "x-oauth-scopes", "x-render-routing", "x-vercel-error", "x-vercel-id",
  "x-served-by", "x-squid-error", "x-timer", "x-trace-id", "x-xss-protection",
  // The server's hints, which the engine and the diagnosis read.
  "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset", "anthropic-ratelimit-tokens-remaining",
  "anthropic-ratelimit-tokens-reset", "retry-after-ms", "x-amz-retry-after", "x-ms-retry-after-ms",
  "x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-after",
  "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "x-should-retry",
] // prettier-ignore

/** Fields of error documents, and all fields of a token response except the tokens. */
const members = [
  "detail", "details", "error", "error_code", "error_description", "error_uri", "errors", "expires_in", "field",
  "interval", "level", "message", "method", "param", "parameter", "path", "pointer", "reason", "request_id", "requestid",
  "retry_after", "scope", "scopes", "source", "status", "status_code", "statuscode", "timestamp", "title", "token_type",
  "trace_id", "type", "object", "errormessages", "errormessage", "error_message", "error_msg", "errmsg", "errcode", "error-codes", "error_summary", "errortype", "documentation_url", "doc_url", "documentation", "more_info", "help_url", "retrydelay", "quotaid",
  "requestedquerycost", "actualquerycost", "maximumavailable", "currentlyavailable", "restorerate", "domain", "needed",
  "loc", "msg", "location", "in", "errorcode", "__type", "decline_code", "property", "propertyname", "propertypath", "fieldname", "instancepath", "datapath", "defaultmessage", "description",
  "violations", "issues", "target", "attribute", "fault", "faultstring", "faultcode", "cause", "localizedmessage", "usermessage", "developermessage", "messages",
  "developer_message", "moreinfo", "serviceerrorcode", "code_name", "required", "granted", "required_scope", "required_scopes",
  "missing_scopes", "requiredscopes", "requiredgranularscopes", "required_enrollment", "category", "hint", "log_id",
  "provided", "retry_after_seconds", "retryafter", "retry_after_ms", "retryafterms",
] // prettier-ignore

/** Fields of an OAuth form that do not contain a secret. Codes, passwords and assertions are secrets. */
const fields = [
  "audience", "client_assertion_type", "client_id", "code_challenge_method", "grant_type", "redirect_uri",
  "requested_token_type", "resource", "response_mode", "response_type", "scope", "subject_token_type", "token_type_hint",
] // prettier-ignore

/** URL parameters that do not contain a secret. Cursors and filters may contain arbitrary data, so they remain hidden. */
const query = [
  ...fields, "error", "error_description", "error_uri", "format", "lang", "limit", "offset", "page", "page_size", "per_page",
] // prettier-ignore

/** Known HTTP authentication schemes. Any other first word in the header may be a token that was sent without a scheme. */
const schemes =
  /^(?:Kerberos|AWS|AWS4-(?:HMAC|ECDSA)(?:-[A-Z\d]{2,8}){1,4}|Basic|Bearer|Digest|DPoP|GNAP|Hawk|HOBA|Mutual|Negotiate|NTLM|OAuth2?|SCRAM-[A-Z\d-]{1,20}|Token|vapid)$/i

/** Shows the scheme and hides the credential that follows it. */
const credentials: Mask = (value, hide) => {
  const [, scheme = "", rest = ""] = /^(\S+)[ \t]+(\S.*)$/s.exec(value.trim()) ?? []
  return schemes.test(scheme) ? `${scheme} ${hide(rest)}` : hide(value)
}

/**
 * Challenge parameters that describe the error or the server's requirements (RFC 6750, section 3; RFC 7616). Nonces and
 * tickets are hidden.
 */
const told = /^(?:algorithm|charset|error|error_description|error_uri|qop|realm|scope|stale)$/i

/** Shows authentication schemes and descriptive parameters, and hides everything else. */
const challenge: Mask = (value, hide) =>
  value.replaceAll(
    /([^\s,="]+)[ \t]*=[ \t]*(?:"(?:\\.|[^"\\])*"|[^\s,"]*)|"(?:\\.|[^"\\])*"?|[^\s,"]+/g,
    (all, parameter: string | undefined) => (told.test(parameter ?? "") || schemes.test(all) ? all : hide(all)),
  )

/** Headers that never contain a secret. */
export const publicHeaders: ReadonlySet<string> = new Set(headers)

/** The vocabulary of HTTP and OAuth. */
export const vocabulary: Vocabulary = {
  headers: publicHeaders,
  query: new Set(query),
  fields: new Set(fields),
  members: new Set(members),
  answers: new Set(["code"]),
  masks: {
    authorization: credentials,
    "proxy-authorization": credentials,
    "www-authenticate": challenge,
    "proxy-authenticate": challenge,
  },
}
