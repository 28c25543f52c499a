import { assert, describe, it } from "@effect/vitest"
import { Journal } from "@holdfast/durable"
import { ConfigProvider, Effect, Redacted } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { Output } from "holdfast/Output"
import { keys, serve } from "../../../s3/test/support/objectServer.ts"
import * as Sources from "../../src/network/Sources.ts"
import * as Place from "../../src/queue/Place.ts"
import * as Detach from "../../src/upload/Detach.ts"
import * as Failures from "../../src/upload/failures/Failures.ts"
import * as UploadState from "../../src/upload/State.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-objects-"))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

const secret = Redacted.value(keys.secretAccessKey)

/** Adds paths to the queue with an environment, and returns what was printed and what is in the queue. */
const add = (paths: ReadonlyArray<string>, environment: (endpoint: string) => Record<string, string>) =>
  Effect.gen(function* () {
    const directory = yield* folder
    const server = yield* serve({ path: "/b/clip.mov", content: { bytes: Buffer.from("0123456789"), etag: '"one"' } })
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const place = Place.layer(Path.join(directory, "queue"))
    yield* Effect.gen(function* () {
      const output = yield* Output
      const state = yield* UploadState.make({ paths, json: false, output })
      yield* Detach.add(state, place, "the workers send them", {
        api: "https://api.frame.io",
        parallel: 5,
        createAgain: false,
        acceptUnverified: false,
        verifySource: false,
        quiet: false,
        json: false,
        failures: Failures.make(),
        home: Effect.succeed(Path.join(directory, "state")),
      })
    }).pipe(
      Sources.withObjects,
      Effect.provide([
        Output.layerMemory(lines),
        ConfigProvider.layer(ConfigProvider.fromEnv({ env: environment(server.url) })),
      ]),
    )
    const records = yield* Journal.use(({ list }) => list).pipe(Effect.provide(place))
    return { lines, records }
  })

const credentials = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: "eu-west-3" }

describe("adding an object of S3", () => {
  it.live("adds it with the credentials in the environment, and keeps its path", () =>
    Effect.gen(function* () {
      const { lines, records } = yield* add(["s3://b/clip.mov"], (url) => ({ ...credentials, AWS_ENDPOINT_URL: url }))
      assert.deepStrictEqual(lines.stderr, ["holdfast: 1 file is in the queue; the workers send them"])
      assert.deepStrictEqual(
        records.map(({ file, path }) => [path, file.bytes, file.inode]),
        [["s3://b/clip.mov", 10, 'etag:"one"']],
      )
    }),
  )

  it.live.each([
    ["no credentials", {}, "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION"],
    ["a wrong secret", { ...credentials, AWS_SECRET_ACCESS_KEY: `x${secret}` }, "check the secret access key"],
  ] as const)("fails with %s, states the remedy and prints no secret", ([, environment, remedy]) =>
    Effect.gen(function* () {
      const { lines, records } = yield* add(["s3://b/clip.mov"], (url) => ({
        ...environment,
        AWS_ENDPOINT_URL_S3: url,
      }))
      const text = lines.stderr.join("\n")
      assert.include(text, remedy)
      assert.notInclude(text, secret)
      assert.deepStrictEqual(records, [])
    }),
  )
})
