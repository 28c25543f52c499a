/**
 * Computes the parts of a recording whose final size is unknown. The module contains only pure arithmetic.
 *
 * **Details**
 *
 * A part contains a 1024th of the bytes before it, rounded up, but at least as many bytes as the first part. A part is sent
 * as soon as the recording contains at least one byte after the part, so the final part is never empty. At most 0.1 % of the
 * recording, or one first part, therefore waits to be sent. S3's minimum and maximum sizes are both respected. With a first
 * part of 5 MiB, the largest part of a recording of 5 TiB contains 5 GiB, and 8 126 parts are enough.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { PlanRefused } from "../../AssetRequest.ts"
import type { Chunk } from "../../ChunkPlan.ts"
import { limits } from "../upload/limits.ts"

/** The default size of the first part: 5 MiB, the smallest size that S3 accepts. */
export const defaultPartSize = limits.smallestPart

/** The size of a part as a fraction of the bytes before it. */
const share = 1 / 1024

/** Returns the first part of every plan with this part size. */
export const first = (partSize: number): Chunk => ({ index: 0, offset: 0, length: partSize })

/** Returns the part that follows a part. */
export const after = ({ index, length, offset }: Chunk, partSize: number): Chunk => ({
  index: index + 1,
  offset: offset + length,
  length: Math.max(partSize, Math.ceil((offset + length) * share)),
})

/** Returns the number of parts of a recording that ends after `bytes` bytes. */
export const count = (bytes: number, partSize: number): number => {
  let part = first(partSize)
  while (part.offset + part.length < bytes) part = after(part, partSize)
  return part.index + 1
}

/** Builds the error for a value that Frame.io does not accept. */
export const refuse = (field: string, reason: string): PlanRefused =>
  new PlanRefused({ field, reason, verdict: Verdict.never({ change: "plan" }) })

/** Returns the error for a part size that S3 does not accept, or `undefined`. */
export const check = (partSize: number): PlanRefused | undefined =>
  Number.isSafeInteger(partSize) && partSize >= limits.smallestPart && partSize <= limits.largestPart
    ? undefined
    : refuse("partSize", `expected an integer from 5 MiB to 5 GiB, got ${partSize}`)

/** Returns the error for a recording that Frame.io does not accept, or `undefined`. An empty recording has no final part. */
export const checkBytes = (bytes: number): PlanRefused | undefined => {
  if (bytes < 1) return refuse("filesize", "the recording is empty; Frame.io accepts recordings from 1 byte")
  return bytes <= limits.object ? undefined : refuse("filesize", "the recording exceeds 5 TiB, S3's largest object")
}

/**
 * Checks that the confirmed parts of an earlier process follow the plan. Returns the final part, which is shorter than
 * planned, if it is among them.
 */
export const match = <P extends Chunk>(
  confirmed: ReadonlyArray<P>,
  partSize: number,
): { readonly final: P | undefined } | PlanRefused => {
  const parts = confirmed.toSorted((a, b) => a.index - b.index)
  let planned = first(partSize)
  for (const [position, part] of parts.entries()) {
    while (planned.index < part.index) planned = after(planned, partSize)
    const isLast = position === parts.length - 1
    const fits = part.length === planned.length || (isLast && part.length > 0 && part.length < planned.length)
    if (part.index !== planned.index || part.offset !== planned.offset || !fits) {
      return refuse(
        "partSize",
        `the saved part ${part.index + 1} does not belong to a plan with parts of ${partSize} bytes`,
      )
    }
    if (part.length < planned.length) return { final: part }
  }
  return { final: undefined }
}
