/**
 * Node's implementation of the file system of watch folders.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as FsPromises from "node:fs/promises"
import { FileFault, type Files, type Name, type Stats } from "./files.ts"
import { kindOf } from "./fileSystemKind.ts"

const codeOf = (cause: unknown): string => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return typeof code === "string" ? code : String(cause)
}

const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, FileFault> =>
  Effect.tryPromise({ try: run, catch: (cause) => new FileFault({ code: codeOf(cause) }) })

const statsOf = (stats: Fs.BigIntStats): Stats => ({
  kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "other",
  bytes: stats.size,
  modifiedNs: stats.mtimeNs,
  createdNs: stats.birthtimeNs,
  inode: stats.ino,
  device: stats.dev,
  links: stats.nlink,
})

/** Decodes a name. Node decodes bytes that are not UTF-8 to U+FFFD, and then cannot find the file. */
export const nameOf = (raw: Buffer): Name => {
  const text = raw.toString("utf8")
  if (!text.includes("\ufffd") || Buffer.from(text).equals(raw)) return { text, isText: true }
  const escaped = Array.from(raw, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
  )
  return { text: escaped.join(""), isText: false }
}

export const nodeFiles: Files = {
  volume: (folder) =>
    attempt(async () => {
      const [stats, system] = await Promise.all([
        FsPromises.stat(folder, { bigint: true }),
        FsPromises.statfs(folder, { bigint: true }),
      ])
      const { hasFixedSize = false, keepsInodes, unreported } = kindOf(Number(system.type))
      const own = keepsInodes ? `${stats.ino}:${stats.birthtimeNs}` : hasFixedSize ? `${system.blocks}` : ""
      return { stats: statsOf(stats), mark: `${system.type}:${own}`, keepsInodes, unreported }
    }),
  list: (folder) =>
    Effect.map(
      attempt(() => FsPromises.readdir(folder, { encoding: "buffer" })),
      (names) => names.map(nameOf),
    ),
  stat: (path) => attempt(async () => statsOf(await FsPromises.lstat(path, { bigint: true }))),
  readable: (path) => attempt(() => FsPromises.access(path, Fs.constants.R_OK)),
  watch: (folder, onChange, onFailure) =>
    Effect.try({
      try: () => {
        const watcher = Fs.watch(folder, { persistent: false, encoding: "buffer" }, (_event, name) => {
          // A name that is not UTF-8 is reported by the scan of its folder.
          const decoded = name === null ? undefined : nameOf(name)
          onChange(decoded?.isText === true ? decoded.text : undefined)
        })
        // Without a listener, an error of a watcher ends the process.
        watcher.on("error", (cause) => onFailure(codeOf(cause)))
        return { close: () => watcher.close() }
      },
      catch: (cause) => new FileFault({ code: codeOf(cause) }),
    }),
}
