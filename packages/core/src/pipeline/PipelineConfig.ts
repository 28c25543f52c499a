/**
 * Reads the settings of pipelines from JSON, a file or the environment.
 *
 * **Details**
 *
 * No other policy module imports `Schema`, so a program that defines its policies in code does not have to load `Schema`.
 * Each problem is reported with its path, the given value and a description of the allowed values. Wrong types and unknown
 * keys are reported together. If several values in one policy are out of range, only the first problem is reported.
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Checks from "./config/checks.ts"
import * as Environment from "./config/environment.ts"
import { examined, isObject } from "./config/examine.ts"
import { jsonError } from "./config/jsonError.ts"
import { settings } from "./config/schema.ts"
import * as Shape from "./config/shape.ts"
import type { InvalidPolicy } from "./InvalidPolicy.ts"
import { nearest } from "./options/nearest.ts"
import * as Pipeline from "./Pipeline.ts"
import { PipelineConfigError, line, type Problem } from "./PipelineConfigError.ts"
import * as PipelineSettings from "./PipelineSettings.ts"

export { PipelineConfigError } from "./PipelineConfigError.ts"

/**
 * The schema for settings in JSON.
 *
 * **Details**
 *
 * Use this schema within your own schema. The schema checks only keys and types; {@link decode} also checks the values
 * against the policies.
 */
export const Settings: Schema.Codec<Pipeline.Settings, Schema.Codec.Encoded<typeof settings>> = settings as never

// ---------------------------------------------------------------------------------------------------------------------
// Decoding
// ---------------------------------------------------------------------------------------------------------------------

const failed = (source: string, [first, ...rest]: ReadonlyArray<Problem>): PipelineConfigError =>
  new PipelineConfigError({ source, problems: [first ?? { path: "", was: "wrong", allowed: "settings" }, ...rest] })

/**
 * Decodes settings from a JSON value.
 *
 * **Details**
 *
 * Durations are strings, such as `"15 seconds"` and `"500 millis"`, or numbers of milliseconds. An unknown key is an error,
 * and the message suggests the most similar known key. Options that are functions or schedules, such as a breaker's
 * `classify` function or a schedule for its `open` option, cannot be specified in JSON. `source` identifies the origin of the
 * settings in error messages.
 */
export const decode = (input: unknown, source = "settings"): Effect.Effect<Pipeline.Settings, PipelineConfigError> =>
  Effect.suspend(() => {
    const result = examined(input)
    return Result.isSuccess(result) ? Effect.succeed(result.success) : Effect.fail(failed(source, result.failure))
  })

/**
 * Parses JSON text and decodes the result in the same way as {@link decode}. If the text is not valid JSON, the error
 * contains the line and the column.
 */
export const parse = (json: string, source = "settings"): Effect.Effect<Pipeline.Settings, PipelineConfigError> =>
  Effect.suspend(() => {
    const text = json.replace(/^\ufeff/, "")
    let input: unknown
    try {
      input = JSON.parse(text)
    } catch {
      const { column, found, line } = jsonError(text)
      return Effect.fail(failed(`${source}:${line}:${column}`, [{ path: "", was: found, allowed: "JSON" }]))
    }
    return decode(input, source)
  })

/** Encodes settings as JSON. Fails if the settings contain a function or a schedule. */
export const encode = (
  given: Pipeline.Settings,
  source = "settings",
): Effect.Effect<typeof Settings.Encoded, PipelineConfigError> =>
  Effect.as(decode(plain(given), source), plain(given) as typeof Settings.Encoded)

/** Removes keys whose value is `undefined`, and converts all durations to their JSON form. */
const plain = (given: unknown, path: Shape.Path = []): unknown => {
  const expected = Shape.expectedAt(settings.ast, path) ?? ""
  const isDuration = expected.startsWith("a duration") && !(expected.includes("object") && isPlainObject(given))
  if (isDuration && typeof given !== "string") {
    return Option.match(Duration.fromInput(given as Duration.Input), {
      onNone: () => given,
      onSome: Duration.toMillis,
    })
  }
  if (!isPlainObject(given)) return given
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, plain(value, [...path, key])]),
  )
}

const isPlainObject = (u: unknown): u is object => isObject(u) && Object.getPrototypeOf(u) === Object.prototype

// ---------------------------------------------------------------------------------------------------------------------
// The environment
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Reads settings from the environment: `HOLDFAST_RETRY_ATTEMPTS=4`, `HOLDFAST_BREAKER_WINDOW_FAILURE_RATE=0.2`.
 *
 * **Details**
 *
 * The name of a variable consists of the prefix and the path, in upper snake case: `retry.hintCap` becomes
 * `HOLDFAST_RETRY_HINT_CAP`. `HOLDFAST_RETRY=on` enables the policy with the defaults for all options that are not set, and
 * `off` removes the policy even if other variables configure it. A duration requires a unit: `15` is rejected, because many
 * readers would assume that it means seconds. A variable that starts with the name of a policy but is not a setting is an
 * error, like an unknown key in a file. A misspelled name such as `HOLDFAST_TIMOUT` is also an error. If no variable is set,
 * the settings are empty.
 *
 * **Gotchas**
 *
 * Variables are looked up by their full names, so the provider must be the environment or a flat record. For a provider of
 * nested values, use `Config.schema(PipelineConfig.Settings)`. Unknown names are detected only if the provider can list its
 * names, as the environment can.
 */
