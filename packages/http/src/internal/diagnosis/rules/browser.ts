/**
 * Requests that a browser blocks.
 */
import { failed, onFailure, topic } from "../rule.ts"
import type { HttpFacts } from "../facts.ts"

const rule = topic("browser")

const errors = "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors"

const hidden = rule({
  code: "HF-HTTP-NET-007",
  title: "The browser hides the answer: no CORS permission for this page, or no network",
  explanation:
    "A page may not see why its request failed. Either the server's answer lacks Access-Control-Allow-Origin for " +
    "this page (very often on errors: a server that refuses early adds no CORS headers), or the preflight was " +
    "refused, or there was no connection at all. The network panel of the browser's tools shows which, and the " +
    "real answer.",
  fix: [
    { text: "look at the request in the network panel of the browser's tools", safety: "check first" },
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
        ? `"${facts.failure.text.slice(0, 100)}" is all that a browser says; the server may well have answered.`
        : "Status 0 stands for no answer, or for one that a page may not see.",
    evidence: facts.failure?.text === "" ? [{ at: "response.status", name: "status", observed: "0" }] : failed(facts),
  })),
})

/** Console messages with their meaning; the first match counts. */
const reasons: ReadonlyArray<readonly [RegExp, string]> = [
  [/preflight.{0,80}(?:redirect|external redirect)|redirect is not allowed for a preflight/i, "the preflight (OPTIONS) was answered with a redirect, which is not allowed: ask the final address directly"],
  [/preflight.{0,200}(?:ok status|did not succeed|status code|invalid)/i, "the preflight (OPTIONS) was refused: the server has no CORS rule for this origin, method and headers, or demands credentials for OPTIONS"],
  [/method (?:\w{1,20} )?is not allowed|did not find method|access-control-allow-methods/i, "the CORS rules do not allow the method"],
  [/(?:request )?header field .{1,80} is not allowed|missing token .{1,80} in cors header|access-control-allow-headers/i, "the CORS rules do not allow a header of the request"],
  [/must not be the wildcard|credentials? (?:flag|mode)|allow-credentials|supports credentials/i, "the request carries credentials (cookies), for which the answer must name the origin and allow credentials; a * is not enough"],
  [/multiple values|more than one|multiple cors header/i, "the answer has the header Access-Control-Allow-Origin twice: two layers add it"],
  [/has a value .{1,200}not equal|does not match|not equal to the supplied origin/i, "Access-Control-Allow-Origin names another origin than that of the page"],
  [/cors request not http|url scheme|only supported for protocol schemes/i, "the address is no http or https address"],
] // prettier-ignore

const missing =
  "the answer has no Access-Control-Allow-Origin for this page: the CORS rules of the server or bucket lack the origin, or the answer is an error that is sent without CORS headers"

const reasonOf = (text: string): string => {
  const start = text.slice(0, 4000)
  return reasons.find(([pattern]) => pattern.test(start))?.[1] ?? missing
}

/** The status that Firefox appends to its message. */
const statusOf = ({ failure }: HttpFacts): string => {
  const [, status] = /status code: ([1-5]\d\d)\b/i.exec(failure?.text.slice(0, 4000) ?? "") ?? []
  return status === undefined
    ? ""
    : ` The answer that is hidden has status ${status}${Number(status) >= 400 ? ": that error is the matter, and CORS only hides it" : ""}.`
}

const cors = rule({
  code: "HF-HTTP-NET-012",
  title: "The browser hides the answer: no CORS permission for this page",
  explanation:
    "The server was reached and answered; the browser keeps the answer from the page because of its CORS headers. " +
    "Most often the CORS configuration of the bucket or server does not list the page's origin, method or headers, " +
    "or an error answer comes without CORS headers, so that a refusal (403) looks like a CORS problem. The network " +
    "is not down, and sending again changes nothing.",
  fix: [
    {
      text: "look at the status and the body of the request in the network panel, or send it with curl, to see the answer itself",
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
  title: "The browser did not send the request: the page's own policy, an extension or mixed content blocks it",
  explanation:
    "A Content Security Policy of the page that lacks the host in connect-src, an extension that blocks requests, " +
    "plain http from a page that came by https, or a public page that asks a private network. The server saw " +
    "nothing.",
  fix: [
    { text: "add the host to connect-src of the page's Content-Security-Policy", safety: "check first" },
    { text: "use https, and try with extensions switched off", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/connect-src",
    "https://developer.mozilla.org/docs/Web/Security/Mixed_content",
  ],
  find: onFailure(["blocked by the page"], (facts) => ({
    confidence: "likely",
    detail: `The browser says: "${facts.failure?.text.replaceAll(/\s+/g, " ").slice(0, 150) ?? ""}".`,
  })),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const browser = [hidden, cors, blocked] as const
