/**
 * Serves `/health` and what the API reports about a device.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as frameio from "../responses/frameio.ts"
import { authorized, type Backend, bearer, versioned } from "./backend.ts"

/** The id of the sandbox's device, which also names the topic of its socket. */
export const deviceId = "sandbox-device"

/** The only channel of the sandbox's device. */
export const channels: ReadonlyArray<number> = [0]

export const deviceRoutes = (backend: Backend) => {
  const heartbeat = authorized(backend, "heartbeat", "", Effect.succeed(HttpServerResponse.empty({ status: 204 })))
  return [
    HttpRouter.route(
      "GET",
      "/health",
      backend.injector.around({ route: "health", resource: "" }, () =>
        Effect.succeed(frameio.json({ ok: true }, 200, { "x-holdfast-sandbox": "1" })),
      ),
    ),
    HttpRouter.route(
      "GET",
      "/v2/devices/me",
      authorized(
        backend,
        "me",
        "",
        Effect.map(Clock.currentTimeMillis, (now) => me(now, backend.pause.isPaused())),
      ),
    ),
    HttpRouter.route(
      "POST",
      "/v2/devices/heartbeat",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        // Frame.io's error guide prints Channel Paused for its bad token. That is a mistake, but readers will compare
        // with it.
        const fromTheGuide = bearer(request) === "bad-token"
        return fromTheGuide ? yield* versioned(Effect.succeed(frameio.channelPaused)) : yield* heartbeat
      }),
    ),
  ]
}

const me = (now: number, paused: boolean) => {
  const at = DateTime.formatIso(DateTime.makeUnsafe(now))
  const times = { inserted_at: at, updated_at: at }
  return frameio.json({
    _type: "project_device",
    id: "sandbox-project-device",
    device_id: deviceId,
    name: "Holdfast sandbox",
    asset_type: "video",
    status: paused ? "paused" : "online",
    timezone: "Etc/UTC",
    last_seen_at: at,
    last_known_firmware_version: "2.0.0",
    project_id: "sandbox-project",
    project: { _type: "project", id: "sandbox-project", name: "Sandbox" },
    creator_id: "sandbox-user",
    ...times,
    deleted_at: null,
    authorization: {
      _type: "project_device_authorization",
      id: "sandbox-authorization",
      creator_id: "sandbox-user",
      expires_at: null,
      inserted_at: at,
      project_device_id: "sandbox-project-device",
      creator: { _type: "user", id: "sandbox-user", name: "Sandbox" },
      scopes: { id: "sandbox-scopes", asset_create: true },
    },
    channels: channels.map((index) => ({
      _type: "project_device_channel",
      id: `sandbox-channel-${index}`,
      name: `Channel ${index}`,
      asset_type: "video",
      external_index: index,
      status: "online",
      device_id: deviceId,
      project_device_id: "sandbox-project-device",
      project_id: "sandbox-project",
      actor_id: "sandbox-user",
      real_time_logging_capable: false,
      ...times,
    })),
  })
}
