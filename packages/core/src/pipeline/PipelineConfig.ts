/**
 * Reads the settings of pipelines from JSON, a file or the environment.
 *
 * **Details**
 *
 * No other policy module imports `Schema`, so a program whose policies are written in code does not pay for it. Each problem is
 * reported by path, with the given value and what is allowed. Wrong types and unknown keys are reported together; of several
 * values out of range in one policy, only the first.
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
import { nearest } from "./nearest.ts"
import * as Pipeline from "./Pipeline.ts"
import { PipelineConfigError, line, type Problem } from "./PipelineConfigError.ts"
import * as PipelineSettings from "./PipelineSettings.ts"

export { PipelineConfigError } from "./PipelineConfigError.ts"

/**
 * The schema of settings as JSON.
 *
 * **Details**
 *
 * Use it inside a schema of your own. It checks keys and types only; {@link decode} also checks the values against the
 * policies.
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
 * Durations are strings such as `"15 seconds"` and `"500 millis"`, or milliseconds. An unknown key is an error that suggests
 * the nearest known one. Options that are functions or schedules (`classify` of a breaker, `open` by schedule) cannot be given.
 * `source` names the origin in the error.
 */
export const decode = (input: unknown, source = "settings"): Effect.Effect<Pipeline.Settings, PipelineConfigError> =>
  Effect.suspend(() => {
    const result = examined(input)
    return Result.isSuccess(result) ? Effect.succeed(result.success) : Effect.fail(failed(source, result.failure))
  })

/** Parses a JSON text and decodes it as {@link decode} does. If the text is not JSON, the error gives line and column. */
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

/** Encodes settings as JSON. Fails if they contain a function or a schedule. */
export const encode = (
  given: Pipeline.Settings,
  source = "settings",
): Effect.Effect<typeof Settings.Encoded, PipelineConfigError> =>
  Effect.as(decode(plain(given), source), plain(given) as typeof Settings.Encoded)

/** Removes keys that are `undefined` and converts durations of any form to their JSON form. */
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
 * A variable's name is the prefix and the path in capitals: `retry.hintCap` is `HOLDFAST_RETRY_HINT_CAP`. `HOLDFAST_RETRY=on`
 * enables the policy with its defaults, and `off` removes it, whatever else is set. A duration needs its unit: `15` is
 * rejected, because half of its readers would take it for seconds. Like an unknown key in a file, a variable that starts with
 * the name of a policy but is not a setting is an error. So is a near miss such as `HOLDFAST_TIMOUT`. If no variable is set,
 * the settings are empty.
 *
 * **Gotchas**
 *
 * Variables are looked up by their full names, so the provider must be the environment or a flat record. For a provider of
 * nested values use `Config.schema(PipelineConfig.Settings)`. Unknown names are detected if the provider can list its names, as
 * the environment can.
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

/** The names below a name, as far as the provider can list them. */
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

/** Converts the problems to the error of `Config`: one issue for each problem, at the name of its variable. */
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

/** Makes a pipeline from settings as JSON. */
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
 * Settings of a policy that the pipeline lacks are an error. After any error nothing has changed, so a mistake in a file leaves
 * the pipeline as it was. `Pipeline.reload` lists what is kept.
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
