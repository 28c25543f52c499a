/**
 * Makes the files to upload. Each part has content of its own and is mostly a hole, so that hundreds of files need little disk.
 */
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import { join } from "node:path"
import type { SourceFile } from "./History.ts"

/** The number of random bytes at the beginning of each part. */
const head = 4096

export interface Shape {
  readonly count: number
  readonly parts: number
  /** In bytes. */
  readonly partSize: number
}

export const make = (folder: string, prefix: string, { count, partSize, parts }: Shape): ReadonlyArray<SourceFile> => {
  const rest = Buffer.alloc(partSize - head)
  return Array.from({ length: count }, (_, number): SourceFile => {
    const name = `${prefix}_C${String(number + 1).padStart(4, "0")}.mov`
    const path = join(folder, name)
    const whole = Crypto.createHash("sha256")
    const file = Fs.openSync(path, "w")
    Fs.ftruncateSync(file, parts * partSize)
    const digests = Array.from({ length: parts }, (__, index) => {
      const begin = Crypto.randomBytes(head)
      Fs.writeSync(file, begin, 0, head, index * partSize)
      whole.update(begin).update(rest)
      return Crypto.createHash("md5").update(begin).update(rest).digest("hex")
    })
    Fs.closeSync(file)
    return { path, name, sha256: whole.digest("hex"), parts: digests }
  })
}
