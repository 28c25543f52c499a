/** Bytes to send, and their digests. */
import { createHash } from "node:crypto"

/** Incompressible bytes, the same for every run. */
export const bytes = (length: number, seed = 1): Uint8Array<ArrayBuffer> => {
  const result = new Uint8Array(length)
  let state = seed
  for (let index = 0; index < length; index++) {
    // The generator of Numerical Recipes is good enough to distinguish files.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    result[index] = state >>> 24
  }
  return result
}

/** The MD5 in lower-case hexadecimal: the ETag of an object stored in one piece. */
export const md5 = (content: Uint8Array): string => createHash("md5").update(content).digest("hex")
