/**
 * Failed TLS handshakes and rejected certificates.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { timeOf } from "@holdfast/diagnosis/Exchange"
import * as Certificates from "../../errors/transport/certificates.ts"
import type { HttpFacts } from "../facts.ts"
import { chainOf, handshakeOf } from "../remarks.ts"
import { answered, hostOf, onFailure, onPage, said, topic } from "../rule.ts"

const rule = topic("tls")

const links = ["https://nodejs.org/api/tls.html#x509-certificate-error-codes"]

/** The largest time value, in milliseconds since 1970 (ECMA-262, "Time values"). */
const farthest = 8.64e15

const localTime = ({ exchange }: HttpFacts): string => {
  const at = timeOf(exchange)
  if (at === undefined || Math.abs(at) > farthest) return ""
  // @effect-diagnostics-next-line globalDate:off
  return ` The local clock says ${new Date(at).toISOString()}.`
}

const expired = rule({
  code: "HF-HTTP-TLS-001",
  title: "The certificate has expired by the local clock",
  explanation:
    "The certificate is past its last day, as the local clock counts. A public service renews in time, so look at " +
    "the clock first: a device without network time may be years ahead. With the right time, the server's " +
    "certificate, or that of an intermediary that inspects the traffic, has really expired.",
  fix: [
    { text: "set the clock from network time and send again", safety: "check first" },
    { text: "with a right clock: the owner of the server has to renew the certificate", safety: "check first" },
  ],
  change: "clock",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure(Certificates.keysOf.expired, (facts) =>
    // Chromium and .NET use one code for certificates that are expired and for those that are not valid yet.
    /DATE_INVALID|NotTimeValid/.test(facts.failure?.text ?? "")
      ? {
          confidence: "likely",
          detail: `The certificate of ${hostOf(facts)} has expired, or is not yet valid, by the local clock.${localTime(facts)}`,
        }
      : {
          confidence: "certain",
          detail: `The certificate of ${hostOf(facts)} is past its last day.${localTime(facts)}`,
        },
  ),
})

const notYetValid = rule({
  code: "HF-HTTP-TLS-002",
  title: "The local clock is behind: the certificate is not valid yet",
  explanation:
    "The first day of the certificate lies in the future of the local clock. Certificates are not issued ahead of " +
    "time, so it is the clock that is wrong, typically of a device that started without network time.",
  fix: [{ text: "set the clock from network time and send again", safety: "check first" }],
  change: "clock",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure(Certificates.keysOf["not yet valid"], (facts) => ({
    confidence: "certain",
    detail: `The certificate of ${hostOf(facts)} has not begun to be valid.${localTime(facts)}`,
  })),
})

const otherHost = rule({
  code: "HF-HTTP-TLS-003",
  title: "The certificate is for another host",
  explanation:
    "The server that answered cannot prove that it is the host that was asked. The name in the URL is not the one " +
    "that the service has (an IP address, a bucket name with dots in front of a wildcard), or a captive portal or " +
    "proxy has answered in its place.",
  fix: [
    {
      text: "use the host name that the certificate is for; a bucket with dots in its name goes into the path",
      safety: "check first",
    },
    { text: "open a page in a browser on this network, and sign in if a portal asks", safety: "check first" },
  ],
  change: "human",
  links: [...links, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"],
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure(Certificates.keysOf["other host"], (facts) => ({
    confidence: "certain",
    detail: `The certificate that was shown is not for ${hostOf(facts)}.`,
  })),
})

/** The client's own file of authorities (CURLE_SSL_CACERT_BADFILE, requests). */
const noBundle =
  /curl: \(77\)|CURLcode ?[=:] ?77\b|error setting certificate (?:verify locations|file)|could not find a suitable TLS CA certificate bundle/i

const unknownAuthority = rule({
  code: "HF-HTTP-TLS-004",
  title: "The certificate comes from an authority that this machine does not know",
  explanation:
    "The chain of certificates does not end in a trusted root. On a company or hotel network that is usually an " +
    "intermediary that opens the traffic and re-signs it; on a self-hosted server, a certificate signed by itself " +
    "or an intermediate that is not sent along; on an old device, roots that are out of date. Switching the check " +
    "off would hand the secrets to any server that answers.",
  fix: [
    {
      text: "on a network that inspects traffic, add its root for the client: Node NODE_EXTRA_CA_CERTS, Python REQUESTS_CA_BUNDLE or SSL_CERT_FILE, Go and curl SSL_CERT_FILE, Java its truststore (keytool -importcert)",
      safety: "check first",
    },
    { text: "on a server of your own, send the intermediate certificates along", safety: "check first" },
  ],
  change: "human",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure([...Certificates.keysOf.untrusted, "weak certificate"], (facts) =>
    noBundle.test(facts.failure?.text.slice(0, 2000) ?? "")
      ? {
          confidence: "likely",
          detail:
            "The client could not load its own file of trusted authorities (CA bundle): the file is missing, " +
            "unreadable or not in PEM format. The server's certificate was not checked.",
          fix: [
            {
              text: "install the CA bundle (the package ca-certificates), or correct its path (--cacert, CURL_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE)",
              safety: "check first",
            },
          ],
        }
      : facts.failure?.key === "weak certificate"
        ? {
            confidence: "likely",
            detail: `The certificate of ${hostOf(facts)}, or of its authority, has a key or a signature that is too weak for this client.`,
          }
        : {
            confidence: "certain",
            detail: `No authority that this machine trusts vouches for the certificate of ${hostOf(facts)}.${chainOf(facts)}`,
          },
  ),
})

const plainPort = rule({
  code: "HF-HTTP-TLS-005",
  title: "The port does not speak TLS: https was asked where http is served",
  explanation:
    "The first bytes of the answer were no TLS. The URL says https, but the port serves plain HTTP, or a proxy is " +
    "addressed as if it spoke TLS itself.",
  fix: [{ text: "use http:// for this port, or the port that has TLS (443)", safety: "check first" }],
  change: "plan",
  links,
  rivals: ["HF-HTTP-TLS-007", "HF-HTTP-TLS-008"],
  find: onFailure(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"], (facts) => ({
    // Unreadable bytes may also be TLS that was damaged in transit.
    confidence: /frame size|corrupted frame|unexpected packet|InvalidContentType/i.test(facts.failure?.text ?? "")
      ? "likely"
      : "certain",
    detail: `${hostOf(facts)} answered the TLS handshake with something else than TLS: plain HTTP, or the page of a proxy or filter.`,
  })),
})

