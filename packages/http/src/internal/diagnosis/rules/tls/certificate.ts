/**
 * Rules for certificates that the client rejects.
 */
import { timeOf } from "@holdfast/diagnosis/Exchange"
import * as Certificates from "../../../errors/transport/certificates.ts"
import type { HttpFacts } from "../../facts.ts"
import { chainOf } from "../../remarks.ts"
import { hostOf, onFailure } from "../../rule.ts"
import { links, rule } from "./topic.ts"

/** The largest time value, in milliseconds since 1970 (ECMA-262, "Time values"). */
const farthest = 8.64e15

const localTime = ({ exchange }: HttpFacts): string => {
  const at = timeOf(exchange)
  if (at === undefined || Math.abs(at) > farthest) return ""
  // @effect-diagnostics-next-line globalDate:off
  return ` The local clock shows ${new Date(at).toISOString()}.`
}

export const expired = rule({
  code: "HF-HTTP-TLS-001",
  title: "The certificate has expired according to the local clock",
  explanation:
    "According to the local clock, the certificate is past its expiry date. Public services usually renew their " +
    "certificates in time, so check the clock first. The clock of a device without network time may be years " +
    "ahead. If the clock is correct, the certificate has in fact expired. The expired certificate may also belong " +
    "to an intermediary that inspects the traffic.",
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
          detail: `The certificate of ${hostOf(facts)} is past its expiry date.${localTime(facts)}`,
        },
  ),
})

export const notYetValid = rule({
  code: "HF-HTTP-TLS-002",
  title: "The local clock is behind: the certificate is not valid yet",
  explanation:
    "According to the local clock, the validity period of the certificate has not begun. Certificates are not " +
    "issued ahead of time, so the clock is wrong. The clock is typically wrong on a device that started without " +
    "network time.",
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

export const otherHost = rule({
  code: "HF-HTTP-TLS-003",
  title: "The certificate is for another host",
  explanation:
    "The server that responded cannot prove that it is the requested host. The name in the URL may not be covered " +
    "by the certificate, for example if the URL contains an IP address or if dots in a bucket name prevent a " +
    "wildcard match. A captive portal or proxy may also have responded in place of the server.",
  fix: [
    {
      text: "use a host name that the certificate covers; if a bucket name contains dots, put it in the path",
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

/** Matches messages about the client's own file of certificate authorities (CURLE_SSL_CACERT_BADFILE, requests). */
const noBundle =
  /curl: \(77\)|CURLcode ?[=:] ?77\b|error setting certificate (?:verify locations|file)|could not find a suitable TLS CA certificate bundle/i

export const unknownAuthority = rule({
  code: "HF-HTTP-TLS-004",
  title: "The certificate comes from an authority that this machine does not trust",
  explanation:
    "The certificate chain does not end in a trusted root. On a company or hotel network, the usual cause is an " +
    "intermediary that decrypts and re-signs the traffic. On a self-hosted server, the certificate may be " +
    "self-signed, or the server may omit an intermediate certificate. On an old device, the trusted roots may be " +
    "out of date. Disabling the check would expose secrets to any server that responds.",
  fix: [
    {
      text: "on a network that inspects traffic, add the network's root certificate to the client's trusted certificates: Node uses NODE_EXTRA_CA_CERTS, Python uses REQUESTS_CA_BUNDLE or SSL_CERT_FILE, Go and curl use SSL_CERT_FILE, and Java uses its truststore (keytool -importcert)",
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

export const revoked = rule({
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
