/**
 * Reads the ID of the machine, which each operating system states in its own way.
 */
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"

/** What the ID is read from. */
export interface Host {
  readonly platform: NodeJS.Platform
  /** Returns the content of a file. Throws if it cannot be read. */
  readonly read: (file: string) => string
  /** Returns the output of a program. Fails if it cannot be run. */
  readonly run: (program: string, args: ReadonlyArray<string>) => Effect.Effect<string, Error>
}

/**
 * The programs that print the ID, and the line in which they print it. Their paths are absolute, because the working folder
 * may be a camera card with a program of the same name.
 */
const programs: Partial<
  Record<NodeJS.Platform, readonly [program: string, args: ReadonlyArray<string>, line: RegExp]>
> = {
  darwin: ["/usr/sbin/ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"], /"IOPlatformUUID"\s*=\s*"([^"]*)"/],
  win32: [
    String.raw`C:\Windows\System32\reg.exe`,
    ["query", String.raw`HKLM\SOFTWARE\Microsoft\Cryptography`, "/v", "MachineGuid", "/reg:64"],
    /MachineGuid\s+REG_SZ\s+(\S+)/,
  ],
}

/** The ID must not leave the machine (`machine-id(5)`), so only its hash is used. */
const hashOf = (id: string | undefined): string | undefined =>
  id === undefined || id.trim() === ""
    ? undefined
    : createHash("sha256").update(`holdfast ${id.trim()}`).digest("hex").slice(0, 32)

/** Returns a hash of the machine's ID, or `undefined` if the machine does not state one. */
export const idOf = ({ platform, read, run }: Host): Effect.Effect<string | undefined> => {
  const found = programs[platform]
  if (found === undefined) {
    return Effect.try(() => hashOf(read("/etc/machine-id"))).pipe(Effect.orElseSucceed(() => undefined))
  }
  const [program, args, line] = found
  return run(program, args).pipe(
    Effect.map((output) => hashOf(line.exec(output)?.[1])),
    Effect.orElseSucceed(() => undefined),
  )
}

/** The time that a program may take, in milliseconds. */
const longest = 5000

/** This machine. */
export const host: Host = {
  platform: process.platform,
  read: (file) => Fs.readFileSync(file, "utf8"),
  run: (program, args) =>
    Effect.callback<string, Error>((resume) => {
      const child = execFile(program, args, { timeout: longest, windowsHide: true }, (error, output) =>
        resume(error === null ? Effect.succeed(output) : Effect.fail(error)),
      )
      return Effect.sync(() => void child.kill())
    }),
}
