/**
 * Every text of the command, kept in readable files: `test/fixtures/texts` has a folder for each width.
 *
 * `npm run texts` rewrites the files after a change.
 */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileURLToPath } from "node:url"
import * as Messages from "./support/texts/messages.ts"
import * as Runs from "./support/texts/runs.ts"
import * as Scenes from "./support/texts/scenes.ts"
import * as Shown from "./support/texts/shown.ts"

const folder = fileURLToPath(new URL("fixtures/texts/", import.meta.url))

const kept = (path: string, scenes: Effect.Effect<ReadonlyArray<string>>) =>
  it.live(
    `matches the snapshot file for ${path}`,
    () =>
      Effect.flatMap(scenes, (all) =>
        Effect.promise(async () => {
          await expect(`${all.join("").trimEnd()}\n`).toMatchFileSnapshot(`${folder}${path}.txt`)
        }),
      ),
    120_000,
  )

describe("the text", () => {
  for (const [place, shown] of Object.entries(Shown.places)) {
    for (const [topic, scenes] of Object.entries(Scenes.topics)) kept(`${place}/${topic}`, scenes(shown))
  }
  for (const [topic, scenes] of Object.entries({ ...Messages.topics, ...Runs.topics }))
    kept(`messages/${topic}`, scenes)
})
