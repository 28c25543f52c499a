/**
 * Reads the NDJSON of `npm start -- --json` and checks its last line against the file that was sent.
 *
 *     node .ci/summary.mjs events.ndjson file
 */
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

const [events, file] = process.argv.slice(2)
const lines = readFileSync(events, "utf8").trimEnd().split("\n")
const summary = lines.map((line) => JSON.parse(line)).at(-1)
const bytes = readFileSync(file)

assert.equal(summary.type, "summary")
assert.equal(summary.outcome, "uploaded")
assert.equal(summary.files.length, 1)
assert.equal(summary.files[0].bytes, bytes.length)
assert.equal(summary.files[0].sha256, createHash("sha256").update(bytes).digest("hex"))
assert.equal(summary.files[0].verified, true)
assert.ok(summary.files[0].chunks >= 20, "the sandbox hands out chunks of 256 KiB")
assert.ok(summary.retries > 0 && Object.keys(summary.errors).length > 0, "the storm did not blow")
assert.ok(summary.elapsedMs < 60_000, `took ${summary.elapsedMs} ms`)
console.log(
  `uploaded ${bytes.length} bytes in ${summary.files[0].chunks} chunks, ${summary.attempts} attempts, ` +
    `${summary.retries} retries, ${summary.elapsedMs} ms; the stored bytes have the same SHA-256`,
)
