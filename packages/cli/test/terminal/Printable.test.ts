import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Printable from "../../src/terminal/Printable.ts"
import * as Style from "../../src/terminal/Style.ts"
import * as OneRun from "../support/oneRun.ts"

/** Characters that control a terminal, change the reading direction, or are invisible. */
const hostile = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, n) => 0x7f + n),
  0xad,
  0x34f,
  0x61c,
  0x115f,
  0x180e,
  0x200b,
  0x200c,
  0x200d,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  0x202a,
  0x202b,
  0x202c,
  0x202d,
  0x202e,
  0x2060,
  0x2064,
  0x2066,
  0x2067,
  0x2068,
  0x2069,
  0x206f,
  0x3164,
  0xfe00,
  0xfe0f,
  0xfeff,
  0xffa0,
  0xfff9,
  0xd800,
  0xdc00,
  0xfdd0,
  0xffff,
  0x1d173,
  0xe0001,
  0xe0041,
  0xe0100,
].map((code) => String.fromCodePoint(code))

const steers = /[^\P{C}\ud800-\udfff]|[\u115f\u3164\uffa0\u2028\u2029]|\u034f|\u180e|[\ufe00-\ufe0f]/u

describe("Printable", () => {
  it("escapes characters that control a terminal, reverse the text or are invisible", () => {
    for (const character of hostile) {
      const text = Printable.line(`a${character}b`, true)
      assert.match(text, /^a(?: |(?:\\u[0-9a-f]{4})+)b$/, JSON.stringify(character))
      assert.notMatch(text, steers)
      assert.strictEqual(Printable.line(text, true), text)
    }
  })

  it("keeps a message on one line", () => {
    assert.strictEqual(
      Printable.line("no\r\nholdfast: uploaded\u0085x\u2028y\tz", false),
      "no holdfast: uploaded x y z",
    )
  })

  it("keeps spaces, scripts, emoji and accents unchanged", () => {
    for (const text of ["  two   blanks", "नी क्‍ष", "می‌خواهم", "👩‍👧 ☀️ 1️⃣", "Å é", "日本語.mov", "﷽"]) {
      assert.strictEqual(Printable.line(text, false), text)
    }
  })

  it("colors only the text that Style has formatted", () => {
    const style = Style.make(true)
    const line = `${style.bad("holdfast:")} \u001b[32muploaded\u001b[39m \ufdd0x:32\ufdd1`
    assert.strictEqual(
      Printable.line(line, true),
      "\u001b[31mholdfast:\u001b[39m \\u001b[32muploaded\\u001b[39m \\ufdd0x:32\\ufdd1",
    )
    assert.strictEqual(Printable.line(line, false), "holdfast: \\u001b[32muploaded\\u001b[39m \\ufdd0x:32\\ufdd1")
  })

  it("writes JSON that cannot control a terminal and decodes to the same value", () => {
    for (const character of hostile) {
      const value = { name: `a${character}b` }
      const line = Printable.json(value)
      assert.notMatch(line, steers)
      assert.deepStrictEqual(JSON.parse(line), value)
    }
  })
})

describe("the command", () => {
  const run = (args: ReadonlyArray<string>) =>
    Effect.provideService(
      OneRun.command(args, 20),
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: "/nonexistent" } }),
    )
  const name = "clip\u001b[2K\u001b]0;owned\u0007\rholdfast: fine\n\u202evom.\u200b"

  for (const args of [
    ["upload", name],
    ["upload", "--sandbox", name],
    ["upload", "--api", `https://h/${name}`, "x"],
    ["upload", "--faults", name, "--sandbox", "x"],
    ["upload", `--${name}`],
    ["explain", name],
    ["policy", name],
    [name],
  ]) {
    it.live(`does not print a forged line for ${JSON.stringify(args)}`, () =>
      Effect.gen(function* () {
        const ran = yield* run(args)
        assert.isAtLeast(ran.stderr.length, 1)
        for (const line of [...ran.stderr, ...ran.stdout]) {
          assert.notMatch(line, steers)
          assert.isFalse(line.startsWith("holdfast: fine"), line)
        }
      }),
    )
  }

  it.live("escapes the control characters in the name of an uploaded file, both as text and as JSON", () =>
    Effect.gen(function* () {
      const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-names-"))
      const file = Path.join(folder, "a\u001b[2J\n\u202eb.mov")
      Fs.writeFileSync(file, "footage")
      const text = yield* run(["upload", "--sandbox", file])
      assert.strictEqual(text.exitCode, 0)
      for (const line of [...text.stderr, ...text.stdout]) assert.notMatch(line, steers)
      assert.include(text.stdout.join("\n"), "a\\u001b[2J \\u202eb.mov")
      const json = yield* run(["upload", "--sandbox", "--json", file])
      for (const line of json.stdout) assert.notMatch(line, steers)
      assert.strictEqual(JSON.parse(json.stdout.at(-1) ?? "").files[0].path, file)
      Fs.rmSync(folder, { recursive: true })
    }),
  )
})
