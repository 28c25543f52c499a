/**
 * The grants of the sandbox: device codes that are waiting for approval, access tokens that expire, and single-use refresh
 * tokens.
 *
 * **Details**
 *
 * The default lifetimes are Frame.io's: 120 s for a device code, 8 h for an access token. A refresh revokes the old pair. A
 * refresh token that is used again causes `invalid_request`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { RefreshRequest } from "../../RefreshRequest.ts"
import type { Identifiers } from "./identifiers.ts"

/** Why a token endpoint rejects a request. */
export interface Denial {
  readonly error: string
  readonly status: number
}

/** A token response on the wire. */
export interface TokenWire {
  readonly access_token: string
  readonly expires_in: number
  readonly refresh_token: string
  readonly token_type: "bearer"
}

/** A request with a refresh token, whose fate is filled in as it becomes known. */
export type Arrival = { -readonly [K in keyof RefreshRequest]: RefreshRequest[K] }

interface DeviceGrant {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresAt: number
  decision: "pending" | "approved" | "denied" | "spent"
  lastPollAt: number
}

/** The lifetime of a device code and its user code, in seconds. */
export const deviceCodeLife = 120

/** How long an expired device code is kept, in milliseconds. A poll during this time still receives `expired_token`. */
const rememberedMs = 3_600_000

export type Accounts = ReturnType<typeof make>

/** `interval` and `tokenLife` are in seconds. */
export const make = (ids: Identifiers, options: { readonly interval: number; readonly tokenLife: number }) => {
  const grants = new Map<string, DeviceGrant>()
  const access = new Map<string, number>()
  const refresh = new Map<string, string>()
  /** The number of each refresh token's pair, and how often the token was used. */
  const pairs = new Map<string, { readonly pair: number; uses: number }>()
  const refreshes: Array<Arrival> = []

  const issue = (now: number): TokenWire => {
    const wire = {
      access_token: `sandbox-access-${ids.hex("access")}`,
      expires_in: options.tokenLife,
      refresh_token: ids.uuid("refresh"),
      token_type: "bearer" as const,
    }
    access.set(wire.access_token, now + options.tokenLife * 1000)
    refresh.set(wire.refresh_token, wire.access_token)
    pairs.set(wire.refresh_token, { pair: pairs.size + 1, uses: 0 })
    return wire
  }

  const numberOf = (token: string): number => pairs.get(token)?.pair ?? 0

  const use = (token: string, arrival: Arrival, wire: TokenWire | undefined): void => {
    const used = pairs.get(token)
    if (used !== undefined) used.uses++
    arrival.use = used?.uses ?? 1
    arrival.issued = wire === undefined ? null : numberOf(wire.refresh_token)
  }

  const denied = (error: string, status = 400): Denial => ({ error, status })

  const pollAt = (deviceCode: string, now: number, monotonic: number): TokenWire | Denial => {
    const grant = grants.get(deviceCode)
    if (grant === undefined || grant.decision === "spent") return denied("invalid_request")
    if (now > grant.expiresAt) return denied("expired_token")
    // A poll may be half an interval early, because a client may round its waits down.
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
    /** Creates a pair of codes. */
    requestCode: Effect.map(Clock.currentTimeMillis, (now) => {
      // Codes are in the order of their expiry, so the search ends at the first one to keep.
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

    /** Whether a code with these digits is waiting for approval. */
    waits: (userCode: string) => Effect.map(Clock.currentTimeMillis, (now) => pending(userCode, now) !== undefined),

    /** Records the user's decision. Returns false if no pending code has these digits. */
    decide: (userCode: string, decision: "approved" | "denied") =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const grant = pending(userCode, now)
        if (grant !== undefined) grant.decision = decision
        return grant !== undefined
      }),

    /** Answers one poll for the tokens of a device code. */
    poll: (deviceCode: string) =>
      Effect.map(Effect.all([Clock.currentTimeMillis, Clock.monotonicTimeNanos]), ([now, nanos]) =>
        pollAt(deviceCode, now, Number(nanos) / 1e6),
      ),

    /** Records that a request with a refresh token has arrived. */
    arrived: (token: string) =>
      Effect.map(Clock.currentTimeMillis, (at): Arrival => {
        const unknown = { use: null, issued: null, fault: null, status: null, endedAt: null }
        const arrival: Arrival = { at, pair: numberOf(token), ...unknown }
        refreshes.push(arrival)
        return arrival
      }),

    /** Issues a new pair for an unused refresh token. */
    refresh: (token: string, arrival: Arrival) =>
      Effect.map(Clock.currentTimeMillis, (now): TokenWire | Denial => {
        const old = refresh.get(token)
        if (old !== undefined) {
          refresh.delete(token)
          access.delete(old)
        }
        const wire = old === undefined ? undefined : issue(now)
        use(token, arrival, wire)
        return wire ?? denied("invalid_request")
      }),

    /** All requests with refresh tokens so far, in the order of arrival. */
    refreshes: Effect.sync((): ReadonlyArray<RefreshRequest> => refreshes.map((arrival) => ({ ...arrival }))),

    /** The number of the pair of a refresh token; 0 if the token is unknown. */
    pairOf: (token: string) => Effect.sync(() => numberOf(token)),

    /** Revokes a token of either type, together with the other token of its pair. */
    revoke: (token: string) =>
      Effect.sync(() => {
        for (const [key, value] of refresh) {
          if (key !== token && value !== token) continue
          refresh.delete(key)
          access.delete(value)
        }
      }),

    /** Expires all access tokens now. Refresh tokens stay valid. */
    expireAll: Effect.sync(() => access.clear()),

    /** Whether an access token is valid now. */
    accepts: (token: string) =>
      Effect.map(Clock.currentTimeMillis, (now) => now < (access.get(token) ?? Number.NEGATIVE_INFINITY)),
  }
}

export const isDenial = (answer: TokenWire | Denial): answer is Denial => "error" in answer
