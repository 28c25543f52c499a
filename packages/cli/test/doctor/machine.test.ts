/**
 * The checks of this machine: disk, permissions, Node, power, certificates, journal and queue.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { X509Certificate } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Certificates from "../../src/doctor/checks/Certificates.ts"
import * as Disk from "../../src/doctor/checks/Disk.ts"
import * as JournalCheck from "../../src/doctor/checks/Journal.ts"
import * as NodeCheck from "../../src/doctor/checks/Node.ts"
import * as Permissions from "../../src/doctor/checks/Permissions.ts"
import * as Power from "../../src/doctor/checks/Power.ts"
import * as QueueCheck from "../../src/doctor/checks/Queue.ts"
import { JournalProbe } from "../../src/doctor/JournalProbe.ts"
import { LocalProblem } from "../../src/process/PersonError.ts"
import { Journal } from "@holdfast/durable/Journal"
import * as Doctor from "../support/doctor.ts"

const space = (freeBytes: number, freeFiles: number | undefined = undefined, type = 0xef53) => ({
  machine: { fileSystem: () => Effect.succeed({ freeBytes, freeFiles, type }) },
})

describe("the disk check", () => {
  it.effect("accepts a local disk with free space, even if the directory does not exist yet", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Disk.check, {
        ...space(5_000_000_000),
        prepare: (home) => Fs.rmdirSync(home),
      })
      assert.deepInclude(found, { level: "ok", outcome: "ok" })
      assert.match(found.text, /^5\.0 GB free on the disk of \//)
    }),
  )

  it.effect("warns below 100 MB and reports a problem below 10 MB", () =>
    Effect.gen(function* () {
      const levels = []
      for (const bytes of [100_000_000, 99_999_999, 10_000_000, 9_999_999, 0]) {
        levels.push((yield* Doctor.run(Disk.check, space(bytes))).level)
      }
      assert.deepStrictEqual(levels, ["ok", "warning", "warning", "problem", "problem"])
    }),
  )

  it.effect("reports a disk on which no more files can be created", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Disk.check, space(5_000_000_000, 0))
      assert.deepInclude(found, { level: "problem", outcome: "local" })
      assert.match(found.text, /no more files can be created/)
    }),
  )

  it.effect.skipIf(process.platform !== "linux")("rejects a network share and names its type", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Disk.check, space(5_000_000_000, undefined, 0x6969))
      assert.deepInclude(found, {
        level: "problem",
        outcome: "local",
        text: "~ is on a network share (NFS), where locks depend on a server",
        remedy: "set HOLDFAST_HOME to a directory on a local disk",
      })
    }),
  )

  it.effect("reports a disk that fails", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Disk.check, { machine: { fileSystem: () => Effect.fail({ code: "EIO" }) } })
      assert.deepInclude(found, { level: "problem", outcome: "local" })
      assert.include(found.text, "EIO")
    }),
  )
})

describe("the permission check", () => {
  const cases: ReadonlyArray<
    readonly [name: string, prepare: Doctor.Scene["prepare"], level: string, text: RegExp, remedy?: string]
  > = [
    ["private files", (_, file) => Doctor.token(file, 0), "ok", /^only this user/],
    [
      "a token file that others can read",
      (_, file) => {
        Doctor.token(file, 0)
        Fs.chmodSync(file, 0o640)
      },
      "problem",
      /can access ~\/tokens\/api\.frame\.io\.json \(mode 0640\)/,
      "run chmod 600 ~/tokens/api.frame.io.json",
    ],
    [
      "a directory that others can list",
      (home) => Fs.chmodSync(home, 0o755),
      "warning",
      /can list ~ \(mode 0755\)/,
      "run chmod 700 ~",
    ],
    [
      "a directory in which others can write",
      (home) => Fs.chmodSync(home, 0o777),
      "problem",
      /can replace files in ~/,
      "run chmod 700 ~",
    ],
    [
      "two faults, of which the worse one is named",
      (home, file) => {
        Doctor.token(file, 0)
        Fs.chmodSync(home, 0o755)
        Fs.chmodSync(file, 0o644)
      },
      "problem",
      /can access .*, and 1 more$/,
    ],
  ]
  for (const [name, prepare, level, text, remedy] of cases) {
    it.effect.skipIf(Doctor.machine.user === undefined)(`reports ${level} for ${name}`, () =>
      Effect.gen(function* () {
        const found = yield* Doctor.run(Permissions.check, prepare === undefined ? {} : { prepare })
        assert.strictEqual(found.level, level, found.text)
        assert.match(found.text, text)
        if (remedy !== undefined) assert.strictEqual(found.remedy, remedy)
      }),
    )
  }

  it.effect("reports files of another user", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Permissions.check, { machine: { user: 4711 } })
      assert.deepInclude(found, { level: "problem", outcome: "local", text: "~ belongs to another user" })
    }),
  )

  it.effect("is skipped on a system without file modes", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Permissions.check, { machine: { user: undefined } })
      assert.strictEqual(found.level, "skipped")
    }),
  )
})

describe("the check of Node", () => {
  it.effect("accepts 22.19 and newer versions", () =>
    Effect.gen(function* () {
      const levels = []
      for (const nodeVersion of ["20.19.0", "22.18.9", "22.19.0", "23.0.0", "24.21.0"]) {
        levels.push((yield* Doctor.run(NodeCheck.check, { machine: { nodeVersion } })).level)
      }
      assert.deepStrictEqual(levels, ["problem", "problem", "ok", "ok", "ok"])
    }),
  )
})

describe("the power check", () => {
  const supply = (home: string, name: string, attributes: Record<string, string>) => {
    const folder = Path.join(home, name)
    Fs.mkdirSync(folder, { recursive: true })
    for (const [key, value] of Object.entries(attributes)) Fs.writeFileSync(Path.join(folder, key), `${value}\n`)
  }

  it.effect("warns on battery, and ignores the battery of a mouse", () =>
    Effect.gen(function* () {
      const folder = Fs.mkdtempSync(`${Os.tmpdir()}/holdfast-power-`)
      const mouse = { type: "Battery", scope: "Device", status: "Discharging", capacity: "5" }
      supply(folder, "hid", mouse)
      const look = Doctor.run(Power.check, { machine: { powerSupplies: folder } })
      assert.strictEqual((yield* look).text, "this machine has no battery")
      supply(folder, "BAT0", { type: "Battery", status: "Discharging", capacity: "41" })
      const found = yield* look
      assert.strictEqual(found.text, "this machine runs on its battery (41 %)")
      assert.strictEqual(found.level, "warning")
      supply(folder, "BAT0", { status: "Charging" })
      assert.strictEqual((yield* look).level, "ok")
      Fs.rmSync(folder, { recursive: true })
    }),
  )
})

/** A certificate that was made for this test and was valid for one day. */
const pem = Fs.readFileSync(new URL("../fixtures/authority.pem", import.meta.url), "utf8")
const validTo = Date.parse(new X509Certificate(pem).validTo)

