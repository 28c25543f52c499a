/**
 * Failed TLS handshakes and rejected certificates.
 */
import { expired, notYetValid, otherHost, revoked, unknownAuthority } from "./certificate.ts"
import { broken, clientCertificate, handshake, plainPort, securePort } from "./handshake.ts"

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
