/**
 * Tests documents that nest deeper than any stack: typed failures are allowed, exceptions are not.
 */
import { assert, describe, it } from "@effect/vitest"
import { readers } from "../../fuzz/readers.ts"
import * as Small from "../../fuzz/small.ts"

/** `JSON.stringify` overflows at a third of this depth. */
const depth = 20_000

const documents = [
  "[".repeat(depth) + "]".repeat(depth),
  `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  "[".repeat(depth),
  `${"<a>".repeat(depth / 4)}${"</a>".repeat(depth / 4)}`,
]

/** Places of a document in another one, in the formats of APIs, signers and people. */
const frames: ReadonlyArray<readonly [before: string, after: string]> = [
  ["", ""],
  ['{"error":', "}"],
  ['{"message":"m","errors":[', "]}"],
  ['{"access_token":"a","scope":', "}"],
  ['{"id":"a","upload_urls":', "}"],
  ['{"response":{"status":400,"body":', "}}"],
  ['{"request":{"form":[{"name":"a","value":', "}]}}"],
  ['{"url":"https://a/","fields":', "}"],
  ['{"expiration":"2026-11-29T00:00:00Z","conditions":[', "]}"],
  ['{"log":{"entries":[{"request":{"postData":{"params":', "}}}]}}"],
  ['{"retry":', "}"],
  ['{"rules":[{"fault":', "}]}"],
  ["<Error><Code>A</Code>", "</Error>"],
]

describe("a document with 20 000 nested levels", () => {
  for (const reader of readers) {
    it(`does not make ${reader.name} throw`, () => {
      for (const [before, after] of frames) {
        for (const document of documents) {
          assert.isUndefined(Small.problemOf(reader, before + document + after), before)
        }
      }
    }, 60_000)
  }
})
