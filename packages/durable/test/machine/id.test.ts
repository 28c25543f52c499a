import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import * as Machine from "../../src/internal/machine/id.ts"

const hash = (id: string): string => createHash("sha256").update(`holdfast ${id}`).digest("hex").slice(0, 32)

const unreadable = (): string => {
  throw new Error("ENOENT")
}

const host = (platform: NodeJS.Platform, output: string | Error, programs: Array<string> = []): Machine.Host => ({
  platform,
  read: unreadable,
  run: (program, args) => {
    programs.push([program, ...args].join(" "))
    return typeof output === "string" ? Effect.succeed(output) : Effect.fail(output)
  },
})

const ioreg = `+-o J314cAP  <class IOPlatformExpertDevice, id 0x100000227, registered, matched, active, busy 0 (90 ms), retain 39>
    {
      "IOPlatformSerialNumber" = "C02XXXXXXXXX"
      "IOPlatformUUID" = "0A1B2C3D-0000-1111-2222-333344445555"
      "target-type" = <"J314c">
    }
`

const registry =
  "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\r\n    MachineGuid    REG_SZ    0a1b2c3d-4444\r\n\r\n"

describe("the ID of the machine", () => {
  it.effect("is the hash of /etc/machine-id on Linux, and is not the ID itself", () =>
    Effect.gen(function* () {
      const read = (file: string) => (file === "/etc/machine-id" ? "8f3c\n" : unreadable())
      assert.strictEqual(yield* Machine.idOf({ ...host("linux", ""), read }), hash("8f3c"))
    }),
  )

  it.effect("is the hash of the platform UUID on macOS", () =>
    Effect.gen(function* () {
      const programs: Array<string> = []
      const id = yield* Machine.idOf(host("darwin", ioreg, programs))
      assert.strictEqual(id, hash("0A1B2C3D-0000-1111-2222-333344445555"))
      assert.deepStrictEqual(programs, ["/usr/sbin/ioreg -rd1 -c IOPlatformExpertDevice"])
    }),
  )

  it.effect("is the hash of the MachineGuid on Windows", () =>
    Effect.gen(function* () {
      const programs: Array<string> = []
      assert.strictEqual(yield* Machine.idOf(host("win32", registry, programs)), hash("0a1b2c3d-4444"))
      assert.deepStrictEqual(programs, [
        String.raw`C:\Windows\System32\reg.exe query HKLM\SOFTWARE\Microsoft\Cryptography /v MachineGuid /reg:64`,
      ])
    }),
  )

  it.effect("is undefined if the file is missing or empty, or the program fails or prints something else", () =>
    Effect.gen(function* () {
      const hosts = [
        host("linux", ""),
        { ...host("linux", ""), read: () => "\n" },
        host("darwin", new Error("ENOENT")),
        host("darwin", '"IOPlatformUUID" = ""'),
        host("win32", "ERROR: The system was unable to find the specified registry key or value."),
      ]
      for (const one of hosts) assert.isUndefined(yield* Machine.idOf(one))
    }),
  )

  it.live("runs a program of this machine, and reports one that is missing", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Machine.host.run(process.execPath, ["-p", "1 + 1"]), "2\n")
      assert.instanceOf(yield* Effect.flip(Machine.host.run("/missing/ioreg", [])), Error)
    }),
  )
})
