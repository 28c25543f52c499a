/**
 * Groups certificate errors by their fault, for the rules of a diagnosis and other texts for people.
 */
import { familyOf, keys } from "./keys.ts"

/** The fault of a certificate. */
export type CertificateFault = "expired" | "not yet valid" | "other host" | "revoked" | "untrusted"

/** The keys of the rows of a fault. */
export const keysOf: Readonly<Record<CertificateFault, ReadonlyArray<string>>> = {
  expired: ["CERT_HAS_EXPIRED"],
  "not yet valid": ["CERT_NOT_YET_VALID"],
  "other host": ["ERR_TLS_CERT_ALTNAME_INVALID"],
  revoked: ["CERT_REVOKED"],
  untrusted: ["CERT_*", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_*"],
}

const faults = new Map(
  (["expired", "not yet valid", "other host", "revoked", "untrusted"] as const).flatMap((fault) =>
    keysOf[fault].map((key) => [key, fault] as const),
  ),
)

/** The certificate fault that a code of OpenSSL or Node reports; `undefined` if it reports none. */
export const faultOf = (code: string): CertificateFault | undefined =>
  faults.get(keys.has(code) ? code : (familyOf(code) ?? ""))