export const config = (prefix = "HOLDFAST"): Config.Config<Pipeline.Settings> => {
  const paths = Shape.leaves(settings.ast)
  const variable = (path: Shape.Path) => Config.option(Config.String(Environment.nameOf(prefix, path)))
  const values = (paths: ReadonlyArray<Shape.Path>) =>
    Config.all(paths.map((path) => Config.map(variable(path), (value) => ({ path, value }))))
  const listed = Checks.keys.map((key) => {
    const at = Environment.nameOf(prefix, [key])
    return Config.map(Config.option(Config.schema(Names, at.split("_"))), (names) =>
      Option.match(names, { onNone: () => [], onSome: (tree) => namesOf(tree, at) }),
    )
  })
  // Other programs may share the prefix: a variable that starts with no policy's name is reported only if it looks misspelled.
  const others =
    prefix === ""
      ? Config.succeed([])
      : Config.map(Config.option(Config.schema(Names, prefix.split("_"))), (names) =>
          Option.match(names, {
            onNone: () => [],
            onSome: (tree) => namesOf(tree, prefix).filter((name) => name.startsWith(`${prefix}_`)),
          }),
        )
  const policies = Checks.keys.map((key) => [key]).filter((path) => !paths.some((leaf) => leaf.join() === path.join()))
  const set = (all: ReadonlyArray<{ readonly path: Shape.Path; readonly value: Option.Option<string> }>) =>
    all.flatMap(({ path, value }) =>
      Option.match(value, {
        onNone: () => [],
        onSome: (value): ReadonlyArray<Environment.Variable> => [
          {
            name: Environment.nameOf(prefix, path),
            path,
            value,
            expected: Shape.expectedAt(settings.ast, path) ?? "",
          },
        ],
      }),
    )
  return Config.mapEffect(
    Config.all({ leaves: values(paths), switches: values(policies), names: Config.all(listed), others }),
    ({ leaves, names, others, switches }) => {
      const read = Environment.read(set(leaves), set(switches))
      const known = [...paths, ...policies].map((path) => Environment.nameOf(prefix, path))
      const within = (name: string) => name.slice(prefix.length)
      const misspelled = others.filter((name) => nearest(within(name), known.map(within)) !== undefined)
      const unknown = [...new Set([...names.flat(), ...misspelled])].filter((name) => !known.includes(name))
      const result = examined(read.settings)
      const problems = [
        ...unknown.map((name) => ({
          path: name,
          was: "an unknown variable",
          allowed: nearest(name, known) ?? `the name of a setting, such as ${known[1]}`,
        })),
        ...read.problems,
        ...(Result.isSuccess(result)
          ? []
          : result.failure.map(({ allowed, path, was }) => ({
              path: Environment.nameOf(prefix, path.split(".")),
              was,
              allowed: Environment.allowedHere(allowed),
            }))),
      ]
      return Result.isSuccess(result) && problems.length === 0
        ? Effect.succeed(result.success)
        : Effect.fail(configError(failed("environment", problems)))
    },
  )
}

/** The names that the provider can list under a given name. */
type Names = string | ReadonlyArray<Names> | { readonly [segment: string]: Names }

const Names: Schema.Codec<Names> = Schema.Union([
  Schema.Record(
    Schema.String,
    Schema.suspend((): Schema.Codec<Names> => Names),
  ),
  Schema.Array(Schema.suspend((): Schema.Codec<Names> => Names)),
  Schema.String,
])

const namesOf = (tree: Names, name: string): ReadonlyArray<string> =>
  typeof tree === "string" ? [name] : Object.entries(tree).flatMap(([key, inner]) => namesOf(inner, `${name}_${key}`))

/**
 * Converts the problems to `Config`'s error type, with one issue for each problem. The path of each issue is the name of the
 * variable.
 */
const configError = ({ problems }: PipelineConfigError): Config.ConfigError => {
  const issues = problems.map(
    ({ path, ...rest }) =>
      new SchemaIssue.Pointer([path], new SchemaIssue.InvalidValue({ message: line({ path: "", ...rest }) })),
  )
  return new Config.ConfigError(
    new Schema.SchemaError(new SchemaIssue.Composite(settings.ast, issues as [SchemaIssue.Issue])),
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// Pipelines
// ---------------------------------------------------------------------------------------------------------------------

/** Creates a pipeline from settings in JSON. */
export const load = <G extends Pipeline.Gates | undefined = undefined>(
  input: unknown,
  options: PipelineSettings.Options<G> & { readonly source?: string | undefined } = {},
): Effect.Effect<Pipeline.Pipeline<PipelineSettings.Stages<Pipeline.Settings, G>>, PipelineConfigError> => {
  const { source, ...others } = options
  return Effect.flatMap(decode(input, source), (settings) =>
    Effect.mapError(
      PipelineSettings.make<Pipeline.Settings, G>(settings, others as PipelineSettings.Options<G>),
      refused(source),
    ),
  )
}

/**
 * Reloads a running pipeline with settings from JSON.
 *
 * **Details**
 *
 * Settings for a policy that is not in the pipeline cause an error. If an error occurs, nothing changes, so a mistake in a
 * file does not affect the running pipeline. The documentation of `Pipeline.reload` lists the state that is preserved.
 */
export const reload = (
  pipeline: Pipeline.Pipeline,
  input: unknown,
  source?: string,
): Effect.Effect<void, PipelineConfigError> =>
  Effect.flatMap(decode(input, source), (settings) =>
    Effect.mapError(Pipeline.reload(pipeline, settings), refused(source)),
  )

const refused =
  (source = "settings") =>
  (invalid: InvalidPolicy): PipelineConfigError =>
    failed(source, [Checks.problemOf(invalid)])
