/**
 * Shared definitions for the documentation's tables of defaults. Each policy has a `defaults.ts` next to the values that it
 * uses. Programs do not import these modules.
 */
import * as Duration from "effect/Duration"
import type { Settings } from "../pipeline/settings.ts"

/** Describes one option: its path in the settings, its default, its unit, and the source of the default. */
export interface Option {
  readonly path: string
  /** The default, in a form that is valid in settings. The default is absent if omitting the option disables the feature. */
  readonly value?: number | string | boolean
  /** The unit of a value: for example `attempts`, `duration` or `share`. */
  readonly unit: string
  readonly meaning: string
  readonly source: string
}

/** The options of one policy. */
export interface Table {
  /** The minimum settings that make the options meaningful. */
  readonly least: Settings
  readonly options: ReadonlyArray<Option>
}

const units = [
  ["minute", 60_000],
  ["second", 1000],
  ["milli", 1],
] as const

/** Formats a duration in the form that settings accept: `2 minutes` or `500 millis`. */
export const written = (duration: Duration.Input): string => {
  const ms = Duration.toMillis(duration)
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ["milli", 1]
  return `${ms / size} ${unit}${ms === size ? "" : "s"}`
}

export const aws = "[AWS SDKs](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html) of 2026"
export const envoy =
  "[Envoy's outlier detection](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier)"
export const finagle = "[Finagle](https://twitter.github.io/finagle/guide/Clients.html)"
export const frameio =
  "[Frame.io's error guide](https://developer.frame.io/docs/device-integrations/how-to-handle-errors)"
export const netflix = "[Netflix's concurrency-limits](https://github.com/Netflix/concurrency-limits)"
export const sre = "[Google's SRE book](https://sre.google/sre-book/handling-overload/), chapter 21"
export const ours = "our choice"
export const off = "off by default"
export const required = "required"
