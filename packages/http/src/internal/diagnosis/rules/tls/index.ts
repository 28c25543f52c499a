/**
 * Rules for failed TLS handshakes and rejected certificates.
 */
import { expired, notYetValid, otherHost, revoked, unknownAuthority } from "./certificate.ts"
import { broken, clientCertificate, handshake, plainPort, securePort } from "./handshake.ts"

/** All rules about TLS. If two findings rank equally, the finding from the rule that is listed first comes first. */
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
