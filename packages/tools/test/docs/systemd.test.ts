import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { read } from "../../docs/pages.ts"

const unit = read("docs/samples/systemd/holdfast-watch.service")

const isInstalled = spawnSync("systemd-analyze", ["--version"]).status === 0

/** What systemd reports about a unit. The paths of the unit do not exist on this machine, so `true` stands for the command. */
const verify = (text: string): { readonly status: number | null; readonly said: string } => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-systemd-"))
  const path = join(folder, "holdfast-watch.service")
  writeFileSync(path, text.replace("/usr/local/bin/holdfast", "/bin/true"))
  const { status, stderr, stdout } = spawnSync("systemd-analyze", ["verify", "--man=no", path], { encoding: "utf8" })
  rmSync(folder, { recursive: true })
  return {
    status,
    said: `${stdout}${stderr}`
      .split("\n")
      .filter((line) => line.includes("holdfast-watch"))
      .join("\n"),
  }
}

describe("the systemd unit", () => {
  it.skipIf(!isInstalled)(
    `is accepted by systemd-analyze verify${isInstalled ? "" : " (systemd is not installed)"}`,
    () => {
      const { said, status } = verify(unit)
      assert.strictEqual(said, "")
      assert.strictEqual(status, 0, said)
      // A unit with a mistake is reported, so that the first assertions mean something.
      assert.match(verify(unit.replace("RestartSec=10s", "RestartSec=soon")).said, /soon/)
      assert.match(verify(unit.replace("ProtectClock", "ProtectClocks")).said, /ProtectClocks/)
    },
  )

  it("restarts without a limit, accepts the exit code of SIGTERM, and does not forbid compiled code", () => {
    for (const line of [
      "Restart=always",
      "StartLimitIntervalSec=0",
      "SuccessExitStatus=130",
      "StateDirectoryMode=0700",
    ]) {
      assert.include(unit.split("\n"), line)
    }
    assert.notMatch(unit, /^MemoryDenyWriteExecute/m)
    assert.notMatch(unit, /^Environment=.*(SECRET|CLIENT_ID)/m)
  })
})
