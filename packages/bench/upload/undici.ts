/**
 * The baseline: a plain undici loop with one reused buffer for each parallel chunk. With the further argument `pieces`, undici
 * receives each buffer in pieces of 1 MiB.
 */
import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import { request } from "undici"
import { measure, report, variant } from "./measure.ts"

const { path, base, kind, chunkSize, parallel } = variant()
const inPieces = process.argv.includes("pieces")
const pieceSize = 1024 * 1024

/** The same bytes in pieces. undici sends any iterable, but its types state only some of them. */
const pieces = (body: Uint8Array): Uint8Array =>
  (function* () {
    for (let at = 0; at < body.byteLength; at += pieceSize) yield body.subarray(at, at + pieceSize)
  })() as Iterable<Uint8Array> as unknown as Uint8Array

const run = async () => {
  const file = await open(path)
  const { size } = await file.stat()
  const chunks = Math.ceil(size / chunkSize)
  let next = 0
  const worker = async () => {
    const buffer = Buffer.allocUnsafeSlow(chunkSize)
    while (next < chunks) {
      const index = next++
      const length = Math.min(chunkSize, size - index * chunkSize)
      const body = buffer.subarray(0, length)
      await file.read(body, 0, length, index * chunkSize)
      const answer = await request(`${base}/${kind}/${index}`, {
        method: "PUT",
        body: inPieces ? pieces(body) : body,
        headers: { "content-type": "video/mp4", "content-length": String(length) },
      })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`)
      const etag = answer.headers.etag
      if (kind === "etag" && etag !== `"${createHash("md5").update(body).digest("hex")}"`) throw new Error("mismatch")
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  await file.close()
}

report(await measure(run))