const securePort = rule({
  code: "HF-HTTP-TLS-006",
  title: "The port speaks TLS: http was sent where https is served",
  explanation:
    "A plain request came to a port that waits for a TLS handshake. Some servers say so in a page with status 400, " +
    "others cut the connection. Whatever the request carried, tokens included, travelled unprotected.",
  fix: [{ text: "use https:// for this port", safety: "safe to apply" }],
  change: "plan",
  links: ["https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors"],
  rivals: ["HF-HTTP-LIMIT-003", "HF-HTTP-BOX-001"],
  find: (facts) => {
    if (facts.failure?.key === "ERR_SSL_HTTP_REQUEST") {
      return found({
        confidence: "certain",
        detail: `${hostOf(facts)} speaks TLS on this port.`,
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
      detail: `${hostOf(facts)} says that this port takes https.`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

const handshake = rule({
  code: "HF-HTTP-TLS-007",
  title: "Client and server find no common version or cipher of TLS",
  explanation:
    "The handshake was refused: the client is too old for the server or the server for the client, a client " +
    "certificate is missing, or the name in the handshake (SNI) is one that the server does not serve.",
  fix: [
    {
      text: "bring the older side up to TLS 1.2 or 1.3; check whether the server asks for a client certificate",
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

const broken = rule({
  code: "HF-HTTP-TLS-008",
  title: "The secure connection broke in or after its handshake",
  explanation:
    "The connection was there, but TLS did not survive: a firewall that resets connections by the name in the " +
    "handshake, a proxy that does not pass TLS on, or a network that damages packets. If it broke after the " +
    "handshake, the request may have been read.",
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

const clientCertificate = rule({
  code: "HF-HTTP-TLS-010",
  title: "The server requires a client certificate (mutual TLS), but the client did not send an accepted one",
  explanation:
    "The server, or the gateway in front of it, accepts only clients with a certificate from an authority that it " +
    "trusts. The request was sent without an accepted certificate. The certificate may be missing or expired, it " +
    "may come from another authority, or the client could not load it together with its private key.",
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
      detail: `${hostOf(facts)} requires a client certificate, or rejects the one that was sent.`,
    }))(facts),
})

const revoked = rule({
  code: "HF-HTTP-TLS-009",
  title: "The certificate was revoked by its issuer",
  explanation:
    "The issuer revoked the certificate before its expiry date, usually because the private key leaked or the " +
    "certificate was issued by mistake. Trusting another root certificate does not help, and disabling certificate " +
    "verification could expose secrets to an impostor.",
  fix: [
    { text: "ask the owner of the server to install a new certificate", safety: "check first" },
    { text: "on a network that inspects traffic, use another network", safety: "check first" },
  ],
  change: "human",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure(Certificates.keysOf.revoked, (facts) => ({
    confidence: "certain",
    detail: `The issuer revoked the certificate of ${hostOf(facts)}.`,
  })),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const tls = [
  expired,
  notYetValid,
  otherHost,
  unknownAuthority,
  plainPort,
  securePort,
  handshake,
  broken,
  clientCertificate,
  revoked,
] as const
