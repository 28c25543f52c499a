/**
 * Rules for upgrades to another protocol, usually WebSocket (RFC 6455; RFC 9110, section 7.8).
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import { type HttpFacts, quote } from "../facts.ts"
import { answered, said, spoken, topic } from "../rule.ts"

const rule = topic("upgrade")

/** Messages from servers about a handshake, each with its meaning. */
const sentences: ReadonlyArray<readonly [RegExp, string]> = [
  [/session id unknown/i, "The Socket.IO server does not recognize the session: the load balancer distributes the client's requests to several processes instead of sending them all to one (sticky sessions)."],
  [/transport unknown|unsupported protocol version/i, "The Socket.IO client and server have incompatible versions, or the path belongs to another service."],
  [/bad handshake method/i, "A WebSocket handshake must be a GET request."],
  [/origin (?:is )?not allowed|request origin not allowed|invalid origin/i, "The server accepts WebSocket connections only from pages with allowed origins."],
  [/'upgrade' token|upgrade only to|(?:missing|invalid|bad|no|expected) [\w"'\x60/ ]{0,24}(?:upgrade|connection|sec-websocket)[\w"'\x60-]{0,12}(?: header)?|not a websocket (?:handshake|request)|websocket: (?:the client|not a)|client is not using the websocket/i, "The server did not receive a complete handshake: the headers Upgrade and Connection are hop-by-hop, and a proxy forwards them only if it is configured to do so (nginx: proxy_http_version 1.1 with Upgrade and Connection)."],
] // prettier-ignore

const isHandshake = ({ header }: HttpFacts): boolean =>
  header("sec-websocket-key") !== undefined ||
  header("sec-websocket-version") !== undefined ||
  /websocket/i.test(header("upgrade") ?? "")

/** The usual meaning of a rejected handshake, keyed by status. */
const meanings: Readonly<Record<number, string>> = {
  200: "The server answered as if this were a plain request: it does not accept WebSocket connections at this path, or a proxy did not forward the handshake.",
  400: "A proxy did not forward Upgrade and Connection, or the server does not accept the version, the key or the subprotocol.",
  401: "The server requires credentials in the handshake, and browsers send only cookies with a handshake.",
  403: "The server rejects the page's origin or the caller.",
  404: "The server does not accept WebSocket connections at this path.",
  405: "The server does not accept WebSocket connections at this path.",
  426: "The server did not receive an Upgrade header, because a proxy in front of it did not forward the header.",
  500: "The server failed during the handshake, usually because a proxy in front of it does not forward Upgrade and Connection.",
}

const handshake = rule({
  code: "HF-HTTP-UPGRADE-001",
  title: "The WebSocket handshake (Upgrade) failed: the server did not switch protocols",
  explanation:
    "A WebSocket connection starts as a GET request with Upgrade: websocket. The request also contains the header " +
    "Connection with the value Upgrade, and only a response with status 101 opens the connection. The Upgrade and " +
    "Connection headers are hop-by-hop. A proxy drops the Upgrade and Connection headers unless it is configured " +
    "to forward WebSocket handshakes. Other causes are a path without a WebSocket endpoint, a server that rejects " +
    "the page's Origin, and required credentials that browsers cannot add to a handshake.",
  fix: [
    {
      text: "configure the proxy to forward the handshake (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade)",
      safety: "check first",
    },
    {
      text: "compare the failed handshake with one sent directly to the server, without the proxy",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://nginx.org/en/docs/http/websocket.html", "https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2"],
  find: (facts) => {
    const { answerHeader, header, hasRequest, page, status } = facts
    if (status < 200 || (page !== undefined && page.cause !== "access" && page.cause !== "route")) return undefined
    const text = facts.words.message === "" ? quote(facts.body, 300) : facts.words.message
    const sentence = status < 400 ? undefined : sentences.find(([pattern]) => pattern.test(text))
    const mentions = isHandshake(facts) || answerHeader("sec-websocket-version") !== undefined
    if (sentence !== undefined && (mentions || !hasRequest || /\/socket\.io\//.test(facts.url?.pathname ?? "")))
      return upgraded(facts, "likely", sentence[1])
    const isStripped =
      hasRequest && header("sec-websocket-key") !== undefined && !/websocket/i.test(header("upgrade") ?? "")
    if (isStripped)
      return upgraded(
        facts,
        "likely",
        "The request has Sec-WebSocket-Key but lacks Upgrade, because a proxy did not forward Upgrade and Connection.",
      )
    const means = meanings[status]
    if (isHandshake(facts) && means !== undefined) return upgraded(facts, facts.isWorded ? "possible" : "likely", means)
    return status === 426 && /websocket/i.test(answerHeader("upgrade") ?? "")
      ? upgraded(
          facts,
          "likely",
          "The address accepts only WebSocket handshakes. The request is not a handshake, or a proxy turned the " +
            "handshake into a plain request.",
        )
      : undefined
  },
})

const upgraded = (facts: HttpFacts, confidence: Confidence, detail: string) =>
  found({ confidence, detail: `${detail}${spoken(facts)}`, evidence: [...answered(facts), ...said(facts)] })

const refused = rule({
  code: "HF-HTTP-UPGRADE-002",
  title: "The proxy or server rejects a request that offers another protocol (Upgrade)",
  explanation:
    "Some clients offer to switch to another protocol with every request. The Upgrade header names the offered " +
    "protocol; Apache HttpClient 5.4 sends TLS/1.2, others h2c. A server may ignore the offer to switch protocols. " +
    "Envoy (Istio) rejects every upgrade that is not enabled, with status 403 and no body.",
  fix: [
    {
      text: "disable protocol upgrades in the client (HttpClient 5.4: setProtocolUpgradeEnabled(false))",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades",
    "https://www.rfc-editor.org/rfc/rfc9110#section-7.8",
  ],
  find: (facts) => {
    const upgrade = facts.header("upgrade")
    if (upgrade === undefined || /websocket/i.test(upgrade) || ![400, 403, 426, 501, 503].includes(facts.status))
      return undefined
    if (facts.body.trim() !== "" && facts.isWorded) return undefined
    const isEnvoy = facts.intermediary?.who === "envoy" || /envoy/i.test(facts.answerHeader("server") ?? "")
    return found({
      confidence: isEnvoy ? "likely" : "possible",
      detail: `The request contains the header Upgrade: ${upgrade.slice(0, 40)}.${isEnvoy ? " Envoy rejects every upgrade that is not enabled." : ""}`,
      evidence: [
        ...answered(facts),
        { at: "request.headers.upgrade", name: "upgrade", observed: upgrade.slice(0, 40) },
      ],
    })
  },
})

/**
 * All rules about protocol upgrades. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const upgrade = [handshake, refused] as const
