/**
 * Computes which bytes of a file are sent to which upload URL. The module contains only pure arithmetic.
 *
 * **Details**
 *
 * The number of chunks equals the number of URLs that Frame.io returns. The chunk size is `ceil(bytes / urls)`, and the last
 * chunk contains the remainder. Every URL receives exactly one PUT request. If no bytes are left for the last URLs, their
 * chunks are empty but are still sent. For example, 10 bytes distributed over 6 URLs make 5 chunks of 2 bytes and one empty
 * chunk. The server waits for every part that it created, and empty parts do not change the joined file. A custom number of
 * chunks is requested when the asset is created, and is validated at that time (`AssetRequest.check`).
 */
import { limits } from "./internal/upload/limits.ts"

/** One chunk: `length` bytes of the file, starting at `offset`, for the upload URL at `index`. */
export interface Chunk {
  readonly index: number
  readonly offset: number
  readonly length: number
}

/**
 * All chunks of one file, in the order of the URLs. Every chunk has the length `chunkSize`, except the last chunks, which may
 * be shorter.
 */
export interface ChunkPlan {
  readonly bytes: number
  readonly chunkSize: number
  readonly chunks: ReadonlyArray<Chunk>
}

/** A human-readable reason why no plan can be made. The caller converts this reason into a typed error. */
export interface Refused {
  readonly refused: string
}

/** Returns whether the plan was refused. */
export const isRefused = (plan: ChunkPlan | Refused): plan is Refused => "refused" in plan

/**
 * Distributes `bytes` bytes over `urls` upload URLs.
 *
 * **Details**
 *
 * Rejects an empty list of URLs, even for an empty file, because no response could prove that the file arrived. Chunks above
 * the 5 GiB that S3 accepts in one PUT are also rejected. For an empty file, the plan contains one empty chunk per URL.
 */
export const make = (bytes: number, urls: number): ChunkPlan | Refused => {
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    return { refused: `expected a size in bytes (an integer >= 0), got ${bytes}` }
  if (urls < 1) return { refused: "the server returned no upload URL" }
  const chunkSize = Math.ceil(bytes / urls)
  if (chunkSize > limits.largestPart)
    return {
      refused: `with ${urls} upload URLs, each chunk would be ${chunkSize} bytes, but S3 accepts at most 5 GiB in one PUT`,
    }
  const chunks = Array.from({ length: urls }, (_, index) => {
    const offset = Math.min(index * chunkSize, bytes)
    return { index, offset, length: Math.min(chunkSize, bytes - offset) }
  })
  return { bytes, chunkSize, chunks }
}
