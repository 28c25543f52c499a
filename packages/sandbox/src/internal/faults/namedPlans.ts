/**
 * The predefined plans. A client that obeys the rules survives all of them except `paused`.
 *
 * **Details**
 *
 * No predefined plan loses the response to an asset creation, because a client must not repeat a creation that may have
 * succeeded.
 */
import type { FaultPlan } from "./plan.ts"

export type Name = "calm" | "storm" | "outage" | "reauth" | "paused"

/** Nothing goes wrong. */
export const calm: FaultPlan = { name: "calm" }

/** The chunks of a file receive all hands if the file has at least 20 chunks. A client can survive all of these faults. */
export const storm: FaultPlan = {
  name: "storm",
  rules: [
    { route: "health", requests: [1], fault: { kind: "html" } },
    { route: "device-code", requests: [1], fault: { kind: "slow-down" } },
    { route: "token", requests: [1], fault: { kind: "slow-down" } },
    { route: "refresh", requests: [1], fault: { kind: "too-many-requests" } },
    { route: "me", requests: [1], fault: { kind: "not-found" } },
    { route: "heartbeat", requests: [1], fault: { kind: "reset-after" } },
    { route: "assets", requests: [1], fault: { kind: "too-many-requests", seconds: 1 } },
    { route: "assets", requests: [2], fault: { kind: "token-expired" } },
  ],
  deals: [
    {
      route: "chunk",
      hands: [
        [{ kind: "s3-slow-down" }],
        [{ kind: "internal-error" }],
        [{ kind: "not-found" }],
        [{ kind: "html" }],
        [{ kind: "wrong-bytes" }],
        [{ kind: "truncated" }],
        [{ kind: "hang", seconds: 2 }],
        [{ kind: "reset-before" }],
        [{ kind: "reset-during" }],
        [{ kind: "reset-after" }],
        [{ kind: "s3-slow-down" }, { kind: "reset-during" }],
        [{ kind: "reset-before" }, { kind: "s3-slow-down" }, { kind: "internal-error" }],
        ...Array.from({ length: 8 }, () => []),
      ],
    },
  ],
  outages: [{ afterChunks: [6, 12], seconds: 4, routes: ["health", "chunk"] }],
}

/** The server is unreachable twice, for 8 s each time. */
export const outage: FaultPlan = {
  name: "outage",
  outages: [
    { afterChunks: [2, 5], seconds: 8 },
    { afterChunks: [7, 9], seconds: 8 },
  ],
}

/**
 * Access tokens expire during the upload, the response to one refresh is lost, and the next refresh is rejected.
 *
 * **Details**
 *
 * Chunk requests carry no token. One chunk URL expires to force the client to use the token: the client must create the asset
 * again, and that request carries the expired token.
 */
export const reauth: FaultPlan = {
  name: "reauth",
  rules: [
    { route: "me", requests: [1], fault: { kind: "token-expired" } },
    { route: "assets", requests: [1, 3], fault: { kind: "token-expired" } },
    { route: "heartbeat", requests: [1, 3], fault: { kind: "token-expired" } },
    { route: "chunk", requests: [1], chunks: "one", fault: { kind: "url-expired" } },
    { route: "refresh", requests: [1], fault: { kind: "reset-after" } },
    { route: "refresh", requests: [2], fault: { kind: "refresh-refused" } },
  ],
}

/** A user has paused the channel, so no asset can be created. */
export const paused: FaultPlan = {
  name: "paused",
  survivable: false,
  rules: [{ route: "assets", fault: { kind: "channel-paused" } }],
}
