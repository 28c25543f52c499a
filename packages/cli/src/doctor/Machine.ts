/**
 * Provides the information about this machine that no Effect service provides.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Dns from "node:dns/promises"
import * as Fs from "node:fs/promises"
import * as Tls from "node:tls"

/** The state of a file system. */
export interface FileSystemState {
  /** The bytes that this user can still write. */
  readonly freeBytes: number
  /** The number of files that can still be created, or `undefined` if the file system has no limit. */
  readonly freeFiles: number | undefined
  /** The `type` of the file system from `statfs(2)`. */
  readonly type: number
}

/** A failed call to the operating system. `code` is the error code, such as `ENOTFOUND`. */
export interface Failed {
  readonly code: string
}

/**
 * The machine on which the command runs. Tests replace the machine.
 *
 * **Details**
 *
 * `user` is `undefined` on systems without file owners and modes, such as Windows. `powerSupplies` is the directory in which
 * Linux describes batteries and power adapters.
 */
export const Machine = Context.Reference<{
  readonly platform: string
  readonly nodeVersion: string
  readonly user: number | undefined
  readonly powerSupplies: string
  /** The number of certificate authorities that the operating system trusts. */
  readonly systemAuthorities: Effect.Effect<number, Failed>
  /** Returns the addresses of a host name. */
  readonly addresses: (host: string) => Effect.Effect<ReadonlyArray<string>, Failed>
  readonly fileSystem: (folder: string) => Effect.Effect<FileSystemState, Failed>
}>("holdfast/doctor/Machine", {
  defaultValue: () => ({
    platform: process.platform,
    nodeVersion: process.versions.node,
    user: process.getuid?.(),
    powerSupplies: "/sys/class/power_supply",
    systemAuthorities: Effect.try({ try: () => Tls.getCACertificates("system").length, catch: failed }),
    addresses: (host) =>
      Effect.tryPromise({
        try: async () => (await Dns.lookup(host, { all: true })).map(({ address }) => address),
        catch: failed,
      }),
    fileSystem: (folder) =>
      Effect.tryPromise({
        try: async () => {
          const { bavail, bsize, ffree, files, type } = await Fs.statfs(folder)
          return { freeBytes: bavail * bsize, freeFiles: files === 0 ? undefined : ffree, type }
        },
        catch: failed,
      }),
  }),
})

const failed = (cause: unknown): Failed => ({
  code: cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown reason",
})
