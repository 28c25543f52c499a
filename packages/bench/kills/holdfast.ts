/**
 * Holdfast as one of the tools: the command of this checkout, with the sandbox as its server.
 */
import * as Fs from "node:fs"
import { join } from "node:path"
import { bin } from "../command/process.ts"
import * as Proxy from "../shared/proxy.ts"
import * as Sandbox from "../shared/sandbox/Server.ts"
import { signIn } from "../shared/sandbox/signIn.ts"
import type { Ready, Setting, Tool } from "./Tool.ts"

/** The size of the parts that the sandbox asks for; Frame.io asked for 10.6 MB for a test clip, and documents about 20 MB. */
const chunkSize = 10 * 1024 ** 2

const prepare = async ({ bytesPerSecond, files, parent }: Setting): Promise<Ready> => {
  const [home, stored] = [join(parent, "home"), join(parent, "stored")]
  const server = Sandbox.start({ PATH: process.env["PATH"] })
  let sent = 0
  let now: { readonly sandbox: Sandbox.Sandbox; readonly proxy: Proxy.Proxy } | undefined
  const program: Array<string> = []

  const close = async () => {
    if (now === undefined) return
    sent += now.proxy.sent()
    await now.proxy.end()
    await now.sandbox.close()
    now = undefined
    for (const path of [home, stored]) Fs.rmSync(path, { recursive: true, force: true })
  }
  const assets = async () => (await now?.sandbox.assets()) ?? []

  return {
    program,
    env: {
      PATH: process.env["PATH"],
      LANG: "C.UTF-8",
      HOME: parent,
      TMPDIR: parent,
      HOLDFAST_HOME: home,
      XDG_CACHE_HOME: join(parent, "cache"),
    },
    sent: () => sent + (now?.proxy.sent() ?? 0),
    whole: async () => {
      const right = new Map(files.map(({ name, sha256 }) => [name, sha256]))
      return new Set(
        (await assets()).flatMap(({ complete, name, sha256 }) =>
          complete && right.get(name) === sha256 ? [name] : [],
        ),
      )
    },
    leftovers: async () => {
      const incomplete = (await assets()).filter(({ complete }) => !complete)
      return { uploads: incomplete.length, bytes: incomplete.reduce((total, { bytes }) => total + bytes, 0) }
    },
    reset: async () => {
      await close()
      for (const path of [home, stored]) Fs.mkdirSync(path, { mode: 0o700 })
      const sandbox = await server.open({ plan: "calm", seed: 1, chunkSize, directory: stored })
      const proxy = await Proxy.start({ to: Number(new URL(sandbox.url).port), bytesPerSecond })
      now = { sandbox, proxy }
      await signIn(home, proxy.url, sandbox)
      const args = ["upload", "--api", proxy.url, "--json", "--no-pair", ...files.map(({ path }) => path)]
      program.splice(0, program.length, process.execPath, bin, ...args)
    },
    // The command asks for this consent if a kill lost the response to a creation.
    advice: (output) => (output.includes("AssetCreationUncertain") ? ["--create-again"] : []),
    end: async () => {
      await close()
      server.end()
    },
  }
}

export const holdfast: Tool = {
  name: "Holdfast",
  restart: "`holdfast upload` again: it sends the parts that are not confirmed",
  missing: undefined,
  version: () => {
    const manifest = new URL("../../cli/package.json", import.meta.url)
    return (JSON.parse(Fs.readFileSync(manifest, "utf8")) as { readonly version: string }).version
  },
  prepare,
}
