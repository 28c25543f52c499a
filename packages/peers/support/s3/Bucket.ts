/**
 * A Ceph with one bucket, and what is asked of it all the time.
 */
import { Effect, Layer } from "effect"
import * as AwsSdk from "./AwsSdk.ts"
import { Radosgw, type RadosgwFailed } from "./Radosgw.ts"

/** The bucket. */
export const name = "talks"

/** A cluster of its own, with the bucket. */
export const layer: Layer.Layer<Radosgw, RadosgwFailed> = Layer.effectDiscard(
  Radosgw.use(({ endpoint, owner }) =>
    Effect.promise(() => AwsSdk.createBucket({ endpoint, credentials: owner, bucket: name })),
  ),
).pipe(Layer.provideMerge(Radosgw.layer))

/** The user's own credentials, or new ones of a session. */
export const kinds = ["long", "session"] as const

/** An order to a signer for a key in the bucket. */
export const order = (kind: (typeof kinds)[number], key: string): Effect.Effect<AwsSdk.Order, never, Radosgw> =>
  Effect.gen(function* () {
    const { endpoint, owner, session } = yield* Radosgw
    return { endpoint, credentials: kind === "long" ? owner : yield* Effect.orDie(session), bucket: name, key }
  })

/** What is stored under a key, as the owner sees it. */
export const stored = (key: string): Effect.Effect<AwsSdk.Stored | undefined, never, Radosgw> =>
  Effect.flatMap(order("long", key), (to) => Effect.promise(() => AwsSdk.stored(to)))
