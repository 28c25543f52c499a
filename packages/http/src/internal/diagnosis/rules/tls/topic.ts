/**
 * Helpers for the rules about TLS.
 */
import { topic } from "../../rule.ts"

/** Builds a rule about TLS. */
export const rule = topic("tls")

/** The codes with which Node reports rejected certificates. */
export const links = ["https://nodejs.org/api/tls.html#x509-certificate-error-codes"]
