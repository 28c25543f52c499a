/**
 * Keeps the sign-ins of devices in a table of PostgreSQL.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { ConnectionError, SqlError } from "effect/sql/SqlError"
import * as Postgres from "../../journal/postgres.ts"
import { lockFor, type Condition, type Content, type Rows } from "./rows.ts"

/**
 * `access` is the SHA-256 of the access token. `locked_until` is in epoch milliseconds by the clock of the server, so that
 * the clocks of the runners do not matter.
 */
const table = `CREATE TABLE IF NOT EXISTS device_token (device TEXT NOT NULL PRIMARY KEY, content TEXT, access TEXT,
  owner TEXT, locked_until BIGINT NOT NULL DEFAULT 0)`

const now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"

/** A server that is configured with `synchronous_commit = off` would confirm a pair before it is on the disk. */
const durable = `SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
  ELSE current_setting('synchronous_commit') END, true)`

/** How long the server may take to answer. */
const longestSilence = Duration.seconds(10)

const silent = new SqlError({
  reason: new ConnectionError({ cause: undefined, message: "the server did not answer for 10 s" }),
})

/** Creates the table if it is missing. */
export const make = (sql: SqlClient.SqlClient, name: string): Effect.Effect<Rows, SqlError> => {
  const answered = <A>(effect: Effect.Effect<A, SqlError>) =>
    Effect.timeoutOrElse(effect, { duration: longestSilence, orElse: () => Effect.fail(silent) })
  const query = (statement: string, params: ReadonlyArray<unknown> = []) =>
    sql.unsafe<Readonly<Record<string, unknown>>>(statement, params)
  const transaction = <A>(first: string, body: Effect.Effect<A, SqlError>) =>
    answered(sql.withTransaction(Effect.andThen(query(first), body)))
  const changes = (statement: string, params: ReadonlyArray<unknown>) =>
    transaction(
      durable,
      Effect.map(query(`${statement} RETURNING device`, params), (rows) => rows.length > 0),
    )

  // Two processes that create the table at the same time would collide.
  const create = transaction(`SELECT pg_advisory_xact_lock(${Postgres.key(5_208_011_411)})`, query(table))
  const rows: Rows = {
    name,
    read: (device) =>
      Effect.map(
        answered(query("SELECT content, access FROM device_token WHERE device = $1", [device])),
        ([row]): Content | undefined =>
          typeof row?.["content"] === "string" ? { text: row["content"], access: String(row["access"]) } : undefined,
      ),
    replace: (device, { access, text }, when) => {
      if (when._tag === "always") {
        return changes(
          `INSERT INTO device_token (device, content, access) VALUES ($1, $2, $3)
            ON CONFLICT (device) DO UPDATE SET content = excluded.content, access = excluded.access`,
          [device, text, access],
        )
      }
      const { params, test } = conditionOf(when)
      return changes(`UPDATE device_token SET content = $2, access = $3 WHERE device = $1 AND ${test}`, [
        device,
        text,
        access,
        ...params,
      ])
    },
    remove: (device) =>
      Effect.asVoid(changes("UPDATE device_token SET content = NULL, access = NULL WHERE device = $1", [device])),
    lock: (device, owner) =>
      Effect.map(
        answered(
          query(
            `INSERT INTO device_token AS t (device, owner, locked_until) VALUES ($1, $2, ${now} + ${lockFor})
              ON CONFLICT (device) DO UPDATE SET owner = excluded.owner, locked_until = excluded.locked_until
              WHERE t.owner IS NULL OR t.owner = excluded.owner OR t.locked_until < ${now} RETURNING device`,
            [device, owner],
          ),
        ),
        (found) => found.length > 0,
      ),
    unlock: (device, owner) =>
      Effect.asVoid(
        answered(query("UPDATE device_token SET owner = NULL WHERE device = $1 AND owner = $2", [device, owner])),
      ),
    devices: Effect.map(
      answered(query("SELECT device FROM device_token WHERE content IS NOT NULL ORDER BY device")),
      (found) => found.map((row) => String(row["device"])),
    ),
  }
  return Effect.as(create, rows)
}

const conditionOf = (when: Exclude<Condition, { readonly _tag: "always" }>) =>
  when._tag === "parent"
    ? { test: "access = $4", params: [when.access] }
    : { test: "access = $4 AND owner = $5", params: [when.access, when.owner] }
