/**
 * The messages between the runners and the keeper of a device's tokens.
 */
import * as ClusterSchema from "effect/cluster/ClusterSchema"
import * as Entity from "effect/cluster/Entity"
import * as Rpc from "effect/rpc/Rpc"
import * as Schema from "effect/Schema"

/** Why no valid token is available; see `SignInNeeded` in `@holdfast/core`. */
export class DeviceSignInNeeded extends Schema.TaggedError<DeviceSignInNeeded>()("DeviceSignInNeeded", {
  reason: Schema.String,
  action: Schema.String,
  need: Schema.Literals(["sign-in", "machine", "settings"]),
}) {}

/**
 * Asks for a pair that is newer than the pair whose access token has this SHA-256. Tokens are not part of a message: the
 * runners read them from the database.
 *
 * **Details**
 *
 * `renewed`: the database has a newer pair. `pending`: the refresh is not finished, so the runner asks again. A runner that
 * asks again soon notices a keeper that was killed or suspended.
 *
 * The message is not persisted, so that nothing about a refresh is in the tables of the cluster.
 */
const Renew = Rpc.make("renew", {
  payload: { rejected: Schema.String },
  success: Schema.Literals(["renewed", "pending"]),
  error: DeviceSignInNeeded,
}).annotate(ClusterSchema.InterruptOnTermination, true)

/** The keeper of a device's tokens. The id of the entity is the device. */
export const KeeperEntity = Entity.make("holdfast/Tokens", [Renew])
