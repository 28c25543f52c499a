/**
 * Connects to the database that the workers of a cluster share. Commands import this module only if a database is named.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { Journal } from "@holdfast/durable/Journal"
import { DeviceTokens } from "@holdfast/durable/cluster"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as HomeRemedy from "../process/HomeRemedy.ts"
import type { PersonError } from "../process/PersonError.ts"
import { DatabaseUnavailable, LocalProblem, UsageError } from "../process/PersonError.ts"
import * as Problem from "../queue/Problem.ts"
import type { Address } from "./Address.ts"

/** Returns the user error for a connection that failed. */
const problem = ({ shown }: Address, { reason }: SqlError): PersonError =>
  reason._tag === "ConnectionError"
    ? new DatabaseUnavailable({
        problem: `the database at ${shown} does not answer`,
        remedy: "check the address and the server, then run the command again",
      })
    : new UsageError({
        problem: `the database at ${shown} rejects the connection: ${words(reason)}`,
        remedy: "check the name of the database, the user and the password",
      })

/** The words of the server, which the client wraps. The server quotes neither the address nor the password. */
const words = (reason: SqlError["reason"]): string => {
  let at: unknown = reason
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  return at instanceof Error ? at.message : reason._tag
}

/** The client of a database, which is asked once, so that a wrong address is reported before anything else. */
export const client = (
  address: Address,
  maxConnections: number,
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, PersonError> =>
  PgClient.layer({ url: address.url, maxConnections, applicationName: "holdfast", connectTimeout: "10 seconds" }).pipe(
    Layer.tap((services) => Effect.asVoid(Context.get(services, SqlClient.SqlClient)`SELECT 1`)),
    Layer.catch((error) => Layer.effectContext(Effect.fail(problem(address, error)))),
  )

/** The queue in the database of a client. */
export const journalOf = ({ shown }: Address): Layer.Layer<Journal, PersonError, SqlClient.SqlClient> =>
  Journal.layerSql({ path: shown }).pipe(Layer.catch((error) => Layer.effect(Journal, Effect.fail(Problem.of(error)))))

/** The queue in a database. */
export const journal = (address: Address): Layer.Layer<Journal, PersonError> =>
  Layer.provide(journalOf(address), client(address, 4))

/** The store of a device's tokens in a database. */
export const tokenStore = (address: Address, device: string): Layer.Layer<TokenStore, PersonError> =>
  Layer.effect(
    TokenStore,
    Effect.flatMap(DeviceTokens, ({ of }) => of(device)),
  ).pipe(Layer.provide(deviceTokens(address)), Layer.provide(client(address, 4)))

/** The sign-ins of the devices in the database of a client. */
export const deviceTokens = ({ shown }: Address): Layer.Layer<DeviceTokens, PersonError, SqlClient.SqlClient> =>
  DeviceTokens.layerSql({ name: shown }).pipe(
    Layer.catch((error) =>
      Layer.effect(
        DeviceTokens,
        Effect.fail(new LocalProblem({ problem: error.message, remedy: HomeRemedy.of(error.action) })),
      ),
    ),
  )
