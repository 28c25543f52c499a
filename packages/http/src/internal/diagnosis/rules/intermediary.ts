/**
 * Rules for responses from intermediaries between a client and a server, such as gateways, CDNs, proxies and firewalls.
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { byAuthor } from "../remarks.ts"
import { answered, authorOf, evidenceOf, failed, hostOf, onPage, said, spoken, sure, told, topic } from "../rule.ts"
import * as Tunnel from "../tunnel.ts"
import * as Upstream from "../upstream.ts"

const rule = topic("intermediary")

const statuses = "https://www.rfc-editor.org/rfc/rfc9110#section-15.6"

const nameOf = (facts: HttpFacts): string => authorOf(facts, "An intermediary")

/** Finds one of the given statuses, unless a page or a limit explains the response better. */
const onStatus =
  (statuses: ReadonlyArray<number>, alone: Confidence, detail: (facts: HttpFacts) => string) => (facts: HttpFacts) =>
    statuses.includes(facts.status) && facts.page === undefined && facts.limit === undefined
      ? found({
          // The application itself may send any status.
          confidence: sure(facts, facts.intermediary === undefined ? "likely" : alone),
          detail: detail(facts),
          evidence: evidenceOf(facts),
        })
      : undefined

const badGateway = rule({
  code: "HF-HTTP-BOX-001",
  title: "A gateway received no usable response from the server behind it",
  explanation:
    "The intermediary that responded is running, but the server behind it crashed, restarted, closed the " +
    "connection or sent an invalid response. Whether the request took effect is unknown. The request itself is " +
    "rarely the cause.",
  fix: [{ text: "send the request again with backoff if it is safe to repeat", safety: "safe to apply" }],
  change: "nothing",
  links: [statuses],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3",
  find: (facts) =>
    onPage(["bad gateway", "server failed"])(facts) ??
    Upstream.find(facts) ??
    onStatus(
      [502],
      "certain",
      () =>
        `${nameOf(facts)} returned 502 because it received no valid response from the server behind it.${byAuthor(facts)}`,
    )(facts),
})

const unavailable = rule({
  code: "HF-HTTP-BOX-002",
  title: "The service is overloaded or down for maintenance",
  explanation:
    "The service is down for maintenance or receives more requests than it can handle. The service did not handle " +
    "this request. Sending requests faster makes the overload worse.",
  fix: [
    {
      text: "send the request again with backoff, but not before the time that Retry-After specifies",
      safety: "safe to apply",
    },
  ],
  change: "nothing",
  links: [statuses],
  rivals: ["HF-HTTP-BOX-001"],
  find: onStatus(
    [503],
    "likely",
    (facts) =>
      `${authorOf(facts, hostOf(facts))} is not accepting requests at the moment.${byAuthor(facts) || spoken(facts)}`,
  ),
})

const gatewayTimeout = rule({
  code: "HF-HTTP-BOX-003",
  title: "A gateway waited too long for the server behind it",
  explanation:
    "The server did not respond within the time that the gateway allows. The server might still be working, so the " +
    "request might take effect after all. Sending a large body over a slow connection can use up that time by " +
    "itself.",
  fix: [
    {
      text: "check whether the request took effect before you send it again, unless it is safe to repeat",
      safety: "check first",
    },
    { text: "send large bodies in smaller parts", safety: "check first" },
  ],
  change: "nothing",
  links: [statuses],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5",
  find: (facts) =>
    onPage(["timeout"], " The server might still act on the request.")(facts) ??
    onStatus([504, 524], "certain", () => `${nameOf(facts)} stopped waiting for the server.`)(facts),
})

/** The statuses with which Cloudflare reports problems with the origin server. */
const edge: Readonly<Record<number, string>> = {
  520: "returned an empty or unusable response (the headers are too large, the connection was reset, or the response is not HTTP)",
  521: "refused its connection",
  522: "did not accept a connection in time",
  523: "cannot be reached",
  525: "did not complete the TLS handshake",
  526: "has an invalid certificate",
  527: "could not be reached through Railgun",
  530: "has a name that cannot be resolved",
}

