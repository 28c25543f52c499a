/**
 * Keeps a socket to Frame.io open, which shows the device as online and notifies the device when a user pauses it.
 */
import { Authorization } from "@holdfast/core/Authorization"
import * as Backoff from "@holdfast/core/Backoff"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Secret from "@holdfast/core/Secret"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { WebSocketConstructor } from "effect/socket/Socket"
import type * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { type CallError, C2cClient } from "./C2cClient.ts"
import { C2cConfig } from "./C2cConfig.ts"
import * as Heartbeat from "./Heartbeat.ts"
import { userAgentOf } from "./internal/api/identity.ts"
import { versionHeader } from "./internal/api/versionHeader.ts"
import * as DeviceState from "./internal/socket/deviceState.ts"
import * as Frame from "./internal/socket/frame.ts"
import { heartbeatEvery, lostAfter } from "./internal/socket/limits.ts"
import type { DeviceSocketLost } from "./internal/socket/lost.ts"
import type { Device } from "./Wire.ts"

export type { DeviceStatus } from "./internal/socket/deviceState.ts"
export { DeviceSocketLost } from "./internal/socket/lost.ts"

/**
 * The socket of the device.
 *
 * **When to use**
 *
 * Provide this service if Frame.io has enabled sockets for the device model. Uploads of a program that provides it wait while
 * a user has paused the device, instead of failing with `ChannelPaused`.
 *
 * **Details**
 *
 * The socket joins the topic of the device and sends a heartbeat every 15 s. A connection on which nothing arrives for 60 s
 * is lost. Each connection waits at both gates. Reconnects use the delays of `Backoff.standard`, which start over after a
 * connection that lasted 60 s. If the token of a connection is replaced, a new connection takes over within 15 s. While a
 * connection is joined, `Heartbeat` sends nothing.
 *
 * A proxy can block WebSocket connections while the API responds, so a failed connection does not close a gate. Instead, the
 * client calls `GET /v2/devices/me` before the next attempt, and then at most once a minute. If the API does not respond, this
 * call closes the connectivity gate as every other call does. If the API rejects the token, the token is refreshed. The
 * response also states whether the device is paused.
 *
 * A pause ends with a report on the socket or with a response from the API. The form of the report is not documented.
 * Therefore, the client calls `GET /v2/devices/me` after a report that it cannot read, and once a minute during a pause.
 *
 * **Gotchas**
 *
 * The `WebSocketConstructor` must accept headers, as the constructor of `@effect/platform-node/NodeSocket` does. A browser's
 * constructor does not. The token is in the query string of the URL, so a proxy that decrypts TLS can log it.
 */
export class DeviceSocket extends Context.Service<
  DeviceSocket,
  {
    /** The current status, for display. */
    readonly status: SubscriptionRef.SubscriptionRef<DeviceState.DeviceStatus>
    /** A stream of the current status and all later ones. */
    readonly changes: Stream.Stream<DeviceState.DeviceStatus>
    /** The device as the API last described it, for example with its project. `undefined` until the API has responded. */
    readonly device: SubscriptionRef.SubscriptionRef<Device | undefined>
    /**
     * Why no connection is joined: the failure of the last connection, or of the call that asks for the device. `undefined`
     * while a connection is joined, and before the first failure.
     */
    readonly failure: SubscriptionRef.SubscriptionRef<DeviceSocketLost | CallError | undefined>
    /**
     * Waits until the device is not paused. Before the API has responded for the first time, waits for its response, but at
     * most about 30 s while the API can be reached. Returns if the API cannot be reached, so that an outdated report does not
     * hold the caller.
     */
    readonly awaitNotPaused: Effect.Effect<void>
  }
>()("@holdfast/c2c/DeviceSocket") {
  /** Connects until the layer's scope closes. */
  static readonly layer: Layer.Layer<
    DeviceSocket,
    never,
    C2cConfig | C2cClient | Authorization | WebSocketConstructor
  > = Layer.suspend(() => Layer.effect(DeviceSocket, make))
}

/** Waits like `awaitNotPaused` if the context contains a `DeviceSocket`; otherwise, returns immediately. */
export const awaitNotPaused: Effect.Effect<void> = Effect.flatMap(
  Effect.serviceOption(DeviceSocket),
  Option.match({ onNone: () => Effect.void, onSome: (socket) => socket.awaitNotPaused }),
)

/** The device to which a token belongs. */
interface Known {
  readonly token: Redacted.Redacted<string>
  readonly ids: ReadonlyArray<string>
}