describe("the check of certificates", () => {
  const extra = (content: string | undefined) =>
    Effect.gen(function* () {
      const folder = Fs.mkdtempSync(`${Os.tmpdir()}/holdfast-ca-`)
      const file = Path.join(folder, "ca.pem")
      if (content !== undefined) Fs.writeFileSync(file, content)
      const found = yield* Doctor.run(Certificates.check, { env: { NODE_EXTRA_CA_CERTS: file } })
      Fs.rmSync(folder, { recursive: true })
      return `${found.level}: ${found.text.replaceAll(file, "ca.pem")}`
    })

  it.effect("reports a file that Node ignores, a damaged certificate and expired certificates", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(validTo - 1000)
      assert.strictEqual(yield* extra(pem), "ok: 140 authorities of the system, and 1 in ca.pem")
      assert.strictEqual(
        yield* extra(undefined),
        "warning: NODE_EXTRA_CA_CERTS names ca.pem, which cannot be read and is ignored",
      )
      assert.strictEqual(yield* extra("DER"), "warning: ca.pem does not contain a certificate in PEM format")
      assert.strictEqual(
        yield* extra(pem.replace(/\n[^\n]{64}\n/, `\n${"A".repeat(64)}\n`)),
        "warning: a certificate in ca.pem is damaged",
      )
      yield* TestClock.setTime(validTo)
      assert.strictEqual(yield* extra(pem), "warning: every certificate in ca.pem has expired")
    }),
  )

  it.effect("accepts a system whose certificate store cannot be read", () =>
    Effect.gen(function* () {
      const found = yield* Doctor.run(Certificates.check, {
        machine: { systemAuthorities: Effect.fail({ code: "ENOENT" }) },
      })
      assert.deepInclude(found, { level: "ok", text: "authorities of Node only" })
    }),
  )
})

