/**
 * Re-exports the probe of `@holdfast/s3`.
 */
export { ask, RefusalProbe } from "@holdfast/s3/RefusalProbe"
export type { Probed } from "@holdfast/s3/RefusalProbe"
