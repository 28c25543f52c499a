/**
 * Rules for captive portals: networks that answer requests in place of the server until a user signs in.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Location from "../../redirect/location.ts"
import { type HttpFacts, quote } from "../facts.ts"
import { answered, hostOf, said, told, topic } from "../rule.ts"

const rule = topic("portal")

/** Words that are typical of the pages and URLs of captive portals. */
const words =
  /captive|hot ?spot|portal|wi-?fi|guest (?:network|access)|sign in to (?:the )?network|network login|gstatic|connectivity/i

/**
 * Returns the confidence that the response to an API call is a captive portal's page or a redirect to such a page. The result
 * is `undefined` if there is no sign of a captive portal.
 *
 * **Details**
 *
 * Only status 511 proves that a captive portal answered. A page may also come from the server itself, such as the website at
 * a wrong base URL or the service's own sign-in page. A response that a CDN forwarded or that an intermediary wrote does not
 * come from a captive portal.
 */
export const isPortal = (facts: HttpFacts): "certain" | "likely" | undefined => {
  const { intermediary, isMarked, isPage, isWorded, passed, status, toApi } = facts
  if (status === 511) return "certain"
  if (facts.failure?.key === "CaptivePortal") return "likely"
  if (isMarked || isWorded || toApi === false || intermediary !== undefined || passed?.kind === "edge") return undefined
  const redirects = Location.isTemporary(status)
  // A page is what the address of a sign-in page returns.
  if (isPage && signInPath.test(facts.url?.pathname ?? "")) return undefined
  if (isPage && (redirects || (status >= 200 && status < 300))) {
    const hasWords = words.test(quote(facts.body, 600))
    if (toApi === true) return hasWords || !isApplication(facts.body) ? "likely" : undefined
    return hasWords ? "likely" : undefined
  }
  if (!redirects || toApi !== true) return undefined
  return leadsElsewhere(facts) ? "likely" : undefined
}

/** Paths of pages on which a user signs in. */
const signInPath = /\/(?:authorize|login|sign-?in|auth)\/?$/i

/** Whether a page is the shell of a web application, which the application's server sends for every path. */
const isApplication = (body: string): boolean =>
  /<div id="?(?:root|app|__next|___gatsby|svelte)"?|<app-root|<script type="?module/i.test(body.slice(0, longest))

/** The maximum number of characters of a page that are searched. */
const longest = 16_384

const leadsElsewhere = ({ answerHeader, url }: HttpFacts): boolean => {
  const location = answerHeader("location")
  return url === undefined
    ? location !== undefined && URL.canParse(location) && words.test(location)
    : Location.leavesHost(url.href, location)
}

const captivePortal = rule({
  code: "HF-HTTP-PORTAL-001",
  title: "A captive portal answered instead of the server: the network requires a sign-in",
  explanation:
    "The response to an API request is a web page or a redirect to another host, and lacks the ids that the API " +
    "adds to its responses. Hotel, venue and guest networks answer every request in this way until a user accepts " +
    "their terms in a browser. The request did not reach the server, regardless of the status.",
  fix: [
    { text: "open any http:// page in a browser on this network and sign in, then send again", safety: "check first" },
    { text: "or use another network", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-6", "https://www.rfc-editor.org/rfc/rfc8952"],
  rivals: ["HF-HTTP-ANSWER-002", "HF-HTTP-BOX-006"],
  find: (facts) => {
    const confidence = isPortal(facts)
    if (confidence === undefined)
      return facts.status >= 400 && facts.isWorded
        ? cleared("captive portal", "the response comes from the API itself")
        : undefined
    const location = facts.answerHeader("location")
    return found({
      confidence,
      detail:
        facts.status === 511
          ? "Status 511 means that the network requires a sign-in."
          : location !== undefined && !facts.isPage
            ? `${hostOf(facts)} seems to redirect an API request to another host.`
            : `A web page with status ${facts.status} was received instead of a response from ${hostOf(facts)}.`,
      evidence: [
        ...answered(facts),
        ...told(facts, "content-type"),
        ...told(facts, "location"),
        ...(facts.isPage ? said(facts) : []),
      ],
    })
  },
})

/**
 * All rules about captive portals. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const portal = [captivePortal] as const
