/**
 * Generates words, keys and times from a seed.
 */
import * as Random from "../../../shared/random.ts"

export type { Random } from "../../../shared/random.ts"

/** A random source for one exchange; neighbouring numbers yield unrelated values. */
export const of = (seed: number): Random.Random => Random.make(Math.imul(seed ^ (seed >>> 16), 0x45d9f3b) ^ 0x2c1b3c6d)

/** Returns true with this probability. */
export const happens = (random: Random.Random, likelihood: number): boolean => random.next() < likelihood

/** This many letters of an alphabet. */
export const letters = (random: Random.Random, count: number, alphabet: string): string => {
  let text = ""
  for (let n = 0; n < count; n++) text += alphabet.charAt(random.below(alphabet.length))
  return text
}

export const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
export const lower = "abcdefghijklmnopqrstuvwxyz"
export const hexadecimal = "0123456789abcdef"
export const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
export const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** This many hexadecimal digits. */
export const hex = (random: Random.Random, count: number): string => letters(random, count, hexadecimal)

/** A UUID-like value. */
export const uuid = (random: Random.Random): string => [8, 4, 4, 4, 12].map((count) => hex(random, count)).join("-")

/** A time in the last days of November 2026, at a whole second. */
export const moment = (random: Random.Random): number => Date.UTC(2026, 10, 27) + random.below(3 * 86_400) * 1000

/** `Sun, 29 Nov 2026 12:00:00 GMT`. */
export const httpDate = (millis: number): string => new Date(millis).toUTCString()

/** `20261129T120000Z`. */
export const basicDate = (millis: number): string =>
  new Date(millis).toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "")

/** `2026-11-29T12:00:00Z`. */
export const isoDate = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+/, "")
