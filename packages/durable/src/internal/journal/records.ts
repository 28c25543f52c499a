/**
 * Converts the rows of uploads, parts and events to records and back.
 */
import type { SavedAsset } from "@holdfast/c2c/UploadSession"
import * as Redacted from "effect/Redacted"
import type {
  PartRecord,
  SavedError,
  UploadEventRecord,
  UploadRecord,
  UploadState,
  Wanted,
} from "../../UploadRecord.ts"
import { decodeText, encodeText } from "./rows.ts"
import type { Row, Stored } from "./rows.ts"

/** An upload as stored in the journal: the record, and the data that only the owner needs. */
export interface UploadEntry {
  readonly record: UploadRecord
  /** The last epoch in which a step of the upload began. */
  readonly begunEpoch: number
  /** The last epoch in which a part was confirmed or the asset was created. */
  readonly progressEpoch: number
}

const isMissing = (value: Stored | undefined): value is null | undefined => value === null || value === undefined
const text = (value: Stored | undefined): string => decodeText(String(value))
const optionalText = (value: Stored | undefined): string | undefined => (isMissing(value) ? undefined : text(value))
const number = (value: Stored | undefined): number => Number(value)
const optional = (value: Stored | undefined): number | undefined => (isMissing(value) ? undefined : Number(value))
const stored = (value: string | undefined): Stored => (value === undefined ? null : encodeText(value))

export const toEntry = (row: Row): UploadEntry => ({
  record: {
    id: text(row[1]),
    seq: number(row[0]),
    path: text(row[2]),
    name: optionalText(row[3]),
    filetype: optionalText(row[4]),
    channel: optional(row[5]),
    priority: number(row[6]),
    state: row[7] as UploadState,
    wanted: (row[8] ?? undefined) as Wanted | undefined,
    createAgain: row[9] === 1,
    file: { bytes: number(row[10]), modifiedNs: text(row[11]), inode: text(row[12]) },
    assetId: optionalText(row[13]),
    serverTime: optional(row[14]),
    chunks: optional(row[15]),
    chunkSize: optional(row[16]),
    failures: number(row[17]),
    crashes: number(row[18]),
    resumed: row[19] === 1,
    resentBytes: number(row[20]),
    confirmed: number(row[21]),
    error: toError(row),
    quietMillis: optional(row[29]),
    device: optionalText(row[30]),
    run: number(row[31] ?? 0),
    addedAt: number(row[25]),
    changedAt: number(row[26]),
  },
  begunEpoch: number(row[27]),
  progressEpoch: number(row[28]),
})

const toError = (row: Row): SavedError | undefined =>
  isMissing(row[22]) ? undefined : { tag: text(row[22]), message: text(row[23]), exitCode: number(row[24]) }

export const fromEntry = ({ begunEpoch, progressEpoch, record }: UploadEntry): Row => [
  record.seq,
  encodeText(record.id),
  encodeText(record.path),
  stored(record.name),
  stored(record.filetype),
  record.channel ?? null,
  record.priority,
  record.state,
  record.wanted ?? null,
  record.createAgain ? 1 : 0,
  record.file.bytes,
  encodeText(record.file.modifiedNs),
  encodeText(record.file.inode),
  stored(record.assetId),
  record.serverTime ?? null,
  record.chunks ?? null,
  record.chunkSize ?? null,
  record.failures,
  record.crashes,
  record.resumed ? 1 : 0,
  record.resentBytes,
  record.confirmed,
  stored(record.error?.tag),
  stored(record.error?.message),
  record.error?.exitCode ?? null,
  record.addedAt,
  record.changedAt,
  begunEpoch,
  progressEpoch,
  record.quietMillis ?? null,
  stored(record.device),
  // NULL does not count in the checksum, so earlier versions of the program can read the row.
  record.run === 0 ? null : record.run,
]

export const toPart = (row: Row): PartRecord => {
  const chunk = { index: number(row[1]), offset: number(row[2]), length: number(row[3]) }
  return row[4] === null
    ? { ...chunk, state: "sending" }
    : {
        ...chunk,
        state: "confirmed",
        confirmedAt: number(row[4]),
        md5: text(row[5]),
        proof: row[6] as "md5" | "etag" | "none",
      }
}

export const fromPart = (seq: number, part: PartRecord): Row => [
  seq,
  part.index,
  part.offset,
  part.length,
  ...(part.state === "confirmed" ? [part.confirmedAt, encodeText(part.md5), part.proof] : [null, null, null]),
]

export const toAsset = ({ assetId, chunkSize, file, serverTime }: UploadRecord, row: Row): SavedAsset | undefined => {
  if (assetId === undefined) return undefined
  const uploadUrls = (JSON.parse(text(row[1])) as ReadonlyArray<string>).map((url) => Redacted.make(url))
  // The asset of a recording has no URLs: each part gets its URL just before it is sent.
  const recording = uploadUrls.length === 0 ? { partSize: chunkSize } : {}
  return { assetId, uploadUrls, filetype: text(row[2]), serverTime, file, ...recording }
}

export const fromAsset = (seq: number, asset: SavedAsset): Row => [
  seq,
  encodeText(JSON.stringify(asset.uploadUrls.map(Redacted.value))),
  encodeText(asset.filetype),
]

export const toEvent = (uploadId: string, row: Row): UploadEventRecord => ({
  seq: number(row[1]),
  uploadId,
  at: number(row[2]),
  kind: text(row[3]),
  detail: text(row[4]),
})

export const fromEvent = (seq: number, event: Omit<UploadEventRecord, "uploadId">): Row => [
  seq,
  event.seq,
  event.at,
  encodeText(event.kind),
  encodeText(event.detail),
]
