/**
 * The policy of the C2C client, as `holdfast upload` uses it for every request that is no chunk.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import type * as Pipeline from "@holdfast/core/Pipeline"
import * as Duration from "effect/Duration"

/** Eight attempts with the waits of Frame.io's guide, 15 s each. */
export const settings: Pipeline.Settings = { retry: {}, timeout: Duration.toMillis(Timeouts.request) }

/** The gates that its attempts wait at. */
export const gates: ReadonlyArray<string> = ["connectivity", "authorization"]

/** What the settings are for. */
export const source = "the C2C client"
