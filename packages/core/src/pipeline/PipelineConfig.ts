/**
 * Settings of pipelines from outside: from JSON, from a file, from the environment.
 *
 * **Details**
 *
 * The only module of policies that imports `Schema`: a program whose policies are written in code does not pay for it.
 * What is wrong is named by its path, with what it was and what is allowed, whether its type is wrong or the policy
 * itself refuses it; all of it at once.
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
 * Settings as JSON holds them.
 *
 * **Details**
 *
 * For use inside of a schema of your own. It knows keys and types; {@link decode} also asks the policies.
 */
export const Settings: Schema.Codec<Pipeline.Settings, Schema.Codec.Encoded<typeof settings>> = settings as never

// ---------------------------------------------------------------------------------------------------------------------
// Decoding
// ---------------------------------------------------------------------------------------------------------------------

const failed = (source: string, [first, ...rest]: ReadonlyArray<Problem>): PipelineConfigError =>
  new PipelineConfigError({ source, problems: [first ?? { path: "", was: "wrong", allowed: "settings" }, ...rest] })

/**
 * Settings from what JSON holds.
 *
 * **Details**
 *
 * Durations are texts such as `"15 seconds"` and `"500 millis"`, or milliseconds. An unknown key is an error that names
 * the nearest known one. Options that are functions or schedules (`classify` of a breaker, `open` by schedule) have no
 * place here. `source` names the origin in the error.
 */
export const decode = (input: unknown, source = "settings"): Effect.Effect<Pipeline.Settings, PipelineConfigError> =>
  Effect.suspend(() => {
    const result = examined(input)
    return Result.isSuccess(result) ? Effect.succeed(result.success) : Effect.fail(failed(source, result.failure))
  })

/** {@link decode} of a text; where it is no JSON, the error names line and column. */
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

/** What JSON holds of settings; fails where they hold a function or a schedule. */
export const encode = (
  given: Pipeline.Settings,
  source = "settings",
): Effect.Effect<typeof Settings.Encoded, PipelineConfigError> =>
  Effect.as(decode(plain(given), source), plain(given) as typeof Settings.Encoded)

/** Without the keys that are `undefined`, and durations of any kind as JSON has them. */
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
 * Settings from the environment: `HOLDFAST_RETRY_ATTEMPTS=4`, `HOLDFAST_BREAKER_WINDOW_FAILURE_RATE=0.2`.
 *
 * **Details**
 *
 * A name is the prefix and the path in capitals: `retry.hintCap` is `HOLDFAST_RETRY_HINT_CAP`. `HOLDFAST_RETRY=on` is
 * the policy with its defaults, and `off` removes it, whatever else is set. A duration needs its unit: `15` is rejected,
 * because half of its readers mean seconds. A variable that begins like one of a policy and is none is an error, as an
 * unknown key in a file is, and so is one that is spelled almost like a setting: `HOLDFAST_TIMOUT`. Without any variable the
 * settings are empty.
 *
 * **Gotchas**
 *
 * Names are looked up whole, so the provider is one of the environment or of a flat record; for a provider of nested
 * values use `Config.schema(PipelineConfig.Settings)`. Unknown names are seen where the provider can list them, as the
 * environment can.
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
  // Other programs may have variables with the same prefix: of those that begin like no policy, only misspelled ones count.
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
          allowed: nearest(name, known) ?? `the names of settings, such as ${known[1]}`,
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

/** The names below a name, as far as the provider lists them. */
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

/** As `Config` fails: one issue for each problem, at the name of its variable. */
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

/** A pipeline from what JSON holds. */
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
 * Settings of policies that the pipeline has not are an error. Where anything is wrong nothing is changed, so a file with
 * a slip in it leaves the pipeline as it was. See `Pipeline.reload` for what stays.
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
