/**
 * Groups certificate errors by fault, for diagnosis rules and other text that users read.
 */
import { familyOf, keys } from "./keys.ts"

/** The fault that makes a certificate invalid. */
export type CertificateFault = "expired" | "not yet valid" | "other host" | "revoked" | "untrusted"

/** The keys of the table rows for each fault. */
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

/**
 * Returns the certificate fault that an OpenSSL or Node error code reports, or `undefined` if the code does not report such a
 * fault.
 */
export const faultOf = (code: string): CertificateFault | undefined =>
  faults.get(keys.has(code) ? code : (familyOf(code) ?? ""))
