/**
 * The sandbox routes on which a fault can happen, by the names that plans use.
 */

/**
 * The names of the routes, with the request that each route serves.
 *
 * **Details**
 *
 * `token` is a request that polls for the tokens of a device code. The same path with a refresh token is the `refresh` route,
 * because a lost response has different consequences there.
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
  socket: "GET /devices/websocket",
} as const

export type Route = keyof typeof routes

export const names = Object.keys(routes) as ReadonlyArray<Route>
