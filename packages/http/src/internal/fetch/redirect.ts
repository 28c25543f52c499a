/**
 * Applies the redirect rule to `fetch`; see `Redirect`.
 */
import * as TransportCause from "../../TransportCause.ts"
import * as Credentials from "../redirect/credentials.ts"
import { requestOf, type Taken } from "./arguments.ts"
import * as Location from "../redirect/location.ts"
import { publicHeaders } from "../diagnosis/vocabulary.ts"

type Fetch = typeof globalThis.fetch

/**
 * Calls `fetch`. Follows redirects only if the caller allows them and the request is plain. Returns redirects to a caller
 * that handles them itself, and otherwise rejects with `RedirectRefused`.
 */
export const following = (fetch: Fetch, taken: Taken, init: RequestInit, headers: Headers): Promise<Response> => {
  // The caller handles redirects itself.
  if (taken.redirect === "manual") return Promise.resolve(fetch(taken.input, init))
  // Checked only for a redirect, because most responses are not one. A caller that forbids redirects gets `RedirectRefused`
  // too, because the error of `fetch` looks like a network failure.
  const isPlain = () =>
    taken.redirect === "follow" &&
    (taken.method === "GET" || taken.method === "HEAD") &&
    !taken.hasBody &&
    !taken.sendsCookies &&
    !Credentials.carries({ url: taken.url, headers })
  const refuse = (response: Response, from: string, detail: string): never => {
    void response.body?.cancel().catch(() => undefined)
    const { status } = response
    throw TransportCause.make(
      status === 307 || status === 308 ? "RedirectRefused unacted" : "RedirectRefused",
      requestOf({ method: taken.method, url: from }),
      { ...(status === 0 ? {} : { status }), detail },
    )
  }
  const judge =
    (from: string, sent: Headers, hops: number) =>
    (response: Response): Response | Promise<Response> => {
      if (response.type === "opaqueredirect" || response.status === 0) {
        // Only the browser can follow a redirect that it hides. It never downgrades https and stops at a loop.
        if (isPlain()) return fetch(taken.input, { ...init, redirect: "follow" })
        return refuse(response, from, "the browser does not reveal the target of the redirect")
      }
      if (response.redirected && !isPlain() && Location.strayed(from, response.url)) {
        return refuse(response, from, `fetch followed a redirect to ${new URL(response.url).origin} automatically`)
      }
      const base = response.url === "" ? from : response.url
      const target = Location.targetOf(response.status, response.headers.get("location"), base)
      if (target === undefined) {
        return taken.redirect === "error" && Location.isRedirect(response.status)
          ? refuse(response, from, "it names no target")
          : response
      }
      const obstacle = isPlain() ? Location.obstacle(target, base, hops) : Location.leads(target)
      if (obstacle !== undefined || target === "unreadable") {
        return refuse(response, from, obstacle ?? Location.leads(target))
      }
      void response.body?.cancel().catch(() => undefined)
      const next = Location.strayed(base, target.href) ? known(sent) : sent
      const { method } = taken
      return fetch(target.href, { ...init, method, headers: next, redirect: "manual" }).then(
        judge(target.href, next, hops + 1),
      )
    }
  return fetch(taken.input, { ...init, redirect: "manual" }).then(judge(taken.url, headers, 0))
}

const known = (headers: Headers): Headers =>
  new Headers([...headers].filter(([name]) => publicHeaders.has(name) && name !== "host"))
