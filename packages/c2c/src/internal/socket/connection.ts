/**
 * Runs one connection of the device socket: opens it, joins the topic of the device, sends heartbeats, and reads frames.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Secret from "@holdfast/core/Secret"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Socket from "effect/socket/Socket"
import * as Frame from "./frame.ts"
import * as Limits from "./limits.ts"
import * as Lost from "./lost.ts"

/** What a connection needs, and what it reports. */
export interface Options {
  /** The base URL of the API. */
  readonly api: string
  readonly token: Redacted.Redacted<string>
  readonly headers: Readonly<Record<string, string>>
  readonly topic: string
  /** Whether the token is still the current one. Runs before each heartbeat. */
  readonly isCurrent: Effect.Effect<boolean>
  readonly onJoined: Effect.Effect<void>
  /** Runs when the server has answered a frame of the device. */
  readonly onReply: Effect.Effect<void>
  /** Runs for each `status_updated` with its payload. */
  readonly onStatus: (payload: unknown) => Effect.Effect<void>
}

/** The URL of the socket. The token is in its query string, so the URL is built only when the connection is made. */
const addressOf = ({ api, token }: Options): string =>
  `${api.replace(/^http/, "ws")}/devices/websocket?Authorization=${encodeURIComponent(`Bearer ${Secret.value(token)}`)}`

const joinRef = "1"

/**
 * Runs until the connection ends. Succeeds only if the connection ended because a new token replaced its token.
 *
 * **Details**
 *
 * A frame that is malformed or that belongs to another topic is ignored. Every frame counts against the limits on the number
 * and size of frames between two heartbeats.
 */
export const run = (options: Options): Effect.Effect<void, Lost.DeviceSocketLost, Socket.WebSocketConstructor> =>
  Effect.gen(function* () {
    const { headers, isCurrent, onJoined, onReply, onStatus, topic } = options
    const socket = yield* Socket.makeWebSocket(
      Effect.sync(() => addressOf(options)),
      { headers, openTimeout: Limits.openTimeout, highWaterMark: Limits.largestBacklog },
    )
    const { pull } = yield* socket.reader
    const { write } = yield* socket.writer
    const joined = yield* Deferred.make<void>()
    const flood = yield* floodGuard

    const answered = (frame: Frame.Frame): Effect.Effect<void, Lost.DeviceSocketLost> => {
      if (frame.topic === "phoenix") return Frame.isOk(frame) ? onReply : Effect.void
      if (frame.ref !== joinRef) return Effect.void
      if (!Frame.isOk(frame)) return Effect.fail(Lost.make("join-rejected"))
      return Effect.flatMap(Deferred.succeed(joined, undefined), (isFirst) =>
        isFirst ? Effect.andThen(onReply, onJoined) : Effect.void,
      )
    }

    const received = (data: string | Uint8Array): Effect.Effect<void, Lost.DeviceSocketLost> => {
      const frame = Frame.decode(data)
      if (frame === undefined || (frame.topic !== topic && frame.topic !== "phoenix")) return Effect.void
      if (frame.event === "phx_reply") return answered(frame)
      if (frame.topic !== topic) return Effect.void
      if (frame.event === "status_updated") return onStatus(frame.payload)
      if (frame.event === "phx_close" || frame.event === "phx_error") return Effect.fail(Lost.make("channel-closed"))
      return Effect.void
    }

    const receive = pull.pipe(
      Effect.timeoutOrElse({ duration: Limits.lostAfter, orElse: () => Effect.fail(Lost.make("silent")) }),
      Effect.flatMap((batch) =>
        Effect.forEach(batch, (data) => Effect.andThen(flood(data.length), received(data)), { discard: true }),
      ),
      Effect.forever,
    )

    const beat = (n: number): Effect.Effect<void, Socket.SocketError> =>
      Effect.sleep(Limits.heartbeatEvery).pipe(
        Effect.andThen(isCurrent),
        Effect.flatMap((current) =>
          current
            ? Effect.andThen(write(Frame.encode({ topic: "phoenix", event: "heartbeat", ref: String(n) })), beat(n + 1))
            : Effect.void,
        ),
      )

    yield* write(Frame.encode({ topic, event: "phx_join", ref: joinRef }))
    const heartbeats = Deferred.await(joined).pipe(
      Effect.timeoutOrElse({ duration: Limits.joinTimeout, orElse: () => Effect.fail(Lost.make("join-timeout")) }),
      Effect.andThen(beat(2)),
    )
    yield* Effect.raceFirst(receive, heartbeats)
  }).pipe(
    Effect.scoped,
    Effect.mapError((error) => (Socket.isSocketError(error) ? Lost.fromSocketError(error) : error)),
    // A WebSocket constructor throws for an address or an option that it rejects, and its error repeats the address.
    Effect.catchDefect(() => Effect.fail(Lost.make("unusable"))),
  )

/** Fails if a frame is too large, or if too many frames arrive between two heartbeats. */
const floodGuard = Effect.map(Monotonic.millis, (begin) => {
  let since = begin
  let frames = 0
  let bytes = 0
  return (size: number): Effect.Effect<void, Lost.DeviceSocketLost> =>
    Effect.flatMap(Monotonic.millis, (now) => {
      if (size > Limits.largestFrame) return Effect.fail(Lost.make("frame-too-large"))
      if (now - since >= Limits.heartbeatEvery) [since, frames, bytes] = [now, 0, 0]
      frames++
      bytes += size
      const isFlood = frames > Limits.floodFrames || bytes > Limits.floodBytes
      return isFlood ? Effect.fail(Lost.make("flooded")) : Effect.void
    })
})
