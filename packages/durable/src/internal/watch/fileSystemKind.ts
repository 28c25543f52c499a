/**
 * What the kinds of Linux file systems mean for a watch folder.
 *
 * A change that another machine makes on a network file system raises no event. FUSE programs decide for themselves whether
 * they raise events and whether they keep inode numbers. FAT and exFAT have no inode numbers: Linux invents one whenever it
 * reads a file's entry again.
 */
import { networkOfType } from "@holdfast/oauth/FileSystemKind"

export interface Kind {
  /** The name of the file system, if it must be polled. */
  readonly unreported?: string
  /** Whether a file keeps its inode number as long as it exists. */
  readonly keepsInodes: boolean
  /**
   * Whether the number of blocks tells two volumes apart. The number of blocks is fixed only where the volume is a plain
   * partition.
   */
  readonly hasFixedSize?: boolean
}

/** The network file systems whose servers assign inode numbers. SMB servers are not required to assign inode numbers. */
const numbered: ReadonlySet<string> = new Set(["NFS", "AFS", "Ceph"])

/** Other file systems that differ from local disks, by the magic numbers of `statfs(2)`. */
const others: ReadonlyMap<number, Kind> = new Map([
  [0x01021997, { unreported: "9P", keepsInodes: false }],
  [0x786f4256, { unreported: "a shared folder of VirtualBox", keepsInodes: false }],
  [0x65735546, { unreported: "FUSE", keepsInodes: false }],
  [0x4d44, { keepsInodes: false, hasFixedSize: true }],
  [0x2011bab0, { keepsInodes: false, hasFixedSize: true }],
])

const local: Kind = { keepsInodes: true }

/**
 * Returns the kind of a file system. An unknown file system counts as local: its changes are reported and its inode numbers
 * are kept.
 */
export const kindOf = (type: number, platform: string = process.platform): Kind => {
  if (platform !== "linux") return local
  const network = networkOfType(type)
  if (network !== undefined) return { unreported: network, keepsInodes: numbered.has(network) }
  return others.get(type) ?? local
}
