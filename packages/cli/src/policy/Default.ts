/**
 * The policy of the C2C client, as `holdfast upload` uses it for every request that is no chunk.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import type { GateName } from "@holdfast/core/Verdict"
import type * as Pipeline from "@holdfast/core/Pipeline"
import * as Duration from "effect/Duration"

/** The default retry policy, and the timeout of a request. */
export const settings: Pipeline.Settings = { retry: {}, timeout: Duration.toMillis(Timeouts.request) }

/** The gates that its attempts wait at. */
export const gates: ReadonlyArray<GateName> = ["connectivity", "authorization"]

/** What the settings are for. */
export const source = "the C2C client"