const make = Effect.gen(function* () {
  const config = yield* C2cConfig
  const client = yield* C2cClient
  const authorization = yield* Authorization
  const state = yield* DeviceState.make
  const failure = yield* SubscriptionRef.make<DeviceSocketLost | CallError | undefined>(undefined)
  const described = yield* SubscriptionRef.make<Device | undefined>(undefined)
  const context = yield* Effect.context<WebSocketConstructor>()
  // The import is dynamic because uploads look for this service even in programs that do not open a socket.
  const { run } = yield* Effect.promise(() => import("./internal/socket/connection.ts"))

  let device: Known | undefined
  /** When the API last described the device, in monotonic milliseconds. */
  let askedAt = Number.NEGATIVE_INFINITY
  /** The number of consecutive attempts that failed to join. */
  let failures = 0
  let failedJoins = 0
  let joinedAt: number | undefined

  const isCurrent = (token: Redacted.Redacted<string>) =>
    Effect.map(authorization.token, (now) => Secret.value(now) === Secret.value(token))

  /**
   * Asks the API for the device. A report that arrives on the socket meanwhile is newer than the response. A response without
   * a known status ends a pause that an earlier connection reported, but not one that this connection reported.
   */
  const ask = (isNewConnection: boolean) =>
    Effect.suspend(() => {
      const before = state.reports()
      return Effect.tap(client.me, (answer) => {
        const paused = Frame.pausedIn(answer) ?? (isNewConnection ? false : undefined)
        const report = paused === undefined || before !== state.reports() ? Effect.void : state.reported(paused)
        return Effect.andThen(SubscriptionRef.set(described, answer), report)
      })
    })

  /** Whether to call the API before the next connection attempt: after a first failure, and then once a minute. */
  const isDoubtful = Effect.map(
    Monotonic.millis,
    (now) => failures === 1 || (failures > 1 && now - askedAt >= Duration.toMillis(Heartbeat.quiet)),
  )

  /**
   * Lets creations begin if nothing is known about the device although the API can be reached: retries of the question would
   * delay them by minutes. After an outage of the API, the question has 15 s again.
   */
  const unanswered = Effect.sleep(Timeouts.request).pipe(
    Effect.andThen(client.ready),
    Effect.andThen(Effect.sleep(Timeouts.request)),
    Effect.andThen(Effect.suspend(() => (state.reports() === 0 ? state.unknown : Effect.void))),
  )

  const identified = Effect.gen(function* () {
    yield* client.ready
    const token = yield* authorization.token
    const known = device !== undefined && Secret.value(device.token) === Secret.value(token) ? device : undefined
    if (known !== undefined && !(yield* isDoubtful)) return known
    const question = Effect.tapError(ask(true), () => state.unknown)
    const answer = yield* Effect.raceFirst(question, Effect.andThen(unanswered, Effect.never))
    askedAt = yield* Monotonic.millis
    // The call may have led to a new token.
    return (device = { token: yield* authorization.token, ids: idsOf(answer) })
  })

  const connect = Effect.gen(function* () {
    const { ids, token } = yield* identified
    const questions = yield* Queue.sliding<boolean>(1)
    const connection = run({
      api: config.api,
      token,
      headers: { [versionHeader]: config.clientVersion, "user-agent": userAgentOf(config) },
      topic: `devices:${ids[failedJoins % ids.length]}`,
      isCurrent: isCurrent(token),
      onJoined: Effect.gen(function* () {
        joinedAt = yield* Monotonic.millis
        failures = 0
        yield* state.joined
        yield* SubscriptionRef.set(failure, undefined)
        // The status may have changed between the response of the API and the join.
        yield* Queue.offer(questions, true)
      }),
      onReply: client.seen,
      onStatus: (payload) => {
        const paused = Frame.pausedIn(payload)
        return paused === undefined ? Effect.asVoid(Queue.offer(questions, false)) : state.reported(paused)
      },
    }).pipe(Effect.provideContext(context))
    // Asks at most once in 15 s, however many unreadable reports arrive. During a pause, asks once a minute, in case the report
    // of its end has an unknown form.
    const asking = Queue.take(questions).pipe(
      Effect.timeoutOption(Heartbeat.quiet),
      Effect.flatMap((question) =>
        Option.isSome(question) || state.isPaused()
          ? Effect.andThen(ask(Option.getOrElse(question, () => false)), Effect.sleep(heartbeatEvery))
          : Effect.void,
      ),
      Effect.catch((error) =>
        Effect.andThen(
          Effect.logDebug("the status of the device could not be read", error),
          Effect.sleep(heartbeatEvery),
        ),
      ),
      Effect.forever,
    )
    yield* Effect.raceFirst(connection, asking)
  })

  const attempt = connect.pipe(
    Effect.tapError((error) => {
      if (joinedAt === undefined) failures++
      if (error._tag === "DeviceSocketLost" && error.reason.startsWith("join-")) failedJoins++
      return Effect.andThen(
        SubscriptionRef.set(failure, error),
        Effect.logDebug("the device socket is not connected", error),
      )
    }),
    Effect.ensuring(state.lost),
    Effect.tapDefect((defect) => Effect.logWarning("the device socket failed unexpectedly", defect)),
  )

  // After the end, no report of a resume can arrive, so no creation may wait for one.
  yield* Effect.addFinalizer(() => state.unknown)

  const start = Schedule.toStepWithSleep(Backoff.standard)
  yield* Effect.gen(function* () {
    let step = yield* start
    for (;;) {
      joinedAt = undefined
      const exit = yield* Effect.exit(attempt)
      const lasted = joinedAt === undefined ? 0 : (yield* Monotonic.millis) - joinedAt
      if (lasted >= lostAfter) step = yield* start
      if (Exit.isFailure(exit)) yield* step(undefined)
    }
  }).pipe(Effect.forkScoped)

  return {
    status: state.status,
    changes: SubscriptionRef.changes(state.status),
    device: described,
    failure,
    awaitNotPaused: state.awaitNotPaused,
  }
})

/**
 * The ids that may name the topic. The documentation does not say which of the two ids is meant, so a join that fails is
 * followed by an attempt with the other one.
 */
const idsOf = ({ deviceId, id }: Device): ReadonlyArray<string> =>
  typeof deviceId === "string" && deviceId !== "" && deviceId !== id ? [deviceId, id] : [id]
