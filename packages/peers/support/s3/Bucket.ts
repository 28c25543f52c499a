/**
 * A Ceph cluster with one bucket, and its common operations.
 */
import { Effect, Layer } from "effect"
import * as AwsSdk from "./AwsSdk.ts"
import { Radosgw, type RadosgwFailed } from "./Radosgw.ts"

/** The name of the bucket. */
export const name = "talks"

/** A cluster with the bucket. */
export const layer: Layer.Layer<Radosgw, RadosgwFailed> = Layer.effectDiscard(
  Radosgw.use(({ endpoint, owner }) =>
    Effect.promise(() => AwsSdk.createBucket({ endpoint, credentials: owner, bucket: name })),
  ),
).pipe(Layer.provideMerge(Radosgw.layer))

/** Whether to use the user's own credentials or new session credentials. */
export const kinds = ["long", "session"] as const

/** A signing order for a key in the bucket. */
export const order = (kind: (typeof kinds)[number], key: string): Effect.Effect<AwsSdk.Order, never, Radosgw> =>
  Effect.gen(function* () {
    const { endpoint, owner, session } = yield* Radosgw
    return { endpoint, credentials: kind === "long" ? owner : yield* Effect.orDie(session), bucket: name, key }
  })

/** The object stored under a key, as seen by the owner. */
export const stored = (key: string): Effect.Effect<AwsSdk.Stored | undefined, never, Radosgw> =>
  Effect.flatMap(order("long", key), (to) => Effect.promise(() => AwsSdk.stored(to)))
