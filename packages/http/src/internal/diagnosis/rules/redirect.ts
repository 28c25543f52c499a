/**
 * Rules for redirects that the client did not follow or that formed a loop.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { answered, hostOf, onFailure, starting, told, topic } from "../rule.ts"
import { isPortal } from "./portal.ts"

const rule = topic("answer")

export const redirected = rule({
  code: "HF-HTTP-ANSWER-005",
  title: "The server sent a redirect, and the client did not follow it",
  explanation:
    "The server responded with a redirect. Clients that follow a redirect drop credentials if the host changes, " +
    "and turn a POST into a GET after status 301 or 302. Following a redirect automatically therefore often leads " +
    "to a rejection that hides the original response. If the server redirects from http to https, use https in the " +
    "original URL. If the server redirects to another host or region, use that host or region in the original URL.",
  fix: [
    {
      text: "send the request to the address in Location if that address belongs to the service",
      safety: "check first",
    },
  ],
  change: "url",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.4"],
  find: (facts) => {
    const { isMarked, isWorded, status } = facts
    if (![301, 302, 303, 307, 308].includes(status) || isPortal(facts) === "certain") return undefined
    return found({
      confidence: isWorded || isMarked ? "possible" : "likely",
      detail: whereTo(facts),
      evidence: [...answered(facts), ...told(facts, "location")],
    })
  },
})

const whereTo = ({ answerHeader, method, status, url }: HttpFacts): string => {
  const location = answerHeader("location")
  if (location === undefined) return `Status ${status} without a Location does not identify the target of the redirect.`
  if (!URL.canParse(location, url?.href))
    return `The response has status ${status}, but its Location is not a valid URL.`
  const target = new URL(location, url?.href)
  if (url === undefined) return `Status ${status} points to ${target.host}.`
  const signIn = /\/(?:log-?in|sign-?in|sso|oauth2?|saml|auth)(?:[/?]|$)/i.test(target.pathname)
    ? " The redirect leads to a sign-in page for users: the credentials of the request are missing or were not accepted."
    : ""
  if (target.hostname !== url.hostname) return `Status ${status} redirects from ${url.host} to ${target.host}.${signIn}`
  const turned =
    /^(?:POST|PUT|PATCH|DELETE)$/.test(method ?? "") && status < 304
      ? ` Clients follow the redirect with a GET instead of ${method}, and the body is lost.`
      : ""
  if (target.protocol !== url.protocol || target.port !== url.port) {
    const isPlain = target.protocol === "http:" && url.protocol === "https:"
    return `Status ${status} redirects from ${url.protocol}// to ${target.protocol}//${target.host} on the same host.${
      isPlain ? " A server behind a proxy builds that address from its own scheme and port." : turned
    }`
  }
  const isSlash = target.pathname.replace(/\/$/, "") === url.pathname.replace(/\/$/, "")
  // A captured request does not show its scheme. A redirect to the same URL with https proves that it was http.
  if (target.href === url.href && target.protocol === "https:")
    return `Status ${status} redirects to https:// at the same address: the request was made over http://.${turned}`
  return isSlash
    ? `Status ${status} redirects to a path that differs only in its trailing slash: request the path exactly as the server writes it.`
    : `Status ${status} redirects to another path on ${url.host}.${signIn}`
}

export const redirectLoop = rule({
  code: "HF-HTTP-ANSWER-007",
  title: "The redirects form a loop, and the client stopped following them",
  explanation:
    "Each response redirects to another address, and the redirects lead back to an earlier address. One cause is a " +
    "proxy that uses http to reach a server that redirects to https, as in Cloudflare's Flexible mode or behind a " +
    "load balancer without X-Forwarded-Proto. Other causes are two layers that disagree about www or a trailing " +
    "slash, and a sign-in that redirects every client that has no cookie.",
  fix: [
    {
      text: "follow the redirects one by one (curl -sIL) and check which two addresses alternate",
      safety: "check first",
    },
    {
      text: "configure the server to trust X-Forwarded-Proto from its proxy, or configure the proxy to reach the server over https",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://developers.cloudflare.com/ssl/troubleshooting/too-many-redirects/",
    "https://www.rfc-editor.org/rfc/rfc9110#section-15.4",
  ],
  find: onFailure(["redirect loop"], (facts) => ({
    confidence: "likely",
    detail: `${starting(hostOf(facts))} redirects in a loop.`,
  })),
})
