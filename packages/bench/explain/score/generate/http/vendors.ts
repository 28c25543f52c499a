/**
 * Responses of APIs about limits, quotas, access and internal errors: one for each cause that shares its status with others.
 *
 * Sources: docs.github.com/rest/using-the-rest-api (rate limits, troubleshooting), developers.openai.com/api/docs/guides/error-codes,
 * platform.claude.com/docs/en/api/errors, docs.stripe.com/error-low-level and /rate-limits,
 * cloud.google.com/apis/docs/troubleshooting.
 */
import { json, saying, type Speaker } from "./saying.ts"

const docs = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"

/** The vendors of APIs. */
export const vendors: ReadonlyArray<Speaker> = [
  {
    name: "github-api",
    host: "api.github.com",
    headers: () => ({ Server: "github.com", "X-GitHub-Request-Id": "ABCD:1F2A:3B4C:5D6E" }),
    says: [
      saying(
        "github-primary-limit",
        ["HF-HTTP-LIMIT-009"],
        json(
          403,
          { message: "API rate limit exceeded for user ID 1.", documentation_url: docs },
          { "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795900000" },
        ),
      ),
      saying(
        "github-secondary-limit",
        ["HF-HTTP-LIMIT-010"],
        json(
          403,
          {
            message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
            documentation_url: `${docs}#about-secondary-rate-limits`,
          },
          { "Retry-After": "60", "X-RateLimit-Remaining": "4800" },
        ),
      ),
      saying(
        "github-single-sign-on",
        ["HF-HTTP-API-001"],
        json(
          403,
          {
            message:
              "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.",
          },
          { "X-GitHub-SSO": "required; url=https://github.com/orgs/studio/sso?authorization_request=x" },
        ),
      ),
      saying("github-no-user-agent", ["HF-HTTP-API-002"], {
        status: 403,
        headers: { "Content-Type": "text/html" },
        body: "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n",
      }),
    ],
  },
  {
    name: "openai",
    host: "api.openai.com",
    headers: () => ({ "x-request-id": "req_0123456789abcdef", "openai-version": "2020-10-01" }),
    says: [
      saying(
        "openai-rate-limit",
        ["HF-HTTP-LIMIT-005", "HF-HTTP-LIMIT-009"],
        json(
          429,
          {
            error: {
              message: "Rate limit reached for requests",
              type: "requests",
              param: null,
              code: "rate_limit_exceeded",
            },
          },
          { "retry-after-ms": "1340", "x-should-retry": "true" },
        ),
      ),
      saying(
        "openai-quota",
        ["HF-HTTP-LIMIT-011"],
        json(429, {
          error: {
            message: "You exceeded your current quota, please check your plan and billing details.",
            type: "insufficient_quota",
            param: null,
            code: "insufficient_quota",
          },
        }),
      ),
    ],
  },
  {
    name: "anthropic",
    host: "api.anthropic.com",
    headers: () => ({ "request-id": "req_EXAMPLE", Server: "cloudflare" }),
    says: [
      saying(
        "anthropic-overloaded",
        ["HF-HTTP-LIMIT-012"],
        json(
          529,
          { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
          { "x-should-retry": "true" },
        ),
      ),
      saying(
        "anthropic-rate-limit",
        ["HF-HTTP-LIMIT-005", "HF-HTTP-LIMIT-009"],
        json(
          429,
          {
            type: "error",
            error: {
              type: "rate_limit_error",
              message: "This request would exceed the rate limit for your organization.",
            },
          },
          { "Retry-After": "12" },
        ),
      ),
    ],
  },
  {
    name: "stripe",
    host: "api.stripe.com",
    headers: () => ({ "Request-Id": "req_EXAMPLE", Server: "nginx", "Stripe-Version": "2026-10-28" }),
    says: [
      saying(
        "stripe-lock",
        ["HF-HTTP-LIMIT-013"],
        json(
          429,
          {
            error: {
              code: "lock_timeout",
              message:
                "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.",
              type: "invalid_request_error",
            },
          },
          { "Stripe-Should-Retry": "true" },
        ),
      ),
      saying(
        "stripe-rate-limit",
        ["HF-HTTP-LIMIT-005"],
        json(429, {
          error: { code: "rate_limit", message: "Request rate limit exceeded.", type: "invalid_request_error" },
        }),
      ),
      saying(
        "stripe-idempotency",
        ["HF-HTTP-API-006"],
        json(400, {
          error: {
            message:
              "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'a' if you meant to execute a different request.",
            type: "idempotency_error",
          },
        }),
      ),
    ],
  },
]