const file = { bytes: 3, modifiedNs: "4", inode: "2" }

describe("the checks of the journal and the queue", () => {
  const probe = (health: Effect.Success<ReturnType<(typeof JournalProbe.Service)["health"]>>) =>
    Effect.provideService(Doctor.run(JournalCheck.check), JournalProbe, {
      health: () => Effect.succeed(health),
      owner: () => Effect.undefined,
    })
  const intact = { path: "~/journal.db", bytes: 81_920, damage: undefined, damagedParts: 0, states: {} }

  it.effect("counts uploads in each state, and warns if some failed or are uncertain", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Doctor.run(JournalCheck.check)).text, "no uploads are recorded")
      assert.deepInclude(yield* probe(intact), { level: "ok", text: "no uploads; 81.9 kB, intact" })
      assert.deepInclude(yield* probe({ ...intact, states: { queued: 3, done: 40 } }), {
        level: "ok",
        text: "3 queued, 40 done; 81.9 kB, intact",
      })
      assert.match((yield* probe({ ...intact, damagedParts: 2 })).text, /, but 2 parts are damaged$/)
      assert.strictEqual((yield* probe({ ...intact, states: { failed: 1 } })).level, "warning")
      assert.match((yield* probe({ ...intact, states: { uncertain: 1 } })).remedy ?? "", /empty asset/)
    }),
  )

  it.effect("reports a damaged journal and a journal that cannot be opened", () =>
    Effect.gen(function* () {
      const found = yield* probe({ ...intact, damage: "2 records do not match their checksums" })
      assert.deepInclude(found, { level: "problem", outcome: "local" })
      const refused = yield* Effect.provideService(Doctor.run(JournalCheck.check), JournalProbe, {
        health: () => Effect.fail(new LocalProblem({ problem: "a newer version wrote it", remedy: "update holdfast" })),
        owner: () => Effect.undefined,
      })
      assert.deepInclude(refused, { level: "problem", outcome: "local", remedy: "update holdfast" })
    }),
  )

  it.live("read a real journal without changing it, and find its owner and its damage", () =>
    Effect.gen(function* () {
      const home = Fs.mkdtempSync(`${Os.tmpdir()}/holdfast-journal-`)
      const directory = Path.join(home, "queue")
      const { health, owner } = yield* JournalProbe
      assert.isUndefined(yield* health(directory))
      assert.isFalse(Fs.existsSync(directory), "the probe created a folder")
      const add = Effect.flatMap(Journal, (journal) =>
        Effect.gen(function* () {
          yield* journal.add([
            { path: "/footage/a.mov", file },
            { path: "/footage/b.mov", file },
          ])
          assert.isUndefined(yield* owner(directory))
          yield* journal.own
          assert.strictEqual((yield* owner(directory))?.holder, `process ${process.pid}`)
        }),
      )
      yield* Effect.scoped(Effect.provide(add, Journal.layer({ directory })))
      const path = Path.join(directory, "journal.db")
      const before = Fs.readFileSync(path)
      assert.deepInclude(yield* health(directory), { path, damage: undefined, states: { queued: 2 } })
      assert.isUndefined(yield* owner(directory))
      assert.isTrue(before.equals(Fs.readFileSync(path)))
      const flipped = Buffer.from(before)
      const at = flipped.indexOf("b.mov")
      flipped[at] = 0x63
      Fs.writeFileSync(path, flipped)
      assert.include((yield* health(directory))?.damage, "the record of an upload")
      Fs.writeFileSync(path, before.subarray(0, 5000))
      assert.isString((yield* health(directory))?.damage)
      Fs.rmSync(home, { recursive: true })
    }),
  )

  it.effect("names the process that works through the queue", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Doctor.now)
      const found = yield* Effect.provideService(Doctor.run(QueueCheck.check), JournalProbe, {
        health: () => Effect.undefined,
        owner: () => Effect.succeed({ holder: "process 4711", since: Doctor.now - 600_000 }),
      })
      assert.deepInclude(found, { level: "ok", text: "process 4711 has worked through the queue for 10 min" })
    }),
  )
})
