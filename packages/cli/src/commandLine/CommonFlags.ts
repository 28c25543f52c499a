/**
 * The flags that several commands have, each declared once.
 */
import { frameIo } from "@holdfast/c2c/C2cConfig"
import * as Flag from "effect/cli/Flag"

/** `--api` without a default, for a command in which its absence has a meaning. */
export const optionalApi = (description: string) =>
  Flag.String("api").pipe(Flag.withMetavar("url"), Flag.withDescription(description), Flag.optional)

/** `--api`. The default is Frame.io. */
export const api = (description: string) =>
  Flag.String("api").pipe(Flag.withMetavar("url"), Flag.withDescription(description), Flag.withDefault(frameIo))

/** `--json`. */
export const json = (description: string) =>
  Flag.Boolean("json").pipe(Flag.withDescription(description), Flag.withDefault(false))

/** `--quiet`. */
export const quiet = Flag.Boolean("quiet").pipe(
  Flag.withAlias("q"),
  Flag.withDescription("Hide the progress; show only results and errors"),
  Flag.withDefault(false),
)

/** `--include` or `--exclude`: patterns of names. */
export const patterns = (name: "include" | "exclude", description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("pattern"), Flag.withDescription(description), Flag.atLeast(0))
