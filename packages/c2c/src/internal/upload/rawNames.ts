/**
 * Finds files whose names are not valid UTF-8. When Node reads a file name that is not UTF-8, it replaces the invalid bytes
 * with U+FFFD and then cannot find a file with that name.
 */
import * as FsPromises from "node:fs/promises"
import * as Path from "node:path"

const replacement = "\ufffd"

/** Whether a path may represent a name that is not valid UTF-8. */
export const isSuspect = (path: string): boolean => path.includes(replacement)

/** Formats a name, with every byte that is not valid UTF-8 written as an escape such as `\\xff`. */
export const escaped = (name: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < name.length;) {
    const length = [1, 2, 3, 4].find((count) => isText(name.subarray(at, at + count)))
    const byte = name[at] ?? 0
    text += length === undefined ? `\\x${byte.toString(16).padStart(2, "0")}` : decode(name.subarray(at, at + length))
    at += length ?? 1
  }
  return text
}

const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)

const isText = (bytes: Uint8Array): boolean => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) !== ""
  } catch {
    return false
  }
}

/**
 * Returns the path of the file whose name Node decodes to this path, with invalid bytes escaped, or `undefined` if no such
 * file exists.
 */
export const find = async (path: string): Promise<string | undefined> => {
  let folder: Buffer = Buffer.from(Path.isAbsolute(path) ? "/" : ".")
  let isRaw = false
  for (const part of path.split("/").filter((name) => name !== "")) {
    let name: Buffer = Buffer.from(part)
    if (isSuspect(part)) {
      const names = await FsPromises.readdir(folder, { encoding: "buffer" })
      const found = names.find((raw) => decode(raw) === part)
      if (found === undefined) return undefined
      isRaw = isRaw || escaped(found) !== part
      name = found
    }
    folder = Buffer.concat([folder, Buffer.from("/"), name])
  }
  if (!isRaw) return undefined
  await FsPromises.access(folder)
  return escaped(folder).replace(/^\.\//, "").replace(/^\/+/, "/")
}
