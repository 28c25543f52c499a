/**
 * The probe of `@holdfast/s3`, which chunks use as forms do.
 */
export { ask, RefusalProbe } from "@holdfast/s3/RefusalProbe"
export type { Probed } from "@holdfast/s3/RefusalProbe"
