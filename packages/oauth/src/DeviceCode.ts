/**
 * The code that a person approves to sign a device in.
 */
import type * as Redacted from "effect/Redacted"

/** What the server answers to a device authorization request (RFC 8628 section 3.2). */
export interface DeviceCode {
  /** What the device polls with. */
  readonly deviceCode: Redacted.Redacted<string>
  /** What the person enters: meant to be shown. */
  readonly userCode: string
  /** Where the person enters it. */
  readonly verificationUri: string
  /** The same with the code filled in, for a QR code; not every server gives it. */
  readonly verificationUriComplete?: string
  /** When the code ends, in milliseconds of the epoch by this device's clock. */
  readonly expiresAt: number
  /** Seconds between two polls. */
  readonly interval: number
  /** The server's name for the device, if it sends one. */
  readonly name?: string
}

/** The interval, in seconds, when the server names none (RFC 8628 section 3.2). */
export const defaultInterval = 5

/** The shortest interval between two polls, in seconds: a person needs longer to type a code. */
export const shortestInterval = 1

/** The lifetime, in seconds, if the server sends no usable one (RFC 8628 requires it). Short, so that no person waits for an expired code. */
export const defaultLifetime = 120

/** The longest lifetime, in seconds: providers send between 2 min and 30 min, so more than a day is a mistake. */
export const longestLifetime = 24 * 3600

/** The grant type of a poll (RFC 8628 section 3.4). */
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
