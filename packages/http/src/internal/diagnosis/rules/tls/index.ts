/**
 * Rules for failed TLS handshakes and rejected certificates.
 */
import { expired, notYetValid, otherHost, revoked, unknownAuthority } from "./certificate.ts"
import { broken, clientCertificate, handshake, plainPort, securePort } from "./handshake.ts"

/** All rules about TLS. Findings of equal rank are sorted in the order in which their rules are listed. */
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
