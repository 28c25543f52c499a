/**
 * The routes of the sandbox that can meet a fault, by the names that plans use.
 */

/**
 * Route names, with what each answers.
 *
 * **Details**
 *
 * `token` is a poll for the tokens of a device code; the same path with a refresh token is `refresh`, because what an
 * answer means, and what losing it costs, differ.
 */
export const routes = {
  "device-code": "POST /v2/auth/device/code",
  token: "POST /v2/auth/token with a device code",
  refresh: "POST /v2/auth/token with a refresh token",
  revoke: "POST /v2/auth/revoke",
  me: "GET /v2/devices/me",
  heartbeat: "POST /v2/devices/heartbeat",
  health: "GET /health",
  assets: "POST /v2/devices/assets",
  parts: "POST /v2/devices/assets/:id/realtime_upload/parts",
  chunk: "PUT /parts/:asset/:chunk",
} as const

export type Route = keyof typeof routes

export const names = Object.keys(routes) as ReadonlyArray<Route>
