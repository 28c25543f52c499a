/**
 * The code that a person approves to sign a device in.
 */
import type * as Redacted from "effect/Redacted"

/** The response to a device authorization request (RFC 8628 section 3.2). */
export interface DeviceCode {
  /** The code with which the device polls. Secret. */
  readonly deviceCode: Redacted.Redacted<string>
  /** The code that the person enters, and the only one to show. */
  readonly userCode: string
  /** The address at which the person enters the code. */
  readonly verificationUri: string
  /** The same address with the code filled in, for a QR code. Not every server sends it. */
  readonly verificationUriComplete?: string
  /** The expiry of the code in epoch milliseconds, by this device's clock. */
  readonly expiresAt: number
  /** The seconds between two polls. */
  readonly interval: number
  /** The server's name for the device, if it sends one. */
  readonly name?: string
}

/** The interval in seconds if the server sends none (RFC 8628 section 3.2). */
export const defaultInterval = 5

/** The minimum interval between two polls in seconds. A person needs longer to type a code. */
export const shortestInterval = 1

/**
 * The lifetime in seconds if the server sends no valid one, although RFC 8628 requires it. It is short, so that no
 * person waits for an expired code.
 */
export const defaultLifetime = 120

/** The maximum lifetime in seconds. Providers send between 2 min and 30 min, so more than a day is a mistake. */
export const longestLifetime = 24 * 3600

/** The grant type of a poll (RFC 8628 section 3.4). */
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
