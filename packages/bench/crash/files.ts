/**
 * The files of an upload. One of them may be recorded while it is uploaded.
 */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import { join } from "node:path"
import * as Random from "../shared/random.ts"
import type { SourceFile } from "./History.ts"

/** In bytes. Small, so that a short upload has many parts. */
export const chunkSize = 16 * 1024

/** The number of parts of each file. The storm deals all of its faults to a file of 20 parts. */
const sizes = [1, 4, 9, 14, 20]

/** The size of the parts of a recording: S3 accepts no smaller ones. */
const recordedPart = 5 * 1024 ** 2

/** A recording has two parts, and the recorder appends to its file this many times, with this pause in milliseconds. */
const appends = 40
const pause = 75

export interface Files {
  readonly files: ReadonlyArray<SourceFile>
  /** The path of the recording, if there is one. */
  readonly recording: string | undefined
  /** Stops the recorder. */
  readonly stop: () => void
}

const digest = (algorithm: string, data: Buffer): string => Crypto.createHash(algorithm).update(data).digest("hex")

const describe = (path: string, name: string, content: Buffer, part: number): SourceFile => ({
  path,
  name,
  bytes: content.length,
  sha256: digest("sha256", content),
  parts: Array.from({ length: Math.ceil(content.length / part) }, (_, n) =>
    digest("md5", content.subarray(n * part, (n + 1) * part)),
  ),
})

/** Writes the files. With `recorded`, a recorder goes on to append to one more file, whatever happens to the uploads. */
export const make = (folder: string, seed: number, recorded: boolean): Files => {
  const random = Random.make(seed)
  const nameOf = (number: number) => `A00${number + 1}_C${String(seed).padStart(4, "0")}.mov`
  const files = sizes.map((parts, number): SourceFile => {
    const content = Crypto.randomBytes(parts * chunkSize - 1 - random.below(parts))
    const path = join(folder, nameOf(number))
    Fs.writeFileSync(path, content)
    return describe(path, nameOf(number), content, Math.ceil(content.length / parts))
  })
  if (!recorded) return { files, recording: undefined, stop: () => {} }

  const name = nameOf(sizes.length)
  const recording = join(folder, name)
  const content = Crypto.randomBytes(recordedPart + 1 + random.below(recordedPart))
  const step = Math.ceil(content.length / appends)
  let written = 0
  const append = () => {
    Fs.appendFileSync(recording, content.subarray(written, written + step))
    written += step
    if (written >= content.length) clearInterval(timer)
  }
  const timer = setInterval(append, pause)
  append()
  return {
    files: [...files, describe(recording, name, content, recordedPart)],
    recording,
    stop: () => clearInterval(timer),
  }
}
