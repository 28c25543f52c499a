import { assert, describe, it } from "@effect/vitest"
import { Authorization } from "@holdfast/core/Authorization"
import { DeviceTokens, TokenKeeper } from "@holdfast/durable/cluster"
import { DeviceAuthorization } from "@holdfast/oauth"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Exit, Layer, Redacted, References, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { answer, device, scripted, slowly, tokenAnswer, tokens } from "../../../oauth/test/support/server.ts"
import * as PostgresRows from "../../../durable/src/internal/cluster/tokens/postgresRows.ts"
import * as TokenRunners from "../../support/cluster/TokenRunners.ts"
import { type Database, missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"

/** A runner that keeps tokens, with the authorization gate of the camera. */
const runner = (database: Database, script: Pick<ReturnType<typeof scripted>, "layer">) => {
  const keeper = TokenKeeper.layer({
    authorization: () =>
      Effect.map(Layer.build(device(script)), (context) => ({ device: Context.get(context, DeviceAuthorization) })),
  })
  const gate = Authorization.layer.pipe(Layer.provide(TokenKeeper.tokens("cam-1")))
  return Effect.map(TokenRunners.join(database, Layer.merge(keeper, gate)), ({ context, scope }) => ({
    authorization: Context.get(context, Authorization),
    store: Effect.flatMap(Context.get(context, DeviceTokens).of("cam-1"), Effect.succeed),
    leave: Scope.close(scope, Exit.void),
  }))
}

const reveal = Effect.map(Redacted.value<string>)

/** Everything that the tables of the cluster contain, as text. */
const messages = `SELECT coalesce(string_agg(t, ' '), '') AS found FROM (
  SELECT cluster_messages::text AS t FROM cluster_messages UNION ALL SELECT cluster_replies::text FROM cluster_replies) x`

describe.skipIf(missing !== undefined)(Peer.title("the tokens of a device on PostgreSQL", missing), () => {
  it.layer(PostgresServer.layer, { excludeTestServices: true, timeout: 180_000 })((it) => {
    it.effect(
      "are refreshed once for three runners, and again by another runner when the keeper's runner has left",
      () =>
        Effect.gen(function* () {
          const server = yield* PostgresServer
          const database = yield* server.database
          const script = scripted(
            slowly(300, answer(200, tokenAnswer(2))),
            answer(200, tokenAnswer(3)),
            answer(500, "no further refresh is expected"),
          )
          const runners = [
            yield* runner(database, script),
            yield* runner(database, script),
            yield* runner(database, script),
          ]
          const [first] = runners
          assert(first !== undefined)
          yield* (yield* first.store).save(tokens(1))
          const before = yield* Effect.forEach(runners, ({ authorization }) => reveal(authorization.token), {
            concurrency: "unbounded",
          })
          assert.deepStrictEqual(before, ["access-1", "access-1", "access-1"])

          const used = yield* first.authorization.token
          yield* Effect.forEach(runners, ({ authorization }) => authorization.reject(used), {
            concurrency: "unbounded",
          })
          const after = yield* Effect.forEach(runners, ({ authorization }) => reveal(authorization.token), {
            concurrency: "unbounded",
          })
          assert.deepStrictEqual(after, ["access-2", "access-2", "access-2"])
          assert.strictEqual(script.arrived.length, 1)

          // Whichever runner had the keeper, one of the two that leave or the one that stays refreshes the saved pair.
          yield* first.leave
          yield* runners[1]!.leave
          const last = runners[2]!
          yield* last.authorization.reject(yield* last.authorization.token)
          assert.strictEqual(yield* reveal(last.authorization.token), "access-3")
          assert.deepStrictEqual(
            script.arrived.map(({ fields }) => fields["refresh_token"]),
            ["refresh-1", "refresh-2"],
          )

          const [{ found }] = (yield* server.execute(database, messages)) as unknown as readonly [{ found: string }]
          assert.notInclude(found, "access-")
          assert.notInclude(found, "refresh-")
        }).pipe(Effect.provideService(References.MinimumLogLevel, "Error")),
    )

    it.effect("are replaced only by the holder of the lock, and only if the pair is the expected one", () =>
      Effect.gen(function* () {
        const server = yield* PostgresServer
        const database = yield* server.database
        const client = PgClient.layer({ ...database, maxConnections: 2 })
        const process = Effect.flatMap(Layer.build(Layer.fresh(client)), (context) =>
          PostgresRows.make(Context.get(context, SqlClient.SqlClient), database.database),
        )
        const [a, b] = yield* Effect.all([process, process], { concurrency: "unbounded" })
        const pair = (n: number) => ({ text: `text-${n}`, access: `access-${n}` })
        const held = (n: number, owner: string) => ({ _tag: "held", access: `access-${n}`, owner }) as const

        assert.isUndefined(yield* a.read("cam"))
        assert.isFalse(yield* a.replace("cam", pair(1), { _tag: "parent", access: "access-0" }))
        assert.isTrue(yield* a.replace("cam", pair(1), { _tag: "always" }))
        assert.deepStrictEqual(yield* b.read("cam"), pair(1))

        assert.isTrue(yield* a.lock("cam", "a"))
        assert.isTrue(yield* a.lock("cam", "a"))
        assert.isFalse(yield* b.lock("cam", "b"))
        assert.isTrue(yield* a.replace("cam", { ...pair(1), text: "spent" }, held(1, "a")))
        assert.isFalse(yield* b.replace("cam", { ...pair(1), text: "no" }, held(1, "b")))
        assert.isFalse(yield* a.replace("cam", { ...pair(1), text: "no" }, held(0, "a")))

        // The lock of a process that was killed.
        yield* server.execute(database, "UPDATE device_token SET locked_until = locked_until - 9000")
        assert.isTrue(yield* b.lock("cam", "b"))
        assert.isFalse(yield* a.replace("cam", { ...pair(1), text: "no" }, held(1, "a")))
        assert.isTrue(yield* a.replace("cam", pair(2), { _tag: "parent", access: "access-1" }))
        assert.isFalse(yield* b.replace("cam", pair(3), { _tag: "parent", access: "access-1" }))
        yield* b.unlock("cam", "a")
        assert.isFalse(yield* a.lock("cam", "a"))
        yield* b.unlock("cam", "b")
        assert.isTrue(yield* a.lock("cam", "a"))

        assert.deepStrictEqual(yield* b.devices, ["cam"])
        yield* a.remove("cam")
        assert.deepStrictEqual(yield* b.devices, [])
        assert.isUndefined(yield* b.read("cam"))
      }),
    )
  })
})
