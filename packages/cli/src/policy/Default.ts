/**
 * The policy of the C2C client. `holdfast upload` uses this policy for all requests except those that send chunks.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import type { GateName } from "@holdfast/core/Verdict"
import type * as Pipeline from "@holdfast/core/Pipeline"
import * as Duration from "effect/Duration"

/** The settings of the default policy. */
export const settings: Pipeline.Settings = { retry: {}, timeout: Duration.toMillis(Timeouts.request) }

/** The gates that hold attempts under the default policy. */
export const gates: ReadonlyArray<GateName> = ["connectivity", "authorization"]

/** The text that describes where the settings come from. */
export const source = "the C2C client"
