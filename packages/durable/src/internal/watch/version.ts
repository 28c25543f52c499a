/**
 * Decides whether two observations of a path show the same file, and the same version of it.
 */
import type { WatchedFile } from "../../WatchEvent.ts"
import type { Stats, Volume } from "./files.ts"

/**
 * Returns a key that a file keeps when it is renamed or rewritten, and that no other file has.
 *
 * **Details**
 *
 * The key consists of the inode and the time of creation: a file system gives the inode of a deleted file to the next one,
 * and the time of creation tells them apart. The device number of a volume can change when it is mounted again, so only a
 * device that differs from the watched folder's own counts. If the file system reports no creation time, the key includes the
 * mark of the volume, and if it does not keep inode numbers, the key includes the mark and has the path in place of the
 * inode.
 */
export const keyOf = (relative: string, { createdNs, device, inode }: Stats, volume: Volume): string => {
  const nested = device === volume.stats.device ? "" : `${device}`
  if (!volume.keepsInodes) return `${volume.mark}:${nested}:${createdNs}:${relative}`
  return createdNs === 0n ? `${volume.mark}:${nested}:${inode}` : `${nested}:${inode}:${createdNs}`
}

/** Whether two observations of a file show the same version of its content. */
export const isSame = (one: Stats, other: Stats): boolean =>
  one.bytes === other.bytes && one.modifiedNs === other.modifiedNs

/** Describes a version of a file for an event. */
export const watchedFile = (path: string, relative: string, stats: Stats): WatchedFile => ({
  path,
  relative,
  bytes: Number(stats.bytes),
  modifiedAt: Number(stats.modifiedNs / 1_000_000n),
  modifiedNs: String(stats.modifiedNs),
  createdNs: String(stats.createdNs),
  inode: String(stats.inode),
  device: String(stats.device),
})
