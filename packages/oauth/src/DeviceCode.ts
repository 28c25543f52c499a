/**
 * The code that a user approves to sign in a device.
 */
import type * as Redacted from "effect/Redacted"

/** The response to a device authorization request (RFC 8628 section 3.2). */
export interface DeviceCode {
  /** The code that the device sends when it polls. Secret. */
  readonly deviceCode: Redacted.Redacted<string>
  /** The code that the user enters. Show only this code to the user. */
  readonly userCode: string
  /** The address at which the user enters the code. */
  readonly verificationUri: string
  /** The verification address with the user code already filled in, for a QR code. Not every server sends this address. */
  readonly verificationUriComplete?: string
  /** The expiry of the code in epoch milliseconds, measured by this device's clock. */
  readonly expiresAt: number
  /** The number of seconds between two polls. */
  readonly interval: number
  /** The name that the server assigned to the device, if the server sends a name. */
  readonly name?: string
}

/** The polling interval, in seconds, that is used if the server does not send one (RFC 8628 section 3.2). */
export const defaultInterval = 5

/** The minimum interval between two polls in seconds. A user needs more than 1 s to type a code. */
export const shortestInterval = 1

/**
 * The lifetime, in seconds, that is assumed for a code if the server does not send a valid lifetime, although RFC 8628
 * requires one. The lifetime is short so that the user does not wait for a code that has already expired.
 */
export const defaultLifetime = 120

/**
 * The maximum lifetime of a code, in seconds. Providers send lifetimes between 2 min and 30 min, so a lifetime of more than a
 * day is a mistake.
 */
export const longestLifetime = 24 * 3600

/** The grant type that a poll sends (RFC 8628 section 3.4). */
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
