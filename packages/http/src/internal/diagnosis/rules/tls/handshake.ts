/**
 * Rules for TLS handshakes that fail before a certificate is checked, or because the client has no certificate.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { handshakeOf } from "../../remarks.ts"
import { answered, hostOf, onFailure, onPage, said, starting } from "../../rule.ts"
import { links, rule } from "./topic.ts"

export const plainPort = rule({
  code: "HF-HTTP-TLS-005",
  title: "The port does not speak TLS: the client used https for a port that serves http",
  explanation:
    "The first bytes of the response were not TLS. The URL specifies https, but the port serves plain HTTP. " +
    "Alternatively, the client connects to its proxy with TLS, but the proxy accepts only plain HTTP.",
  fix: [{ text: "use http:// for this port, or the port that has TLS (443)", safety: "check first" }],
  change: "plan",
  links,
  rivals: ["HF-HTTP-TLS-007", "HF-HTTP-TLS-008"],
  find: onFailure(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"], (facts) => ({
    // Unreadable bytes may also be TLS that was damaged in transit.
    confidence: /frame size|corrupted frame|unexpected packet|InvalidContentType/i.test(facts.failure?.text ?? "")
      ? "likely"
      : "certain",
    detail: `${starting(hostOf(facts))} answered the TLS handshake with data that is not TLS: plain HTTP, or a page from a proxy or filter.`,
  })),
})

export const securePort = rule({
  code: "HF-HTTP-TLS-006",
  title: "The port speaks TLS: the client sent plain HTTP to a port that serves https",
  explanation:
    "The port expects a TLS handshake but received an unencrypted request. Some servers report the unencrypted " +
    "request in a page with status 400. Other servers close the connection. The whole request, including any " +
    "tokens, was sent unencrypted.",
  fix: [{ text: "use https:// for this port", safety: "safe to apply" }],
  change: "plan",
  links: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors"],
  rivals: ["HF-HTTP-LIMIT-003", "HF-HTTP-BOX-001"],
  find: (facts) => {
    if (facts.failure?.key === "ERR_SSL_HTTP_REQUEST") {
      return found({
        confidence: "certain",
        detail: `${starting(hostOf(facts))} expects TLS on this port.`,
        evidence: [{ at: "failure", name: "failure", observed: facts.failure.text.slice(0, 200) }],
      })
    }
    if (
      facts.isWorded ||
      !/https? .{0,40}\bhttps (?:port|server)|instead use the https scheme|tls handshake/i.test(facts.body)
    )
      return undefined
    return found({
      confidence: "certain",
      detail: `${starting(hostOf(facts))} reports that this port expects https.`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

export const handshake = rule({
  code: "HF-HTTP-TLS-007",
  title: "The client and the server have no TLS version or cipher in common",
  explanation:
    "The handshake was refused. One side may be too old for the other, or a client certificate may be missing. The " +
    "handshake may also contain a server name (SNI) that the server does not serve.",
  fix: [
    {
      text: "upgrade the older side to TLS 1.2 or 1.3; check whether the server requires a client certificate",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc8446#section-6.2"],
  rivals: ["HF-HTTP-TLS-005"],
  find: onFailure(
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"],
    (facts) => ({
      confidence: "certain",
      detail: `The handshake with ${hostOf(facts)} was refused.${handshakeOf(facts)}`,
    }),
  ),
})

export const broken = rule({
  code: "HF-HTTP-TLS-008",
  title: "The secure connection broke during or after the handshake",
  explanation:
    "The connection was established, but TLS failed. A firewall may reset connections based on the name in the " +
    "handshake. A proxy may be unable to forward TLS, or the network may damage packets. If TLS failed after the " +
    "handshake, the server may have read the request.",
  fix: [
    { text: "send again with backoff", safety: "safe to apply" },
    { text: "if the connection breaks every time on this network, try another network", safety: "check first" },
  ],
  change: "nothing",
  links,
  find: onFailure(["unfinished handshake", "ERR_SSL_*", "ERR_TLS_*", "EPROTO"], (facts) => ({
    confidence: "likely",
    detail: `TLS with ${hostOf(facts)} ended ${
      facts.failure?.row.form === "nothing" ? "during the handshake; nothing was sent" : "with an error"
    }.`,
  })),
})

export const clientCertificate = rule({
  code: "HF-HTTP-TLS-010",
  title: "The server requires a client certificate (mutual TLS), but the client did not send an accepted one",
  explanation:
    "The server, or the gateway in front of it, accepts only clients that present a certificate from an authority " +
    "that it trusts. The request was sent without an accepted certificate. The certificate may be missing, expired " +
    "or from another authority, or the client may have failed to load it together with its private key.",
  fix: [
    {
      text: "configure the client certificate, its private key and the intermediate certificates",
      safety: "check first",
    },
    { text: "ask the operator of the server which certificate authority the server accepts", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://www.rfc-editor.org/rfc/rfc8446#section-4.3.2",
    "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors",
  ],
  rivals: [],
  soleCause: "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors",
  find: (facts) =>
    onPage(["client certificate"])(facts) ??
    onFailure(["client certificate"], () => ({
      confidence: "likely",
      detail: `${starting(hostOf(facts))} requires a client certificate, or rejects the one that was sent.`,
    }))(facts),
})
