/**
 * Responses of intermediaries between a client and a server: gateways, content networks, proxies, firewalls.
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { answered, failed, hostOf, said, sure, told, topic } from "../rule.ts"

const rule = topic("intermediary")

const statuses = "https://www.rfc-editor.org/rfc/rfc9110#section-15.6"

const nameOf = ({ intermediary }: HttpFacts): string => intermediary?.name ?? "An intermediary"

const onStatus = (status: number, alone: Confidence, detail: (facts: HttpFacts) => string) => (facts: HttpFacts) =>
  facts.status === status
    ? found({
        confidence: sure(facts, alone),
        detail: detail(facts),
        evidence: [...answered(facts), ...(facts.isWorded ? [] : said(facts))],
      })
    : undefined

/** 502 */
const badGateway = rule({
  code: "HF-HTTP-BOX-001",
  title: "A gateway got no usable answer from the server behind it",
  explanation:
    "The intermediary that answered is alive; the server behind it crashed, restarted, closed the connection or spoke nonsense. Whether the " +
    "request took effect is not known. It is hardly ever the request's fault.",
  fix: [{ text: "send again with backoff if the request may be repeated", safety: "safe to apply" }],
  change: "nothing",
  links: [statuses],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3",
  find: onStatus(502, "certain", (facts) => `${nameOf(facts)} says 502: what came from behind it was no answer.`),
})

/** 503 */
const unavailable = rule({
  code: "HF-HTTP-BOX-002",
  title: "The service is overloaded or down for maintenance",
  explanation:
    "Nobody is there to take the request, or there are too many of them. It was not handled. Sending faster makes it worse.",
  fix: [
    { text: "send again later, with backoff; not before the time that Retry-After names", safety: "safe to apply" },
  ],
  change: "nothing",
  links: [statuses],
  rivals: ["HF-HTTP-BOX-001"],
  find: onStatus(
    503,
    "likely",
    (facts) => `${facts.intermediary?.name ?? hostOf(facts)} has nobody to pass the request to.`,
  ),
})

/** 504 */
const gatewayTimeout = rule({
  code: "HF-HTTP-BOX-003",
  title: "A gateway waited too long for the server behind it",
  explanation:
    "The server did not answer within the time that the gateway gives it. It may still be at work, so the request may take effect " +
    "after all. A large body over a slow line can use up that time by itself.",
  fix: [
    {
      text: "look whether the request took effect before sending it again, unless it may be repeated",
      safety: "check first",
    },
    { text: "send large bodies in smaller parts", safety: "check first" },
  ],
  change: "nothing",
  links: [statuses],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5",
  find: onStatus(504, "certain", (facts) => `${nameOf(facts)} gave up waiting for the server.`),
})

/** What Cloudflare says of the server behind it, by status (its own range). */
const edge: Readonly<Record<number, string>> = {
  520: "gave an answer that it cannot use",
  521: "refused its connection",
  522: "accepted no connection in time",
  523: "cannot be reached",
  524: "did not answer in time",
  525: "failed in the TLS handshake",
  526: "has a certificate that is not valid",
  530: "cannot be found by name",
}

/** 52x */
const edgeError = rule({
  code: "HF-HTTP-BOX-004",
  title: "The content network cannot reach the server behind it",
  explanation:
    "Statuses from 520 to 530 are no part of HTTP: Cloudflare uses them to say what went wrong between itself and the server. The " +
    "request is not at fault.",
  fix: [{ text: "send again with backoff; if it stays, tell the owner of the server", safety: "safe to apply" }],
  change: "nothing",
  links: ["https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/"],
  rivals: [],
  soleCause: "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/",
  find: (facts) => {
    const what = edge[facts.status]
    if (what === undefined) return undefined
    return found({
      confidence: facts.intermediary?.name === "Cloudflare" ? "certain" : "likely",
      detail: `${facts.status}: the server behind ${nameOf(facts)} ${what}.`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

/** The status with which a proxy refused a connection. The server sent no response then. */
const tunnelRefusal = ({ failure }: HttpFacts): number | undefined =>
  failure?.key === "PROXY_REFUSED_*" ? Number(/\b[345]\d\d\b|(?<=_)\d{3}$/.exec(failure.text)?.[0] ?? 0) : undefined

/** 407 */
const proxyCredentials = rule({
  code: "HF-HTTP-BOX-005",
  title: "The proxy of this network asks for credentials",
  explanation:
    "Status 407 comes from a proxy, never from the server: it wants to know who goes through it. The request did not reach the server.",
  fix: [
    { text: "give the proxy's user and password in HTTPS_PROXY, or use a network without it", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8"],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.8",
  find: (facts) => {
    const isTunnel = tunnelRefusal(facts) === 407
    return facts.status === 407 || isTunnel
      ? found({
          confidence: "certain",
          detail: `${facts.intermediary?.name ?? "A proxy"} let the request no further.`,
          evidence: isTunnel ? failed(facts) : [...answered(facts), ...told(facts, "proxy-authenticate")],
        })
      : undefined
  },
})

/** A refusal that is not the service's. */
const filtered = rule({
  code: "HF-HTTP-BOX-006",
  title: "A firewall or filter in between refused the request, not the service",
  explanation:
    "The refusal is a page, or is signed by an intermediary, and has none of the marks of the service: no error document, no request id. A web " +
    "application firewall, a filtering proxy or a content network decided by the address, the size, the words or the pace of the " +
    "request.",
  fix: [
    { text: "try another network or without the proxy, and compare the answers", safety: "check first" },
    { text: "give the operator of the intermediary the id that its page shows", safety: "check first" },
  ],
  change: "human",
  links: [],
  rivals: ["HF-HTTP-BOX-005"],
  find: (facts) => {
    const { intermediary, isMarked, isPage, isWorded, status } = facts
    const refusal = tunnelRefusal(facts)
    if (refusal !== undefined && refusal !== 407) {
      const detail = `A proxy refused to open a connection to ${hostOf(facts)}.`
      return found({ confidence: "certain", detail, evidence: failed(facts) })
    }
    if (isWorded || isMarked || facts.toApi === false) return undefined
    if (![400, 401, 403, 406, 418, 451].includes(status) || (intermediary === undefined && !isPage)) return undefined
    if (facts.answerHeader("www-authenticate") !== undefined) return undefined
    return found({
      confidence: isPage && status !== 400 && facts.toApi === true ? "likely" : "possible",
      detail: `${intermediary?.name ?? "Something that writes web pages"} answered ${status} in the place of ${hostOf(facts)}.`,
      evidence: [...answered(facts), ...told(facts, "content-type"), ...said(facts)],
    })
  },
})

/** The topic's rules. */
export const intermediary = [badGateway, unavailable, gatewayTimeout, edgeError, proxyCredentials, filtered] as const
