/**
 * Determines whether a folder is on a network file system.
 */
import * as Fs from "node:fs"

/** The magic numbers that Linux assigns to file systems whose locks depend on a server (`statfs(2)`). */
const network: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xfe534d42, "SMB"],
  [0xff534d42, "CIFS"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x73757245, "Coda"],
  [0x00c36400, "Ceph"],
])

/** Returns the name of the network file system with a type that `statfs` states, or `undefined` for any other type. */
export const networkOfType = (type: number): string | undefined =>
  process.platform === "linux" ? network.get(type) : undefined

/**
 * Returns the name of the network file system that contains a folder, or `undefined` if the folder is on a local disk or the
 * file system is unknown.
 */
export const networkFileSystem = (folder: string, statfs: typeof Fs.statfsSync = Fs.statfsSync): string | undefined => {
  if (process.platform !== "linux") return undefined
  try {
    return networkOfType(statfs(folder).type)
  } catch {
    return undefined
  }
}
