/**
 * Storages that reject, fail, stay unavailable, or confirm without proof.
 */
import type { Answer, Behavior } from "../front.ts"
import type { Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { chunkSize } from "../stage.ts"

const requestId = "4442587FB7D0A2F9"

const s3 = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { "content-type": "application/xml", "x-amz-request-id": requestId, server: "AmazonS3" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId></Error>`,
})

const slowDown = s3(503, "SlowDown", "Please reduce your request rate.")
const accessDenied = s3(403, "AccessDenied", "Access Denied")
const noSuchKey = s3(404, "NoSuchKey", "The specified key does not exist.")

/** A run that waits for retries: 20 s of its time take one second. */
const fast = { clock: { factor: 20 } }

const onChunks =
  (answer: (nth: number) => ReturnType<Behavior>): Behavior =>
  ({ nth, route }) =>
    route === "chunk" ? answer(nth) : undefined

const sending =
  (answer: (nth: number) => ReturnType<Behavior>, args: ReadonlyArray<string> = [], files = 1) =>
  async (stage: Stage) => {
    await stage.pair()
    const paths = Array.from({ length: files }, (_, at) => stage.file(`A00${at + 1}.mov`, 2 * chunkSize))
    stage.front.behave(onChunks(answer))
    return [await stage.upload([...args, ...paths], fast).ended]
  }

const pause = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

export const storages: ReadonlyArray<Scenario> = [
  {
    name: "a storage that answers an empty 200 without an ETag proves nothing",
    short: true,
    play: sending(() => ({ status: 200, headers: { "x-amz-request-id": requestId } })),
    expected: { exit: [9], assets: 1, stored: 0, outcomes: ["unverified"], says: [/A001\.mov/] },
  },
  {
    name: "an empty 200 without any mark of a storage",
    play: sending(() => ({ status: 200 })),
    expected: { exit: [9], assets: 1, stored: 0, outcomes: ["unverified"], says: [/A001\.mov/] },
  },
  {
    name: "an empty 200 without an ETag, with --accept-unverified",
    play: sending(() => ({ status: 200, headers: { "x-amz-request-id": requestId } }), ["--accept-unverified"]),
    expected: { exit: [0], assets: 1, stored: 0, outcomes: ["unverified"] },
  },
  {
    name: "a storage that states an ETag other than the MD5 of what was sent",
    play: sending(() => ({ status: 200, headers: { etag: `"${"0".repeat(32)}"`, "x-amz-request-id": requestId } })),
    expected: { exit: [8], assets: 1, stored: 0, outcomes: ["failed"], says: [/A001\.mov/] },
  },
  {
    name: "a 403 on every PUT",
    short: true,
    play: sending(() => accessDenied, [], 3),
    expected: {
      exit: [6],
      // One for each file, and one more for the cause.
      assets: [1, 4],
      stored: 0,
      outcomes: ["failed", "failed", "failed"],
      says: [/AccessDenied|Access Denied|denied|refuse/],
      saysNot: [/clock/],
    },
  },
  {
    name: "a storm of 503",
    short: true,
    play: sending((nth) => (nth % 3 === 0 ? undefined : slowDown)),
    expected: { exit: [0], assets: 1, stored: 1, outcomes: ["uploaded"] },
  },
  {
    name: "503 forever holds the run until --max-duration, and is reported as the storage's fault, not the network's",
    play: sending(() => slowDown, ["--max-duration", "5min"], 3),
    expected: {
      exit: [5],
      assets: 1,
      stored: 0,
      outcomes: ["failed", "skipped", "skipped"],
      says: [/503|SlowDown|busy|overload|reduce your request rate/, /max-duration/],
      saysNot: [/check the network/, /cannot reach the storage/],
    },
  },
  {
    name: "NoSuchKey on every PUT is reported by its meaning, after one new asset",
    play: sending(() => noSuchKey),
    expected: { exit: [6], assets: 2, stored: 0, outcomes: ["failed"], says: [/upload URLs/] },
  },
  {
    name: "a storage that has lost the first asset, as after a restart",
    play: async (stage) => {
      await stage.pair()
      let lost: string | undefined
      stage.front.behave(({ path, route }) => {
        if (route !== "chunk") return undefined
        const asset = path.split("/")[2]
        lost ??= asset
        return asset === lost ? noSuchKey : undefined
      })
      return [await stage.upload([stage.file("A001.mov", 2 * chunkSize)], fast).ended]
    },
    expected: { exit: [0], assets: 2, stored: 1, outcomes: ["uploaded"], says: [/upload URLs/] },
  },
  {
    name: "connections that are reset in the middle",
    // After a reset the command sends one more request to find out whether the storage had rejected the chunk.
    play: sending((nth) => (nth === 1 || nth === 4 ? "reset" : undefined)),
    expected: { exit: [0], assets: 1, stored: 1, outcomes: ["uploaded"] },
  },
  {
    name: "a storage that is unavailable for a while; every file arrives, and no asset is created meanwhile",
    short: true,
    play: async (stage) => {
      await stage.pair()
      const paths = ["A001.mov", "A002.mov", "A003.mov"].map((name) => stage.file(name, 2 * chunkSize))
      await stage.front.storage.close()
      const running = stage.upload(paths, fast)
      await Promise.race([stage.front.reached("asset", 1), running.ended])
      // 100 s of the run's time.
      await pause(5000)
      const created = stage.front.calls.asset
      await stage.front.storage.open()
      const all = await running.ended
      if (created > 1) throw new Error(`${created} assets were created while the storage was unavailable`)
      return [all]
    },
    expected: {
      exit: [0],
      assets: 3,
      stored: 3,
      sent: 6 * chunkSize,
      outcomes: ["uploaded", "uploaded", "uploaded"],
      within: 60_000,
    },
  },
  {
    name: "a storage that stays unavailable, with --max-duration",
    short: true,
    play: async (stage) => {
      await stage.pair()
      const paths = ["A001.mov", "A002.mov", "A003.mov"].map((name) => stage.file(name, 2 * chunkSize))
      await stage.front.storage.close()
      return [await stage.upload(["--max-duration", "60s", ...paths], fast).ended]
    },
    expected: { exit: [5], assets: 1, stored: 0, sent: 0, says: [/max-duration|60 s|1 min/], within: 30_000 },
  },
  {
    name: "an API that is unavailable at the start and recovers",
    play: async (stage) => {
      await stage.pair()
      const path = stage.file("A001.mov", 2 * chunkSize)
      await stage.front.api.close()
      const running = stage.upload([path], fast)
      await running.prints(/"unreachable"/)
      await pause(1000)
      await stage.front.api.open()
      return [await running.ended]
    },
    expected: { exit: [0], assets: 1, stored: 1, outcomes: ["uploaded"], says: [/cannot reach|unreachable|refused/] },
  },
  {
    name: "an API that stays unavailable, with --first-contact",
    play: async (stage) => {
      await stage.pair()
      const path = stage.file("A001.mov", 2 * chunkSize)
      await stage.front.api.close()
      return [await stage.upload(["--first-contact", "30s", path], fast).ended]
    },
    expected: { exit: [5], assets: 0, stored: 0, sent: 0, outcomes: ["failed"], within: 30_000 },
  },
  {
    name: "the response to a creation is lost: the command does not create another asset",
    play: async (stage) => {
      await stage.pair()
      stage.front.behave(({ route }) => (route === "asset" ? "reset" : undefined))
      return [await stage.upload([stage.file("A001.mov", chunkSize)], fast).ended]
    },
    expected: {
      exit: [5],
      assets: 0,
      stored: 0,
      sent: 0,
      calls: { asset: 1 },
      outcomes: ["failed"],
      says: [/empty asset/],
    },
  },
]
