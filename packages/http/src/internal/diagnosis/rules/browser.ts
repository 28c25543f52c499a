/**
 * Rules for requests that a browser blocks.
 */
import { failed, onFailure, topic } from "../rule.ts"
import type { HttpFacts } from "../facts.ts"

const rule = topic("browser")

const errors = "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors"

const hidden = rule({
  code: "HF-HTTP-NET-007",
  title: "The browser hides the response: CORS does not permit this page to read it, or the network is down",
  explanation:
    "A page is not allowed to learn why its request failed. The response might lack Access-Control-Allow-Origin " +
    "for this page: servers often omit this header from error responses if they reject a request early. It is also " +
    "possible that the preflight was rejected or that no connection was established. The network panel of the " +
    "browser's developer tools shows the reason and the actual response.",
  fix: [
    { text: "check the request in the network panel of the browser's developer tools", safety: "check first" },
    {
      text: "allow the page's origin, method and headers in the CORS rules of the server or bucket",
      safety: "check first",
    },
  ],
  change: "human",
  links: [
    "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html",
  ],
  find: onFailure(["browser", "no answer"], (facts) => ({
    confidence: facts.failure?.key === "browser" ? "likely" : "possible",
    detail:
      facts.failure?.key === "browser"
        ? `The browser reports only "${facts.failure.text.slice(0, 100)}"; the server might have sent a response nevertheless.`
        : "Status 0 means that there was no response or that the page is not allowed to read the response.",
    evidence: facts.failure?.text === "" ? [{ at: "response.status", name: "status", observed: "0" }] : failed(facts),
  })),
})

/** Console messages and their meanings. The first matching entry applies. */
const reasons: ReadonlyArray<readonly [RegExp, string]> = [
  [/preflight.{0,80}(?:redirect|external redirect)|redirect is not allowed for a preflight/i, "the response to the preflight (OPTIONS) is a redirect, which is not allowed: send the request directly to the final address"],
  [/preflight.{0,200}(?:ok status|did not succeed|status code|invalid)/i, "the preflight (OPTIONS) was rejected: the server has no CORS rule for this origin, method and headers, or it requires credentials for OPTIONS"],
  [/method (?:\w{1,20} )?is not allowed|did not find method|access-control-allow-methods/i, "the CORS rules do not allow the method of the request"],
  [/(?:request )?header field .{1,80} is not allowed|missing token .{1,80} in cors header|access-control-allow-headers/i, "the CORS rules do not allow a header of the request"],
  [/must not be the wildcard|credentials? (?:flag|mode)|allow-credentials|supports credentials/i, "the request includes credentials (cookies), so the response must contain the exact origin and allow credentials; a * is not enough"],
  [/multiple values|more than one|multiple cors header/i, "the response contains the header Access-Control-Allow-Origin twice because two layers add it"],
  [/has a value .{1,200}not equal|does not match|not equal to the supplied origin/i, "Access-Control-Allow-Origin does not match the origin of the page"],
  [/cors request not http|url scheme|only supported for protocol schemes/i, "the address is not an http or https address"],
] // prettier-ignore

const missing =
  "the response has no Access-Control-Allow-Origin for this page: either the CORS rules of the server or bucket do not list the origin, or the response is an error that was sent without CORS headers"

const reasonOf = (text: string): string => {
  const start = text.slice(0, 4000)
  return reasons.find(([pattern]) => pattern.test(start))?.[1] ?? missing
}

/** Returns a remark about the status that Firefox appends to its message. */
const statusOf = ({ failure }: HttpFacts): string => {
  const [, status] = /status code: ([1-5]\d\d)\b/i.exec(failure?.text.slice(0, 4000) ?? "") ?? []
  return status === undefined
    ? ""
    : ` The hidden response has status ${status}${Number(status) >= 400 ? ": correct that error first, because CORS only hides it from the page" : ""}.`
}

const cors = rule({
  code: "HF-HTTP-NET-012",
  title: "The browser hides the response: CORS does not permit this page to read it",
  explanation:
    "The server received the request and responded, but the browser hides the response from the page because of " +
    "its CORS headers. In most cases, the CORS configuration of the bucket or server does not list the page's " +
    "origin, method or headers. If an error response lacks CORS headers, a rejection (403) also looks like a CORS " +
    "problem. The network is not down, and sending the request again does not help.",
  fix: [
    {
      text: "check the response's status and body in the network panel, or send the request with curl to see the response itself",
      safety: "check first",
    },
    {
      text: "allow the page's origin, method and headers in the CORS rules of the server or bucket",
      safety: "check first",
    },
  ],
  change: "human",
  links: [errors, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html"],
  find: onFailure(["CORS"], (facts) => ({
    confidence: "likely",
    detail: `${reasonOf(facts.failure?.text ?? "").replace(/^./, (first) => first.toUpperCase())}.${statusOf(facts)}`,
  })),
})

const blocked = rule({
  code: "HF-HTTP-NET-013",
  title:
    "The browser did not send the request: the page's own policy, an extension or the rules for mixed content " +
    "blocked it",
  explanation:
    "The cause is a Content Security Policy that does not list the host in connect-src, an extension that blocks " +
    "requests, or plain http on a page that was loaded over https. A browser can also block requests from a public " +
    "page to a private network. The server did not receive the request.",
  fix: [
    { text: "add the host to the connect-src directive of the page's Content-Security-Policy", safety: "check first" },
    { text: "use https, and try again with extensions disabled", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/connect-src",
    "https://developer.mozilla.org/docs/Web/Security/Mixed_content",
  ],
  find: onFailure(["blocked by the page"], (facts) => ({
    confidence: "likely",
    detail: `The browser reports: "${facts.failure?.text.replaceAll(/\s+/g, " ").slice(0, 150) ?? ""}".`,
  })),
})

/**
 * All rules about requests that a browser blocks. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
export const browser = [hidden, cors, blocked] as const
