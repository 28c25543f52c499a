/**
 * Which bytes of a file go to which upload URL: pure arithmetic.
 *
 * **Details**
 *
 * Frame.io decides the number of chunks by the number of URLs it hands out; the size of a chunk follows from it,
 * `ceil(bytes / urls)`, and the last chunk is the remainder. Every URL gets exactly one PUT. Where the rule leaves
 * nothing for the last URLs (more URLs than bytes; 10 bytes over 6 URLs make 5 chunks of 2) those chunks are empty and
 * are sent all the same: the server waits for each part it minted, and the parts joined in order are still the file.
 * A number of chunks of one's own is asked for at creation, and checked there (`AssetRequest.check`).
 */
import { limits } from "./internal/upload/limits.ts"

/** One chunk: `length` bytes of the file from `offset`, for upload URL number `index`. */
export interface Chunk {
  readonly index: number
  readonly offset: number
  readonly length: number
}

/** All chunks of one file, in the order of the URLs; `chunkSize` is the length of every chunk but the last ones. */
export interface ChunkPlan {
  readonly bytes: number
  readonly chunkSize: number
  readonly chunks: ReadonlyArray<Chunk>
}

/** Why no plan exists, in words for a person; the caller makes it a typed error. */
export interface Refused {
  readonly refused: string
}

/** Whether a plan was refused. */
export const isRefused = (plan: ChunkPlan | Refused): plan is Refused => "refused" in plan

/**
 * The plan for `bytes` over `urls` upload URLs.
 *
 * **Details**
 *
 * Refused: no URL at all, also for a file without bytes (nothing could prove that it arrived), and chunks above the
 * 5 GiB that S3 takes in one PUT. A file without bytes is one empty chunk for each URL.
 */
export const make = (bytes: number, urls: number): ChunkPlan | Refused => {
  if (!Number.isSafeInteger(bytes) || bytes < 0) return { refused: `${bytes} is not a number of bytes` }
  if (urls < 1) return { refused: "the server gave no upload URL" }
  const chunkSize = Math.ceil(bytes / urls)
  if (chunkSize > limits.largestPart)
    return { refused: `${urls} upload URLs make chunks of ${chunkSize} bytes, S3 takes at most 5 GiB in one PUT` }
  const chunks = Array.from({ length: urls }, (_, index) => {
    const offset = Math.min(index * chunkSize, bytes)
    return { index, offset, length: Math.min(chunkSize, bytes - offset) }
  })
  return { bytes, chunkSize, chunks }
}
