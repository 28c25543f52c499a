/**
 * Lets one runner at a time refresh the tokens of a device, whatever the number of runners.
 */
import { Tokens } from "@holdfast/core/Authorization"
import { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import * as OAuthTokens from "@holdfast/oauth/OAuthTokens"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Entity from "effect/cluster/Entity"
import type * as Sharding from "effect/cluster/Sharding"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { DeviceSignInNeeded, KeeperEntity } from "../../internal/cluster/tokens/entity.ts"
import * as Asking from "../../internal/cluster/tokens/asking.ts"
import * as Keeper from "../../internal/cluster/tokens/keeper.ts"
import { DeviceTokens } from "./DeviceTokens.ts"

/** How the keeper of a device refreshes tokens. */
export interface Refreshing<E, R> {
  /**
   * Makes the client of the authorization server for a device, with the options for refreshing. A failure is reported to the
   * runners as a wrong setting.
   */
  readonly authorization: (device: string) => Effect.Effect<
    {
      readonly device: DeviceAuthorization["Service"]
      readonly options?: OAuthTokens.Options | undefined
    },
    E,
    R | Scope.Scope
  >
}

/**
 * Lets a runner keep the tokens of devices. The cluster assigns each device to one of the runners with this layer.
 *
 * **Details**
 *
 * The keeper of a device is `OAuthTokens` over the store of `DeviceTokens`. That the refresh token may have been used is in
 * the database before a refresh is sent, and the new pair is there before a runner uses it. If the runner of the keeper fails
 * during a refresh, the next keeper finds the record and sends the refresh once more, and after that the device has to be
 * paired again. Two keepers of one device, of which one was suspended, do not refresh at the same time unless the suspended
 * one continues in the middle of its request; its pair is then saved only if it is the newer one.
 */
export const layer = <E extends { readonly message: string }, R>({
  authorization,
}: Refreshing<E, R>): Layer.Layer<
  never,
  never,
  DeviceTokens | Sharding.Sharding | Exclude<R, Entity.CurrentAddress | Entity.CurrentRunnerAddress | Scope.Scope>
> =>
  KeeperEntity.toLayer(
    Effect.gen(function* () {
      const { entityId: device } = yield* Entity.CurrentAddress
      const store = yield* (yield* DeviceTokens).of(device)
      const made = yield* Effect.result(authorization(device))
      if (made._tag === "Failure") {
        const wrong = new DeviceSignInNeeded({
          reason: made.failure.message,
          action: "correct the settings of the worker",
          need: "settings",
        })
        return KeeperEntity.of({ renew: () => Effect.fail(wrong) })
      }
      const context = yield* Layer.build(
        OAuthTokens.layerWith(made.success.options ?? {}).pipe(
          Layer.provide(Layer.succeed(DeviceAuthorization, made.success.device)),
          Layer.provide(Layer.succeed(TokenStore, store)),
        ),
      )
      const renew = yield* Keeper.make(Context.get(context, Tokens), store)
      return KeeperEntity.of({ renew: ({ payload }) => renew(payload.rejected) })
    }),
    // A defect ends the message, not the keeper, which may hold a pair that is not saved yet.
    { concurrency: "unbounded", disableFatalDefects: true, maxIdleTime: Duration.minutes(5) },
  )

/**
 * Provides the tokens of a device on a runner or on another member of the cluster.
 *
 * **Details**
 *
 * Tokens are read from the database. If a token is rejected, the device's keeper is asked for a newer pair, by the SHA-256 of
 * the rejected token: no token is sent from runner to runner. If the keeper does not answer, it is asked again every second,
 * because it moves to another runner when its own has failed. While a person has to act, the table is read every 5 s.
 */
export const tokens = (device: string): Layer.Layer<Tokens, never, DeviceTokens | Sharding.Sharding> =>
  Layer.effect(
    Tokens,
    Effect.gen(function* () {
      const store = yield* (yield* DeviceTokens).of(device)
      const keeper = (yield* KeeperEntity.client)(device)
      return Asking.make(device, store, (rejected) => keeper.renew({ rejected }))
    }),
  )
