/**
 * What the kinds of Linux file systems mean for a watch folder.
 *
 * The numbers are the magic numbers of `statfs(2)`. A change that another machine makes on a network file system raises no
 * event. FUSE programs decide themselves whether they raise events and whether they keep inode numbers. FAT and exFAT have no
 * inode numbers: Linux invents one whenever it reads a file's entry again.
 */

export interface Kind {
  /** The name of the file system, if it must be polled. */
  readonly unreported?: string
  readonly keepsInodes: boolean
  /** Whether the number of blocks tells two volumes apart. It is fixed only where the volume is a plain partition. */
  readonly hasFixedSize?: boolean
}

const kinds: ReadonlyMap<number, Kind> = new Map([
  [0x6969, { unreported: "NFS", keepsInodes: true }],
  [0x517b, { unreported: "SMB", keepsInodes: false }],
  [0xfe534d42, { unreported: "SMB", keepsInodes: false }],
  [0xff534d42, { unreported: "CIFS", keepsInodes: false }],
  [0x5346414f, { unreported: "AFS", keepsInodes: true }],
  [0x6b414653, { unreported: "AFS", keepsInodes: true }],
  [0x73757245, { unreported: "Coda", keepsInodes: false }],
  [0x00c36400, { unreported: "Ceph", keepsInodes: true }],
  [0x01021997, { unreported: "9P", keepsInodes: false }],
  [0x786f4256, { unreported: "a shared folder of VirtualBox", keepsInodes: false }],
  [0x65735546, { unreported: "FUSE", keepsInodes: false }],
  [0x4d44, { keepsInodes: false, hasFixedSize: true }],
  [0x2011bab0, { keepsInodes: false, hasFixedSize: true }],
])

const local: Kind = { keepsInodes: true }

/** Returns the kind of a file system. An unknown one is local: its changes are reported and its inode numbers are kept. */
export const kindOf = (type: number, platform: string = process.platform): Kind =>
  platform === "linux" ? (kinds.get(type) ?? local) : local
