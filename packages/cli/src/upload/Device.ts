/**
 * Shows the project of the device and whether a person has paused the device.
 */
import { type DeviceStatus, DeviceSocket } from "@holdfast/c2c/DeviceSocket"
import type { Device } from "@holdfast/c2c/Wire"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as TokenText from "../network/TokenText.ts"
import { Output } from "../terminal/Output.ts"
import * as Waiting from "./progress/Waiting.ts"
import type { UploadState } from "./State.ts"

const words: Readonly<Record<DeviceStatus, string | undefined>> = {
  online: "online",
  paused: "paused in Frame.io: waiting",
  unknown: undefined,
}

/** Formats the project and the status for the progress view. Returns `undefined` if neither is known. */
export const text = (project: string | undefined, status: DeviceStatus): string | undefined => {
  const parts = [project, words[status]].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(", ")
}

/** The name of the project. If the tokens, which the name could repeat, are not available, the name is not shown. */
const projectOf = (device: Device | undefined): Effect.Effect<string | undefined> => {
  const name = device?.project?.name
  if (typeof name !== "string") return Effect.undefined
  return Effect.serviceOption(TokenStore).pipe(
    Effect.flatMap((store) => (Option.isNone(store) ? Effect.undefined : store.value.load)),
    Effect.map((tokens) => (tokens === undefined ? undefined : TokenText.without(tokens, name))),
    Effect.orElseSucceed(() => undefined),
  )
}

/**
 * Shows the device from the context until the effect is interrupted. Without a `DeviceSocket`, nothing is shown.
 *
 * **Details**
 *
 * The beginning and the end of a pause are printed even with `--quiet`, because a user has to resume the device.
 */
export const follow = (run: UploadState): Effect.Effect<void, never, Output> =>
  Effect.gen(function* () {
    const socket = Option.getOrUndefined(yield* Effect.serviceOption(DeviceSocket))
    if (socket === undefined) return
    const output = yield* Output
    let shown = ""
    let wasPaused = false

    const show = ([device, status]: readonly [Device | undefined, DeviceStatus]) =>
      Effect.gen(function* () {
        const project = yield* projectOf(device)
        const next = JSON.stringify([project ?? null, status])
        // Nothing is known before the first response.
        if (next === shown || (device === undefined && status === "unknown" && shown === "")) return
        shown = next
        const isPaused = status === "paused"
        run.device(text(project, status))
        run.gates({ devicePaused: isPaused })
        yield* run.emit({ type: "device", project: project ?? null, status })
        if (isPaused === wasPaused) return
        wasPaused = isPaused
        yield* output.message(
          isPaused ? `holdfast: ${Waiting.devicePaused}` : "holdfast: the device is no longer paused in Frame.io",
        )
      })

    yield* Stream.runForEach(Stream.zipLatest(SubscriptionRef.changes(socket.device), socket.changes), show)
  })
