/**
 * Keeps the sign-ins of devices in the database that all runners share.
 */
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import { TokensUnusable } from "@holdfast/oauth/TokenStoreError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Faults from "../../internal/journal/faults.ts"
import * as MemoryRows from "../../internal/cluster/tokens/memoryRows.ts"
import * as PostgresRows from "../../internal/cluster/tokens/postgresRows.ts"
import type { Rows } from "../../internal/cluster/tokens/rows.ts"
import * as Store from "../../internal/cluster/tokens/store.ts"

/**
 * Keeps the sign-ins of devices.
 *
 * **Details**
 *
 * Each store holds its device's lock during a refresh and a sign-in. The lock of a process that was killed or suspended
 * expires after 8 s. A process that was suspended during a refresh can neither replace a newer pair nor undo a record: a
 * refreshed pair is saved only over the pair from which it was obtained. If the database fails while a refreshed pair is being
 * saved, the process keeps the pair and saves it when the database is available again.
 */
export class DeviceTokens extends Context.Service<
  DeviceTokens,
  {
    /** Returns the store of a device, for `Pairing.run`, `OAuthTokens` and sign-outs. */
    readonly of: (device: string) => Effect.Effect<TokenStore["Service"]>
    /** The devices that are signed in. */
    readonly devices: Effect.Effect<ReadonlyArray<string>, TokensUnusable>
  }
>()("@holdfast/durable/cluster/DeviceTokens") {
  /**
   * Keeps the sign-ins in the table `device_token` of a PostgreSQL database, which is created if it is missing. `name`
   * identifies the database in messages.
   *
   * **Gotchas**
   *
   * The tokens are not encrypted. Every user of the database who can read the table can use the devices' sign-ins.
   */
  static readonly layerSql = (options: {
    readonly name: string
  }): Layer.Layer<DeviceTokens, TokensUnusable, SqlClient.SqlClient> =>
    Layer.effect(
      DeviceTokens,
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const rows = yield* Effect.mapError(PostgresRows.make(sql, options.name), unusable(options.name))
        return yield* make(rows)
      }),
    )

  /** Keeps the sign-ins in memory until the layer's scope closes. */
  static readonly layerMemory: Layer.Layer<DeviceTokens> = Layer.effect(
    DeviceTokens,
    Effect.suspend(() => make(MemoryRows.make())),
  )
}

const unusable = (name: string) => (error: SqlError) => {
  const { action, detail, verdict } = Faults.unreadable(name)(error)
  return new TokensUnusable({ path: name, action, detail, verdict })
}

const make = (rows: Rows) =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const stores = new Map<string, TokenStore["Service"]>()
    return {
      devices: Effect.mapError(rows.devices, unusable(rows.name)),
      of: (device: string) =>
        Effect.suspend(() => {
          const known = stores.get(device)
          if (known !== undefined) return Effect.succeed(known)
          return Effect.map(Store.make(rows, device, scope), (made) => {
            // Another fiber may have made it meanwhile, and one process has one store for a device.
            const first = stores.get(device) ?? made
            stores.set(device, first)
            return first
          })
        }),
    }
  })
