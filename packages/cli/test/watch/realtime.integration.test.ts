/**
 * A folder in which a file is recorded while the process that watches it is killed.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type * as Event from "holdfast/Event"
import { createHash, randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Killable from "../support/killable.ts"
import * as OneRun from "../support/oneRun.ts"
import { scene, within } from "../support/paired.ts"

const MiB = 1024 * 1024

/** Appends a piece four times a second. */
const record = (path: string, content: Buffer) =>
  Effect.gen(function* () {
    for (let at = 0; at < content.byteLength; at += MiB) {
      Fs.appendFileSync(path, content.subarray(at, at + MiB))
      yield* Effect.sleep("250 millis")
    }
  })

type Process = ReturnType<typeof Killable.start>

const ofType = <Type extends Event.Event["type"]>(process: Process, type: Type) =>
  process.events().filter((event): event is Extract<Event.Event, { readonly type: Type }> => event.type === type)

const storedAt = (api: string, assetId: string) =>
  Effect.promise(async () => {
    const response = await fetch(`${api}/sandbox/assets/${assetId}`)
    return (await response.json()) as { readonly complete: boolean; readonly bytes: number; readonly sha256: string }
  })

const list = (folder: string, api: string) =>
  Effect.map(within(folder, OneRun.command(["queue", "list", "--json", "--api", api])), ({ stdout }) => stdout.join(""))

describe("holdfast watch --realtime", () => {
  it.live(
    "sends a file while it is recorded, continues after a SIGKILL without confirmed chunks, and finishes it once",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const card = Path.join(folder, "card")
          Fs.mkdirSync(card)
          Fs.copyFileSync(Path.join(folder, "B.mov"), Path.join(card, "B.mov"))
          const take = Path.join(card, "take.mov")
          const content = randomBytes(26 * MiB + 7)
          const args = ["watch", card, "--realtime", "--quiet-time", "4s", "--quiet", "--api", api]

          const first = Killable.start(folder, args)
          yield* first.untilPrinted('"type":"found"')
          const recorder = yield* Effect.forkChild(record(take, content))
          yield* first.untilConfirmed(1)
          yield* first.kill
          assert.isTrue(recorder.pollUnsafe() === undefined, "the recorder had ended before the kill")
          assert.lengthOf(ofType(first, "recording"), 1)
          assert.include(first.stderr(), `${take} is growing; it is uploaded while it is recorded`)
          assert.include(yield* list(folder, api), '"recording":"growing"')

          const second = Killable.start(folder, args)
          yield* Fiber.join(recorder)
          yield* second.until(() => ofType(second, "file").some(({ path }) => path === take))
          yield* second.until(() => ofType(second, "file").some(({ path }) => path !== take))
          yield* second.kill

          const [created, ...others] = ofType(first, "created").filter(({ path }) => path === take)
          assert.lengthOf(others, 0)
          assert.lengthOf(
            ofType(second, "created").filter(({ path }) => path === take),
            0,
          )
          const [resumed] = ofType(second, "resumed").filter(({ path }) => path === take)
          const before = ofType(first, "chunk-confirmed").filter(({ path }) => path === take)
          assert.isAtLeast(resumed?.confirmedChunks ?? 0, before.length)
          const after = ofType(second, "chunk-confirmed").filter(({ path }) => path === take)
          assert.strictEqual((resumed?.confirmedChunks ?? 0) + after.length, 6)
          const [ended, ...otherEnds] = ofType(second, "ended")
          assert.deepInclude(ended, { path: take, bytes: content.byteLength, chunks: 6 })
          assert.lengthOf(otherEnds, 0)
          assert.deepInclude(
            ofType(second, "file").find(({ path }) => path === take),
            { outcome: "uploaded" },
          )
          const stored = yield* storedAt(api, created?.assetId ?? "")
          assert.deepInclude(stored, {
            complete: true,
            bytes: content.byteLength,
            sha256: createHash("sha256").update(content).digest("hex"),
          })
          assert.include(yield* list(folder, api), '"recording":"ended"')
          // The complete file was sent as usual.
          const finished = ofType(second, "file").filter(({ path }) => path === Path.join(card, "B.mov"))
          assert.deepInclude(finished[0], { outcome: "uploaded" })
          assert.lengthOf(
            ofType(second, "recording").filter(({ path }) => path !== take),
            0,
          )
        }),
      ),
    90_000,
  )
})
