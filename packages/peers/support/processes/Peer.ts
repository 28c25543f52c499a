/**
 * Shared by the peers: availability, failed starts, and free ports.
 */
import { execFile } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { type AddressInfo, createServer, type Server } from "node:net"
import { delimiter, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

/** The path of a program, by `PATH`. */
export const which = (program: string): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** Why a peer cannot run here, with the packages to install; `undefined` if it can. */
export const without = (programs: ReadonlyArray<string>, packages: string): string | undefined => {
  const missing = programs.find((program) => which(program) === undefined)
  return missing === undefined ? undefined : `no ${missing} here, install ${packages}`
}

/** Returns the output of a command. A failure names the command without its arguments, which may contain keys. */
export const run = (command: string, args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${command} failed (${error.code ?? error.signal}): ${stderr.trim()}`))
    })
  })

/** The name of a test group, with the reason if it is skipped. */
export const title = (name: string, missing: string | undefined): string =>
  missing === undefined ? name : `${name} (skipped: ${missing})`

/** Ports of 127.0.0.1 that are currently free. */
export const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve, reject) => {
          const server = createServer().once("error", reject)
          server.listen(0, "127.0.0.1", () => resolve(server))
        }),
    ),
  )
  // All are open at once, so that none is returned twice.
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Retries until there is a result; `give up` says when to stop, and why. */
export const until = async <A>(
  ask: () => Promise<A | undefined> | A | undefined,
  options: { readonly what: string; readonly seconds: number; readonly every?: number; readonly ended?: () => boolean },
): Promise<A> => {
  const end = performance.now() + options.seconds * 1000
  while (true) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (options.ended?.() === true) throw new Error(`${options.what}: the process has ended`)
    if (performance.now() > end) throw new Error(`${options.what}: not within ${options.seconds} s`)
    await sleep(options.every ?? 50)
  }
}
