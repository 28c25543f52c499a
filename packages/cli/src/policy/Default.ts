/**
 * The policy of the C2C client, which `holdfast upload` uses for all requests except chunks.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import type { GateName } from "@holdfast/core/Verdict"
import type * as Pipeline from "@holdfast/core/Pipeline"
import * as Duration from "effect/Duration"

/** The settings of the default policy. */
export const settings: Pipeline.Settings = { retry: {}, timeout: Duration.toMillis(Timeouts.request) }

/** The gates at which its attempts wait. */
export const gates: ReadonlyArray<GateName> = ["connectivity", "authorization"]

/** A description of the settings. */
export const source = "the C2C client"
