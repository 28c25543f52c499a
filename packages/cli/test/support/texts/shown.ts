/**
 * The output of a command line or a view at a width, without colors and without what differs between runs.
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Cli from "holdfast/Cli"
import { Output } from "holdfast/Output"
import { stripVTControlCharacters } from "node:util"
import * as Printable from "../../../src/terminal/Printable.ts"
import * as ScaledClock from "../ScaledClock.ts"

/** The output stream. Without columns it is a pipe. */
export interface Place {
  readonly columns: number | undefined
}

/** The widths at which every text is kept, by folder. */
export const places: Readonly<Record<string, Place>> = {
  60: { columns: 60 },
  80: { columns: 80 },
  200: { columns: 200 },
  pipe: { columns: undefined },
}

/** A text with its heading. */
export const scene = (heading: string, lines: ReadonlyArray<string>): string =>
  [`${heading}`, "", ...lines.map((line) => `    ${line}`.trimEnd()), "", ""].join("\n")

/** Lines that a terminal would show in color. */
export const plain = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => stripVTControlCharacters(Printable.line(line, false)))

const stable = (line: string): string =>
  stripVTControlCharacters(line)
    .replaceAll(/127\.0\.0\.1([:_])\d+/g, "127.0.0.1$1PORT")
    .replaceAll(/\/\S+holdfast-odd-\w+/g, "~/.local/state/holdfast")
    .replaceAll(/\/\S+holdfast-texts-\w+/g, ".")
    .replace(/^( {2}\d.*chunks?,) \d+\.\d s/, "$1 N s")

/** Runs a command line. `shownAs` replaces arguments that are paths of this machine. */
export const command = (
  { columns }: Place,
  args: ReadonlyArray<string>,
  shownAs: ReadonlyArray<string> = args,
  keep: (line: string) => boolean = () => true,
): Effect.Effect<string> => {
  const stdout: Array<string> = []
  const stderr: Array<string> = []
  const isTerminal = columns !== undefined
  return Cli.run(args).pipe(
    Effect.provide(
      Output.layerMemory({ stdout, stderr }, { isTerminal, canRedraw: false, canColor: isTerminal }, columns),
    ),
    ScaledClock.provide(20),
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: "/nonexistent", LC_ALL: "C.UTF-8" } }),
    ),
    Effect.map((exitCode) => printed(shownAs, exitCode, stdout, stderr, keep)),
  )
}

/** A run as text: its command line, its output to each stream, and its end. */
export const printed = (
  args: ReadonlyArray<string>,
  exitCode: number,
  stdout: ReadonlyArray<string>,
  stderr: ReadonlyArray<string>,
  keep: (line: string) => boolean = () => true,
): string => {
  const lines = (all: ReadonlyArray<string>) => all.map(stable).filter(keep)
  return scene(`$ holdfast ${args.join(" ")}   (exit ${exitCode})`, [...lines(stdout), ...lines(stderr)])
}
