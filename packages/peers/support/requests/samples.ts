/** Bytes to send, and what is known about them. */
import { createHash } from "node:crypto"

/** Bytes without a pattern that a server could pack, the same ones every time. */
export const bytes = (length: number, seed = 1): Uint8Array<ArrayBuffer> => {
  const result = new Uint8Array(length)
  let state = seed
  for (let index = 0; index < length; index++) {
    // The generator of Numerical Recipes: enough to tell one file from another.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    result[index] = state >>> 24
  }
  return result
}

/** Their MD5 in lower-case hex: the ETag of what is stored whole. */
export const md5 = (content: Uint8Array): string => createHash("md5").update(content).digest("hex")