const edgeError = rule({
  code: "HF-HTTP-BOX-004",
  title: "The content network or proxy cannot reach the server behind it",
  explanation:
    "The edge responded instead of the server (the origin). The origin refused the connection, or it could not be " +
    "found or reached. The origin might also have presented a TLS certificate that the edge does not accept. " +
    "Cloudflare reports such errors with its own statuses from 520 to 530. CloudFront reports such errors in a " +
    "page with status 502 or 504. The request itself is not the cause.",
  fix: [
    { text: "send again with backoff", safety: "safe to apply" },
    {
      text: "if the error persists, ask the server's owner to check the address, the firewall, and the certificate and TLS settings of the server",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [
    "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/",
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html",
  ],
  rivals: [],
  soleCause: "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/",
  find: (facts) => {
    if (Tunnel.unreached.has(Tunnel.refusalOf(facts) ?? 0)) {
      const detail = `A proxy could not connect to ${hostOf(facts)}: the proxy cannot resolve the name, the server is down, or the server did not respond in time (${Tunnel.refusalOf(facts)}).`
      return found({ confidence: "likely", detail, evidence: failed(facts) })
    }
    const page = onPage(["origin"])(facts)
    const what = edge[facts.status]
    if (page !== undefined || what === undefined) return page
    return found({
      confidence: facts.intermediary?.who === "cloudflare" ? "certain" : "likely",
      detail: `${facts.status}: the server behind ${facts.intermediary?.name ?? "an intermediary"} ${what}.`,
      evidence: evidenceOf(facts),
    })
  },
})

const proxyCredentials = rule({
  code: "HF-HTTP-BOX-005",
  title: "The proxy of this network requires credentials",
  explanation:
    "Status 407 comes from a proxy, never from the server: the proxy requires its clients to identify themselves. " +
    "The request did not reach the server. The header Proxy-Authenticate lists the schemes that the proxy accepts. " +
    "Most clients support only Basic. Negotiate (Kerberos) and NTLM use the machine's own sign-in, which few " +
    "libraries support.",
  fix: [
    {
      text: "set the proxy's user and password in HTTPS_PROXY, or use a network without a proxy",
      safety: "check first",
    },
    {
      text: "for Negotiate, Kerberos or NTLM, run a local proxy that signs in (cntlm, px), or request an exception for this host",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8", "https://www.rfc-editor.org/rfc/rfc4559"],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8",
  find: (facts) => {
    const isTunnel = Tunnel.refusalOf(facts) === 407
    if (facts.status !== 407 && !isTunnel) return undefined
    const schemes = schemesOf(facts.answerHeader("proxy-authenticate") ?? "")
    return found({
      confidence: "certain",
      detail: `${authorOf(facts, "A proxy")} did not forward the request.${wanted(schemes)}`,
      evidence: isTunnel ? failed(facts) : [...answered(facts), ...told(facts, "proxy-authenticate")],
    })
  },
})

/** Returns the known authentication schemes in a challenge. */
const schemesOf = (challenge: string): ReadonlyArray<string> =>
  ["Basic", "Digest", "Negotiate", "NTLM", "Kerberos", "Bearer"].filter((name) =>
    new RegExp(`(?:^|[\\s,])${name}(?:[\\s,]|$)`, "i").test(challenge.slice(0, 1000)),
  )

const wanted = (schemes: ReadonlyArray<string>): string => {
  if (schemes.length === 0) return ""
  const isSimple = schemes.includes("Basic") || schemes.includes("Digest")
  return ` The proxy accepts ${schemes.join(" or ")}${isSimple ? "" : ". Few clients can sign in this way, and a user and a password in the URL do not help"}.`
}

/** Product names that also occur on unrelated pages. */
const vague: ReadonlySet<string> = new Set([
  "antivirus",
  "securly",
  "dnsfilter",
  "blockpage",
  "checkpoint",
  "localproxy",
])

/** Whether a page states that the request was blocked rather than only repeating the name of the status. */
const speaksOfBlock = ({ body }: HttpFacts): boolean =>
  /block|firewall|polic|categor|violat|denied by|security|suspicious|malicious|bot\b|captcha|incident|reference (?:id|number)|support id/i.test(
    body.slice(0, 16_384),
  )

const filtered = rule({
  code: "HF-HTTP-BOX-006",
  title: "A firewall or filter in front of the service rejected the request",
  explanation:
    "The rejection is a page or contains an intermediary's signature, and it lacks signs of the service, such as " +
    "an error document or a request id. A web application firewall, a filtering proxy or a content network made " +
    "this decision based on the address, the size, the words or the timing of the request.",
  fix: [
    { text: "try another network, or try without the proxy, and compare the responses", safety: "check first" },
    { text: "send the id on the page to the operator of the intermediary", safety: "check first" },
  ],
  change: "human",
  links: ["https://repost.aws/knowledge-center/cloudfront-troubleshoot-403-errors"],
  rivals: ["HF-HTTP-BOX-005"],
  find: (facts) => {
    const { intermediary, isMarked, isPage, isWorded, page, status } = facts
    if (intermediary?.kind === "filter" && intermediary.who !== "squid" && page === undefined) {
      return found({
        confidence: vague.has(intermediary.who) || isMarked ? "likely" : "certain",
        detail: `The response is a page from ${intermediary.name}, ${intermediary.role || "on this machine"}; ${hostOf(facts)} did not receive the request.`,
        evidence: evidenceOf(facts),
      })
    }
    const blocked = onPage(["firewall"])(facts)
    if (blocked !== undefined || page !== undefined) return blocked
    const refusal = Tunnel.refusalOf(facts)
    if (refusal !== undefined && refusal !== 407) {
      if (Tunnel.unreached.has(refusal) || Tunnel.versions.has(refusal)) return undefined
      const confidence = refusal === 403 ? "certain" : "likely"
      return found({ confidence, detail: Tunnel.meaningOf(refusal, hostOf(facts)), evidence: failed(facts) })
    }
    if (isWorded || isMarked || facts.refusal !== undefined) return undefined
    if (facts.toApi === false && !speaksOfBlock(facts)) return undefined
    if (![400, 401, 403, 406, 418, 451].includes(status) || (intermediary === undefined && !isPage)) return undefined
    if (facts.answerHeader("www-authenticate") !== undefined) return undefined
    return found({
      confidence:
        // A page that reports no block may be the application's own refusal.
        isPage && status !== 400 && facts.hasRequest && intermediary?.kind !== "proxy" && speaksOfBlock(facts)
          ? "likely"
          : "possible",
      detail: `${authorOf(facts, "An intermediary, or the server's own proxy,")} responded in place of ${hostOf(facts)} with a page and status ${status}.${spoken(facts)}`,
      evidence: [...answered(facts), ...told(facts, "content-type"), ...said(facts)],
    })
  },
})

/**
 * All rules about intermediaries. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const intermediary = [badGateway, unavailable, gatewayTimeout, edgeError, proxyCredentials, filtered] as const
