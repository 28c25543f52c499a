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
  title: "The certificate has expired according to the local clock",
  explanation:
    "According to the local clock, the certificate is past its last day. Public services usually renew their " +
    "certificates in time, so check the clock first. The clock of a device without network time may be years " +
    "ahead. If the clock is correct, the server's certificate has really expired. The expired certificate may also " +
    "belong to an intermediary that inspects the traffic.",
  fix: [
    { text: "set the clock from network time and send the request again", safety: "check first" },
    { text: "if the clock is correct, the owner of the server must renew the certificate", safety: "check first" },
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
          detail: `According to the local clock, the certificate of ${hostOf(facts)} has expired or is not yet valid.${localTime(facts)}`,
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
    "According to the local clock, the first day of the certificate is in the future. Certificates are not issued " +
    "ahead of time, so the clock is wrong. The clock is typically wrong on a device that started without network " +
    "time.",
  fix: [{ text: "set the clock from network time and send the request again", safety: "check first" }],
  change: "clock",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure(Certificates.keysOf["not yet valid"], (facts) => ({
    confidence: "certain",
    detail: `The certificate of ${hostOf(facts)} is not valid yet.${localTime(facts)}`,
  })),
})

const otherHost = rule({
  code: "HF-HTTP-TLS-003",
  title: "The certificate is for another host",
  explanation:
    "The server that responded cannot prove that it is the requested host. The name in the URL may be missing from " +
    "the certificate, for example if the URL contains an IP address or if dots in a bucket name prevent a wildcard " +
    "match. A captive portal or proxy may also have responded in place of the server.",
  fix: [
    {
      text: "use a host name that the certificate covers; put a bucket whose name contains dots into the path",
      safety: "check first",
    },
    {
      text: "open a page in a browser on this network, and sign in if a captive portal appears",
      safety: "check first",
    },
  ],
  change: "human",
  links: [...links, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"],
  rivals: [],
  soleCause: "https://nodejs.org/api/tls.html#x509-certificate-error-codes",
  find: onFailure(Certificates.keysOf["other host"], (facts) => ({
    confidence: "certain",
    detail: `The certificate that the server presented is not for ${hostOf(facts)}.`,
  })),
})

/** The client's own file of authorities (CURLE_SSL_CACERT_BADFILE, requests). */
const noBundle =
  /curl: \(77\)|CURLcode ?[=:] ?77\b|error setting certificate (?:verify locations|file)|could not find a suitable TLS CA certificate bundle/i

const unknownAuthority = rule({
  code: "HF-HTTP-TLS-004",
  title: "The certificate comes from an authority that this machine does not trust",
  explanation:
    "The certificate chain does not end in a trusted root. On a company or hotel network, the usual cause is an " +
    "intermediary that decrypts and re-signs the traffic. On a self-hosted server, the certificate may be " +
    "self-signed, or the server may omit an intermediate certificate. On an old device, the trusted roots may be " +
    "out of date. Disabling the check would expose secrets to any server that responds.",
  fix: [
    {
      text: "on a network that inspects traffic, add its root certificate for the client: Node uses NODE_EXTRA_CA_CERTS, Python uses REQUESTS_CA_BUNDLE or SSL_CERT_FILE, Go and curl use SSL_CERT_FILE, and Java uses its truststore (keytool -importcert)",
      safety: "check first",
    },
    {
      text: "on your own server, send the intermediate certificates with the server certificate",
      safety: "check first",
    },
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
              text: "install the CA bundle (the ca-certificates package), or correct its path (--cacert, CURL_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE)",
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
            detail: `The certificate of ${hostOf(facts)} was not issued by an authority that this machine trusts.${chainOf(facts)}`,
          },
  ),
})

const plainPort = rule({
  code: "HF-HTTP-TLS-005",
  title: "The port does not speak TLS: the client used https for a port that serves http",
  explanation:
    "The first bytes of the response were not TLS. The URL specifies https, but the port serves plain HTTP, or the " +
    "client addresses a proxy as if it spoke TLS itself.",
  fix: [{ text: "use http:// for this port, or the port that has TLS (443)", safety: "check first" }],
  change: "plan",
  links,
  rivals: ["HF-HTTP-TLS-007", "HF-HTTP-TLS-008"],
  find: onFailure(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"], (facts) => ({
    // Unreadable bytes may also be TLS that was damaged in transit.
    confidence: /frame size|corrupted frame|unexpected packet|InvalidContentType/i.test(facts.failure?.text ?? "")
      ? "likely"
      : "certain",
    detail: `${hostOf(facts)} answered the TLS handshake with data that is not TLS: plain HTTP, or a page from a proxy or filter.`,
  })),
})

const securePort = rule({
  code: "HF-HTTP-TLS-006",
  title: "The port speaks TLS: the client sent plain HTTP to a port that serves https",
  explanation:
    "The port expects a TLS handshake but received an unencrypted request. Some servers report this in a page with " +
    "status 400. Others close the connection. The whole request, including any tokens, was sent unencrypted.",
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
      detail: `${hostOf(facts)} reports that this port expects https.`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

const handshake = rule({
  code: "HF-HTTP-TLS-007",
  title: "The client and the server do not share a TLS version or cipher",
  explanation:
    "The handshake was refused. One side may be too old for the other, or a client certificate may be missing. The " +
    "handshake may also contain a name (SNI) that the server does not serve.",
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

const broken = rule({
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
