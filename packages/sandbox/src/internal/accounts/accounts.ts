/**
 * Who may call: device codes on their way to a person, access tokens with an end, refresh tokens that work once.
 *
 * **Details**
 *
 * Lives are those of Frame.io where a test does not ask for others: 120 s for a device code, 8 h for an access token. A
 * refresh kills the old pair; a refresh token that was used answers `invalid_request` from then on.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Identifiers } from "./identifiers.ts"

/** What an OAuth endpoint says when it does not give a token. */
export interface Denial {
  readonly error: string
  readonly status: number
}

/** A token answer, on the wire. */
export interface TokenWire {
  readonly access_token: string
  readonly expires_in: number
  readonly refresh_token: string
  readonly token_type: "bearer"
}

interface DeviceGrant {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresAt: number
  decision: "pending" | "approved" | "denied" | "spent"
  lastPollAt: number
}

/** Seconds for which a device code and its user code are good. */
export const deviceCodeLife = 120

/** How long an expired device code is kept, so that a late poll gets `expired_token`: one hour. */
const rememberedMs = 3_600_000

export type Accounts = ReturnType<typeof make>

/** `interval` and `tokenLife` are seconds. */
export const make = (ids: Identifiers, options: { readonly interval: number; readonly tokenLife: number }) => {
  const grants = new Map<string, DeviceGrant>()
  const access = new Map<string, number>()
  const refresh = new Map<string, string>()

  const issue = (now: number): TokenWire => {
    const wire = {
      access_token: `sandbox-access-${ids.hex("access")}`,
      expires_in: options.tokenLife,
      refresh_token: ids.uuid("refresh"),
      token_type: "bearer" as const,
    }
    access.set(wire.access_token, now + options.tokenLife * 1000)
    refresh.set(wire.refresh_token, wire.access_token)
    return wire
  }

  const denied = (error: string, status = 400): Denial => ({ error, status })

  const pollAt = (deviceCode: string, now: number, monotonic: number): TokenWire | Denial => {
    const grant = grants.get(deviceCode)
    if (grant === undefined || grant.decision === "spent") return denied("invalid_request")
    if (now > grant.expiresAt) return denied("expired_token")
    // Half an interval is forgiven: a wait that was rounded down is not a client in a hurry.
    const hurried = monotonic - grant.lastPollAt < options.interval * 500
    grant.lastPollAt = monotonic
    if (hurried) return denied("slow_down")
    if (grant.decision === "pending") return denied("authorization_pending")
    if (grant.decision === "denied") return denied("access_denied", 401)
    grant.decision = "spent"
    return issue(now)
  }

  const pending = (userCode: string, now: number): DeviceGrant | undefined =>
    [...grants.values()].find(
      (grant) => grant.userCode === userCode && grant.decision === "pending" && now <= grant.expiresAt,
    )

  return {
    /** A new pair of codes. */
    requestCode: Effect.map(Clock.currentTimeMillis, (now) => {
      // Codes are in the order of their expiry, so the first one to keep ends the search.
      for (const [code, { expiresAt }] of grants) {
        if (now - expiresAt < rememberedMs) break
        grants.delete(code)
      }
      const grant: DeviceGrant = {
        deviceCode: ids.hex("device code"),
        userCode: ids.digits("user code"),
        expiresAt: now + deviceCodeLife * 1000,
        decision: "pending",
        lastPollAt: Number.NEGATIVE_INFINITY,
      }
      grants.set(grant.deviceCode, grant)
      return { deviceCode: grant.deviceCode, userCode: grant.userCode, interval: options.interval }
    }),

    /** Whether a code with these digits waits for a person. */
    waits: (userCode: string) => Effect.map(Clock.currentTimeMillis, (now) => pending(userCode, now) !== undefined),

    /** The person's word. False when no code with these digits waits for it. */
    decide: (userCode: string, decision: "approved" | "denied") =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const grant = pending(userCode, now)
        if (grant !== undefined) grant.decision = decision
        return grant !== undefined
      }),

    /** One poll for the tokens of a device code. */
    poll: (deviceCode: string) =>
      Effect.map(Effect.all([Clock.currentTimeMillis, Clock.monotonicTimeNanos]), ([now, nanos]) =>
        pollAt(deviceCode, now, Number(nanos) / 1e6),
      ),

    /** A new pair for a refresh token that was never used. */
    refresh: (token: string) =>
      Effect.map(Clock.currentTimeMillis, (now): TokenWire | Denial => {
        const old = refresh.get(token)
        if (old === undefined) return denied("invalid_request")
        refresh.delete(token)
        access.delete(old)
        return issue(now)
      }),

    /** Forgets a token, whichever of the two it is, with its other half. */
    revoke: (token: string) =>
      Effect.sync(() => {
        for (const [key, value] of refresh) {
          if (key !== token && value !== token) continue
          refresh.delete(key)
          access.delete(value)
        }
      }),

    /** Ends every access token now. The refresh tokens stay good. */
    expireAll: Effect.sync(() => access.clear()),

    /** Whether an access token is good at this moment. */
    accepts: (token: string) =>
      Effect.map(Clock.currentTimeMillis, (now) => now < (access.get(token) ?? Number.NEGATIVE_INFINITY)),
  }
}

export const isDenial = (answer: TokenWire | Denial): answer is Denial => "error" in answer
