/**
 * Provides a runner of a cluster with the clients of each device.
 */
import type { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import type { Uploader } from "@holdfast/c2c/Uploader"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { DeviceError } from "./DeviceError.ts"

/** The device of an upload that names none. */
export const defaultDevice = "default"

/**
 * Provides the clients with which a runner uploads for a device.
 *
 * **Details**
 *
 * `of` returns the uploaders of a device until the scope closes. Uploads of the same device share its clients. The clients ask
 * the token keeper of the cluster for tokens, so a device has one pair of tokens and one refresh at a time, whatever the number of
 * runners.
 */
export class DeviceClients extends Context.Service<
  DeviceClients,
  {
    readonly of: (
      device: string,
    ) => Effect.Effect<Context.Context<RealtimeUploader | Uploader>, DeviceError, Scope.Scope>
  }
>()("@holdfast/durable/DeviceClients") {}
