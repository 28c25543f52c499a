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
  /** The name under which the server knows the device, where it gives one. */
  readonly name?: string
}

/** The interval, in seconds, when the server names none (RFC 8628 section 3.2). */
export const defaultInterval = 5

/** No two polls are closer, in seconds, whatever the server names: a person needs longer to type a code. */
export const shortestInterval = 1

/** The lifetime, in seconds, when the server names none that can be used, although RFC 8628 requires it: short, so that no person waits for a code that has ended. */
export const defaultLifetime = 120

/** No code lives longer, in seconds: providers name between 2 min and 30 min, and a day already is a mistake. */
export const longestLifetime = 24 * 3600
