/**
 * The settings of the cluster that decide how quickly another runner takes over.
 */
import * as Duration from "effect/Duration"

/**
 * Settings for `ShardingConfig`, with which another runner continues the uploads of a lost one within 10 s.
 *
 * **Details**
 *
 * - `shardLockExpiration` (6 s, Effect's default: 35 s): how long a runner that was killed, suspended or cut off keeps its
 *   shards. A runner whose database does not answer for longer than this loses its uploads to others, and their parts in
 *   flight are sent again.
 * - `shardLockRefreshInterval` (2 s instead of 10 s): one statement per runner and interval.
 * - `refreshAssignmentsInterval` (1 s instead of 3 s): how often a runner looks for runners that joined or left. One query
 *   per runner and interval.
 * - `entityMessagePollInterval` (1 s instead of 10 s): how often a runner looks for workflows of shards that it acquired.
 *   One query per runner and interval.
 * - `runnerHealthCheckInterval` (1 s instead of 60 s): how often one runner pings the others. A runner whose port is closed is
 *   removed after 6 pings within 2.5 s. If the runner that pings is lost, its heartbeat has to expire first.
 *
 * Together a runner executes about 4 small statements a second while it is idle.
 *
 * **Gotchas**
 *
 * All runners of a cluster need the same number of shards per group, which is not set here. PostgreSQL 14 and newer end the
 * session of a suspended runner after `shardLockExpiration`; that is what limits the time of the take-over.
 */
export const takeOverWithin10s = {
  shardLockExpiration: Duration.seconds(6),
  shardLockRefreshInterval: Duration.seconds(2),
  refreshAssignmentsInterval: Duration.seconds(1),
  entityMessagePollInterval: Duration.seconds(1),
  runnerHealthCheckInterval: Duration.seconds(1),
} as const
