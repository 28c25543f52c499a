/**
 * The settings of the cluster that decide how quickly another runner takes over.
 */
import * as Duration from "effect/Duration"

/**
 * Settings for `ShardingConfig`, with which another runner continues the uploads of a lost one within 10 s. Measured by
 * `npm run test:cluster` (200 uploads, 17 kills): 2.9 s in the median, at most 8.3 s.
 *
 * **Details**
 *
 * - `shardLockExpiration` (6 s, Effect's default: 35 s): how long a runner that was killed, suspended or cut off keeps its
 *   shards. A runner whose database does not answer for longer than this loses its uploads to others, and their parts in
 *   flight are sent again.
 * - `shardLockRefreshInterval` (2 s instead of 10 s): one statement per runner and interval.
 * - `refreshAssignmentsInterval` (0.5 s instead of 3 s): how often a runner looks for runners that joined or left. One query
 *   per runner and interval.
 * - `runnerJoinDebounce` (2 s instead of 0): how long a runner that joins waits for its shards. A runner that replaces a lost
 *   one would otherwise interrupt the uploads that others have just continued.
 * - `entityMessagePollInterval` (0.5 s instead of 10 s): how often a runner looks for workflows of shards that it acquired, and
 *   tries again to lock the shards of a lost runner. One query per runner and interval.
 * - `runnerHealthCheckInterval` (1 s instead of 60 s): how often one runner checks all others.
 *
 * Besides, each runner probes the ports of two others every 0.5 s, so the loss of the runner that checks all others is noticed
 * as soon as any other. A runner whose port refused three connections within 0.4 s is removed. This costs one query and two
 * connections per runner and interval. The kernel accepts connections for a busy or suspended runner, so load alone does not
 * remove one. A firewall that rejects connections does.
 *
 * Together a runner executes about 7 small statements a second while it is idle.
 *
 * **Gotchas**
 *
 * All runners of a cluster need the same number of shards per group, which is not set here. PostgreSQL 14 and newer end the
 * session of a suspended runner after `shardLockExpiration`; that is what limits the time of the take-over.
 */
export const fastTakeOver = {
  shardLockExpiration: Duration.seconds(6),
  shardLockRefreshInterval: Duration.seconds(2),
  refreshAssignmentsInterval: Duration.millis(500),
  entityMessagePollInterval: Duration.millis(500),
  runnerJoinDebounce: Duration.seconds(2),
  runnerHealthCheckInterval: Duration.seconds(1),
} as const
