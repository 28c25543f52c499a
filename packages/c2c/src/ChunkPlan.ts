/**
 * Which bytes of a file go to which upload URL: pure arithmetic.
 *
 * **Details**
 *
 * Frame.io decides the number of chunks by the number of URLs it hands out; the size of a chunk follows from it,
 * `ceil(bytes / urls)`, and the last chunk is the remainder. Every URL gets exactly one PUT. Where the rule leaves
 * nothing for the last URLs (more URLs than bytes; 10 bytes over 6 URLs make 5 chunks of 2) those chunks are empty and
 * are sent all the same: the server waits for each part it minted, and the parts joined in order are still the file.
 */

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

/** The least size of an S3 part that is not the last one: 5 MiB (S3 user guide, multipart upload limits). */
export const minimumPartSize = 5 * 1024 * 1024

/** The greatest size of an S3 part, and of a single PUT: 5 GiB (same source). */
export const maximumPartSize = 5 * 1024 * 1024 * 1024

/** The greatest number of parts of an S3 object: 10 000 (same source). */
export const maximumParts = 10_000

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
  if (chunkSize > maximumPartSize)
    return { refused: `${urls} upload URLs make chunks of ${chunkSize} bytes, S3 takes at most 5 GiB in one PUT` }
  const chunks = Array.from({ length: urls }, (_, index) => {
    const offset = Math.min(index * chunkSize, bytes)
    return { index, offset, length: Math.min(chunkSize, bytes - offset) }
  })
  return { bytes, chunkSize, chunks }
}

/**
 * Why S3 could not take `bytes` in `parts` parts, or `undefined` if it can.
 *
 * **When to use**
 *
 * Before asking for a number of parts of one's own: Frame.io answers an impossible one with a 500 (a known issue of
 * its API), which a retry cannot cure.
 */
export const partsRefused = (bytes: number, parts: number): string | undefined => {
  if (!Number.isInteger(parts) || parts < 1 || parts > maximumParts)
    return `${parts} parts: S3 takes 1 to ${maximumParts}`
  const size = Math.ceil(bytes / parts)
  if (parts > 1 && size < minimumPartSize) return `${parts} parts of ${size} bytes: S3 wants at least 5 MiB in a part`
  if (size > maximumPartSize) return `${parts} parts of ${size} bytes: S3 takes at most 5 GiB in a part`
  return undefined
}
