import { assert, describe, it } from "@effect/vitest"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ExchangeFile from "@holdfast/diagnosis/ExchangeFile"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as SavedExchange from "../../../src/upload/failures/SavedExchange.ts"

const withHome = <A, E>(use: (home: string) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-saved-"))),
    use,
    (home) => Effect.sync(() => Fs.rmSync(home, { recursive: true, force: true })),
  )

const at = Date.parse("2026-11-21T17:24:01.500Z")

const failure: Exchange = {
  request: {
    method: "PUT",
    url: "https://b.s3.amazonaws.com/k?X-Amz-Signature=0123EXAMPLESIGNATURE4567",
    headers: { authorization: "Bearer EXAMPLE-bearer-token" },
  },
  response: { status: 503, body: "<Error><Code>SlowDown</Code></Error>" },
  at,
}

describe("SavedExchange", () => {
  it.effect("saves an exchange without secrets to a file with mode 0600, and reads the exchange back", () =>
    withHome((home) =>
      Effect.gen(function* () {
        const path = yield* SavedExchange.save(failure, home)
        assert.match(path, /\/exchanges\/20261121T172401Z-[0-9a-f]{6}\.json$/)
        assert.strictEqual(Fs.statSync(path).mode & 0o777, 0o600)
        assert.strictEqual(Fs.statSync(Path.dirname(path)).mode & 0o777, 0o700)
        const text = Fs.readFileSync(path, "utf8")
        assert.notInclude(text, "EXAMPLE")
        const read = ExchangeFile.decode(text)
        assert.deepInclude(read, { at, response: failure.response })
      }),
    ),
  )

  it.effect("keeps the 20 newest exchanges and does not delete files with other names", () =>
    withHome((home) =>
      Effect.gen(function* () {
        const directory = Path.join(home, "exchanges")
        Fs.mkdirSync(directory)
        Fs.writeFileSync(Path.join(directory, "mine.json"), "{}")
        for (let index = 0; index < 25; index++) yield* SavedExchange.save({ ...failure, at: at + index * 1000 }, home)
        const names = Fs.readdirSync(directory).toSorted()
        assert.lengthOf(names, 21)
        assert.strictEqual(names.at(-1), "mine.json")
        assert.match(names[0] ?? "", /^20261121T172406Z/)
        assert.match(names[19] ?? "", /^20261121T172425Z/)
      }),
    ),
  )

  it.effect("reports why the exchange could not be written, and does not leave an incomplete file", () =>
    withHome((home) =>
      Effect.gen(function* () {
        const file = Path.join(home, "a file")
        Fs.writeFileSync(file, "")
        const error = yield* Effect.flip(SavedExchange.save(failure, file))
        assert.deepStrictEqual([error.code, error.directory], ["ENOTDIR", Path.join(file, "exchanges")])
      }),
    ),
  )
})
