/**
 * Resolves the API that a command connects to, including its address, credentials and token file.
 */
import * as C2cConfig from "@holdfast/c2c/C2cConfig"
import * as SandboxCredentials from "@holdfast/sandbox/Credentials"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as UserDirectories from "effect/persistence/UserDirectories"
import * as Path from "node:path"
import { LocalProblem, UsageError } from "../process/PersonError.ts"
import { version } from "../process/Version.ts"

/** An API with its address and credentials. */
export interface Target {
  readonly config: C2cConfig.C2cConfig["Service"]
  readonly host: string
  readonly isLoopback: boolean
}

const credentials = Config.all({
  clientId: Config.option(Config.String("HOLDFAST_CLIENT_ID")),
  clientSecret: Config.option(Config.Redacted("HOLDFAST_CLIENT_SECRET")),
})

/** The device of a cluster to which an upload belongs that names none. Its client id is that of the credentials. */
export const defaultDevice = "default"

/** Returns the target for a device of a cluster. A device other than the default one has its name as its client id. */
export const asDevice = (target: Target, device: string): Target =>
  device === defaultDevice ? target : { ...target, config: { ...target.config, clientId: device } }

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname)

/** A target, and the user error for its missing credentials, if they are missing. */
export interface Inspected {
  readonly target: Target
  readonly missing: UsageError | undefined
}

/**
 * Resolves an API address to a target even if the credentials are missing. Without credentials, the target supports only
 * requests that do not identify the device, such as the health check.
 *
 * **Details**
 *
 * The credentials are read from `HOLDFAST_CLIENT_ID` and `HOLDFAST_CLIENT_SECRET`. Command-line flags do not accept
 * credentials, because other users of the machine can read command lines. For an API on this machine, the credentials default
 * to those of the sandbox.
 */
export const inspect = (api: string): Effect.Effect<Inspected, UsageError> =>
  Effect.gen(function* () {
    const { clientId, clientSecret } = yield* Effect.orDie(credentials)
    const given =
      Option.isSome(clientId) && Option.isSome(clientSecret)
        ? { clientId: clientId.value, clientSecret: clientSecret.value }
        : undefined
    const { clientId: id, clientSecret: secret } = given ?? SandboxCredentials
    const config = yield* C2cConfig.make({ api, clientVersion: version, clientId: id, clientSecret: secret }).pipe(
      Effect.mapError(
        ({ field, reason }) =>
          new UsageError(
            field === "api"
              ? { problem: `--api: ${reason}`, remedy: `specify an address such as ${C2cConfig.frameIo}` }
              : { problem: `${field}: ${reason}`, remedy: "correct HOLDFAST_CLIENT_ID" },
          ),
      ),
    )
    const url = new URL(config.api)
    const here = isLoopback(url.hostname)
    const missing =
      given === undefined && !here
        ? new UsageError({
            problem: `no credentials for ${url.host}`,
            remedy:
              "set HOLDFAST_CLIENT_ID and HOLDFAST_CLIENT_SECRET to the credentials of your integration, or try " +
              "--sandbox, which needs none",
          })
        : undefined
    return { target: { config, host: url.host, isLoopback: here }, missing }
  })

/** Resolves an API address to a target with credentials. Missing credentials cause a user error. */
export const resolve = (api: string): Effect.Effect<Target, UsageError> =>
  Effect.flatMap(inspect(api), ({ missing, target }) =>
    missing === undefined ? Effect.succeed(target) : Effect.fail(missing),
  )

/**
 * The directory for the files that the command saves. The directory is `HOLDFAST_HOME` if that variable is set, and otherwise
 * the user's state directory.
 */
export const home: Effect.Effect<string, LocalProblem, UserDirectories.UserDirectories> = Effect.gen(function* () {
  const named = yield* Effect.orDie(Config.option(Config.String("HOLDFAST_HOME")))
  if (Option.isSome(named)) return named.value
  return yield* UserDirectories.UserDirectories.use((directories) => directories.state("holdfast")).pipe(
    Effect.mapError(
      (error) =>
        new LocalProblem({
          problem: `cannot find a directory for saved files: ${error.message}`,
          remedy: "set HOLDFAST_HOME to a directory that you can write to",
        }),
    ),
  )
})

/** The path of a target's token file. Each API host has its own token file. */
export const tokenFile = (target: Target): Effect.Effect<string, LocalProblem, UserDirectories.UserDirectories> =>
  Effect.map(home, (directory) => Path.join(directory, "tokens", `${nameOf(target)}.json`))

/**
 * The directory of a target's queue. Each API host has its own queue, because an upload belongs to the project of the device
 * that is paired with that API.
 */
export const queueDirectory = (target: Target): Effect.Effect<string, LocalProblem, UserDirectories.UserDirectories> =>
  Effect.map(home, (directory) => Path.join(directory, "queue", nameOf(target)))

/** The name of a target as used in file names. */
const nameOf = ({ host }: Target): string => host.replace(/[^a-zA-Z0-9.-]/g, "_")
