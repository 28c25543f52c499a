/**
 * Plans which bytes of a file go to which upload URL: pure arithmetic.
 *
 * **Details**
 *
 * Frame.io decides the number of chunks by the number of URLs that it returns. The chunk size is `ceil(bytes / urls)`, and the
 * last chunk has the remainder. Every URL gets exactly one PUT. If no bytes are left for the last URLs (10 bytes over 6 URLs
 * make 5 chunks of 2), their chunks are empty but still sent: the server waits for every part that it created, and the parts
 * joined in order are still the file. A custom number of chunks is requested at creation and checked there
 * (`AssetRequest.check`).
 */
import { limits } from "./internal/upload/limits.ts"

/** One chunk: `length` bytes of the file from `offset`, for upload URL number `index`. */
export interface Chunk {
  readonly index: number
  readonly offset: number
  readonly length: number
}

/** All chunks of one file, in the order of the URLs; `chunkSize` is the length of every chunk except the last ones. */
export interface ChunkPlan {
  readonly bytes: number
  readonly chunkSize: number
  readonly chunks: ReadonlyArray<Chunk>
}

/** Why there is no plan, in words for a person. The caller turns it into a typed error. */
export interface Refused {
  readonly refused: string
}

/** Whether a plan was refused. */
export const isRefused = (plan: ChunkPlan | Refused): plan is Refused => "refused" in plan

/**
 * Plans `bytes` over `urls` upload URLs.
 *
 * **Details**
 *
 * Rejects an empty list of URLs, even for a file without bytes, because nothing could prove that it arrived; and chunks above
 * the 5 GiB that S3 accepts in one PUT. A file without bytes is planned as one empty chunk per URL.
 */
export const make = (bytes: number, urls: number): ChunkPlan | Refused => {
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    return { refused: `expected a size in bytes (an integer >= 0), got ${bytes}` }
  if (urls < 1) return { refused: "the server returned no upload URL" }
  const chunkSize = Math.ceil(bytes / urls)
  if (chunkSize > limits.largestPart)
    return {
      refused: `with ${urls} upload URLs, each chunk would have ${chunkSize} bytes, but S3 accepts at most 5 GiB in one PUT`,
    }
  const chunks = Array.from({ length: urls }, (_, index) => {
    const offset = Math.min(index * chunkSize, bytes)
    return { index, offset, length: Math.min(chunkSize, bytes - offset) }
  })
  return { bytes, chunkSize, chunks }
}
