/**
 * Parses command lines with the flags of `upload`, without its work.
 */
import { assert } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Result } from "effect"
import { CliConfig, CliOutput, Command, Completions, GlobalFlag } from "effect/cli"
import * as ExplainCommand from "../../src/explain/Command.ts"
import * as HelpCommand from "../../src/commandLine/HelpCommand.ts"
import * as Scan from "../../src/commandLine/Scan.ts"
import * as StatusCommand from "../../src/status/Command.ts"
import * as PairCommand from "../../src/pair/Command.ts"
import * as UploadCommand from "../../src/upload/Command.ts"

const rootWith = (use: (files: ReadonlyArray<string>) => void) =>
  Command.make("holdfast").pipe(
    Command.withSubcommands([
      UploadCommand.command.pipe(Command.withHandler(({ files }) => Effect.sync(() => use(files)))),
      PairCommand.command,
      StatusCommand.command,
      ExplainCommand.command,
      HelpCommand.make(["upload", "pair", "status", "explain"]),
    ]),
  )

const tree = Completions.fromCommand(rootWith(() => {}))

const scan = (words: ReadonlyArray<string>, present: ReadonlyArray<string> = []) =>
  Scan.scan(tree, words, new Set(present))

/** Asserts the command line that the parser gets. */
export const reads = (
  words: ReadonlyArray<string>,
  expected: ReadonlyArray<string>,
  present: ReadonlyArray<string> = [],
): void => assert.deepStrictEqual(scan(words, present), expected)

/** Asserts that a command line is rejected, and the start of the message. */
export const refuses = (words: ReadonlyArray<string>, beginning: string, present: ReadonlyArray<string> = []): void => {
  const scanned = scan(words, present)
  assert(Scan.isRefused(scanned), words.join(" "))
  const message = `${scanned.problem}; ${scanned.remedy}`
  assert.isTrue(message.startsWith(beginning), message)
}

/** The result of parsing a command line of `upload`. */
export type Parsed =
  | { readonly _tag: "Parsed"; readonly files: ReadonlyArray<string> }
  | { readonly _tag: "Answered" }
  | { readonly _tag: "Refused" }

/** Parses a command line with `Scan` and Effect's parser, without looking for files. */
export const parse = (words: ReadonlyArray<string>, present: ReadonlyArray<string>): Effect.Effect<Parsed> =>
  Effect.gen(function* () {
    let files: ReadonlyArray<string> | undefined
    const root = rootWith((all) => void (files = all))
    const scanned = scan(words, present)
    if (Scan.isRefused(scanned)) return { _tag: "Refused" } as const
    const ran = yield* Effect.result(Command.runWith(root, { version: "0" })(scanned))
    if (Result.isFailure(ran)) return { _tag: "Refused" } as const
    return files === undefined ? ({ _tag: "Answered" } as const) : ({ _tag: "Parsed", files } as const)
  }).pipe(
    Effect.provide([
      NodeServices.layer,
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
    ]),
    Effect.provideService(CliOutput.Presenter, { present: () => Effect.void }),
  ) as Effect.Effect<Parsed>
