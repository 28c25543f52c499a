/**
 * Upgrades to another protocol, mostly WebSocket (RFC 6455; RFC 9110, section 7.8).
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import { type HttpFacts, quote } from "../facts.ts"
import { answered, said, spoken, topic } from "../rule.ts"

const rule = topic("upgrade")

/** Servers' messages about a handshake, with their meaning. */
const sentences: ReadonlyArray<readonly [RegExp, string]> = [
  [/session id unknown/i, "The server of Socket.IO does not know the session: its requests reach several processes, and the balancer does not keep them at one (sticky sessions)."],
  [/transport unknown|unsupported protocol version/i, "Client and server of Socket.IO are of versions that do not fit, or the path belongs to something else."],
  [/bad handshake method/i, "A handshake has to be a GET."],
  [/origin (?:is )?not allowed|request origin not allowed|invalid origin/i, "The server admits only pages of some origins to its WebSocket."],
  [/'upgrade' token|upgrade only to|(?:missing|invalid|bad|no|expected) [\w"'\x60/ ]{0,24}(?:upgrade|connection|sec-websocket)[\w"'\x60-]{0,12}(?: header)?|not a websocket (?:handshake|request)|websocket: (?:the client|not a)|client is not using the websocket/i, "The server saw no complete handshake: the headers Upgrade and Connection are hop-by-hop, and a proxy in between passes them on only if it is set to (nginx: proxy_http_version 1.1 with Upgrade and Connection)."],
] // prettier-ignore

const isHandshake = ({ header }: HttpFacts): boolean =>
  header("sec-websocket-key") !== undefined ||
  header("sec-websocket-version") !== undefined ||
  /websocket/i.test(header("upgrade") ?? "")

/** The usual meaning of a refused handshake, by status. */
const meanings: Readonly<Record<number, string>> = {
  200: "The server answered as to a plain request: nothing takes WebSockets at this path, or a proxy did not pass the handshake on.",
  400: "A proxy in between did not pass on Upgrade and Connection, or the server does not accept the version, the key or the subprotocol.",
  401: "The server wants credentials in the handshake; browsers send only cookies with it.",
  403: "The server refuses the page's origin or the caller.",
  404: "Nothing takes WebSockets at this path.",
  405: "Nothing takes WebSockets at this path.",
  426: "The server saw no Upgrade header: a proxy in between did not pass it on.",
  500: "The server failed at the handshake: a proxy in between that does not pass on Upgrade and Connection is the usual reason.",
}

const handshake = rule({
  code: "HF-HTTP-UPGRADE-001",
  title: "The WebSocket handshake (Upgrade) did not get through: the server did not switch protocols",
  explanation:
    "A WebSocket begins as a GET with Upgrade: websocket and Connection: Upgrade, and only status 101 opens it. Both headers are hop-by-hop: a proxy drops them unless it is " +
    "set up for WebSockets. Other reasons are a path without a WebSocket behind it, a check of the page's Origin, and credentials that browsers cannot add to a handshake.",
  fix: [
    {
      text: "in the proxy, pass the handshake on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade)",
      safety: "check first",
    },
    { text: "compare with a handshake straight at the server, without the proxy", safety: "check first" },
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
        "The request has Sec-WebSocket-Key and no Upgrade: a proxy in front did not pass Upgrade and Connection on.",
      )
    const means = meanings[status]
    if (isHandshake(facts) && means !== undefined) return upgraded(facts, facts.isWorded ? "possible" : "likely", means)
    return status === 426 && /websocket/i.test(answerHeader("upgrade") ?? "")
      ? upgraded(
          facts,
          "likely",
          "The address takes WebSockets only, and the request is no handshake of one, or a proxy made a plain request of it.",
        )
      : undefined
  },
})

const upgraded = (facts: HttpFacts, confidence: Confidence, detail: string) =>
  found({ confidence, detail: `${detail}${spoken(facts)}`, evidence: [...answered(facts), ...said(facts)] })

const refused = rule({
  code: "HF-HTTP-UPGRADE-002",
  title: "The request asks for another protocol (Upgrade), which the proxy or server refuses",
  explanation:
    "Some clients offer with every request to go on in another protocol: Apache HttpClient 5.4 sends Upgrade: TLS/1.2, others h2c. A server may ignore the offer; Envoy (Istio) refuses " +
    "every upgrade that is not switched on, with status 403 and no body.",
  fix: [
    {
      text: "switch the offer off in the client (HttpClient 5.4: setProtocolUpgradeEnabled(false))",
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
      detail: `The request has Upgrade: ${upgrade.slice(0, 40)}.${isEnvoy ? " Envoy refuses an upgrade that is not switched on." : ""}`,
      evidence: [
        ...answered(facts),
        { at: "request.headers.upgrade", name: "upgrade", observed: upgrade.slice(0, 40) },
      ],
    })
  },
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const upgrade = [handshake, refused] as const
