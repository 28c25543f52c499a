/**
 * Builds records of uploads.
 */
import type { UploadRecord } from "@holdfast/durable/UploadRecord"

/** Returns the record of an upload that waits, with some fields changed. */
export const record = (changes: Partial<UploadRecord> = {}): UploadRecord => ({
  id: "7f3a00000000",
  seq: 1,
  path: "/media/card/A001_C003.mov",
  name: undefined,
  filetype: undefined,
  channel: undefined,
  priority: 0,
  state: "queued",
  wanted: undefined,
  createAgain: false,
  file: { bytes: 4_200_000, modifiedNs: "0", inode: "0" },
  assetId: undefined,
  serverTime: undefined,
  chunks: undefined,
  chunkSize: undefined,
  quietMillis: undefined,
  device: undefined,
  run: 0,
  failures: 0,
  crashes: 0,
  resumed: false,
  resentBytes: 0,
  confirmed: 0,
  error: undefined,
  addedAt: 0,
  changedAt: 0,
  ...changes,
})
