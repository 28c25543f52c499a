import { assert, describe, it } from "@effect/vitest"
import * as Bandwidth from "@holdfast/durable/Bandwidth"
import { Result } from "effect"
import { rateAt } from "../../src/internal/bandwidth/timetable.ts"
import type { Timetable } from "../../src/internal/bandwidth/timetable.ts"

const KiB = 1024
const MiB = 1024 * KiB

const timetable = (text: string): Timetable => Result.getOrThrow(Bandwidth.parse(text))

/** The reason for which a text is rejected. */
const rejected = (text: string): string => {
  const parsed = Bandwidth.parse(text)
  assert(Result.isFailure(parsed), `"${text}" was accepted`)
  assert.strictEqual(parsed.failure.verdict.retry, "never")
  assert.include(parsed.failure.action, "10M")
  return parsed.failure.reason
}

const at = (day: number, time: string) => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return { day, minute: hours * 60 + minutes }
}

describe("a bandwidth limit", () => {
  it.each([
    ["512", 512 * KiB],
    ["512k", 512 * KiB],
    ["512K", 512 * KiB],
    ["512KiB/s", 512 * KiB],
    ["20M", 20_971_520],
    ["20Mi", 20_971_520],
    ["20m/s", 20_971_520],
    ["1.5G", 1.5 * 1024 * MiB],
    ["1T", 1024 * 1024 * MiB],
    ["100000B", 100_000],
    ["0.5M", 512 * KiB],
    [".5M", 512 * KiB],
    ["20Mbit/s", 2_500_000],
    ["20mbit", 2_500_000],
    ["800kbit", 100_000],
    ["1Gbit/s", 125_000_000],
    ["8000bit/s", 1000],
    ["off", Number.POSITIVE_INFINITY],
    ["0", Number.POSITIVE_INFINITY],
  ] as const)("reads %s as %d bytes per second", (text, rate) => {
    assert.strictEqual(rateAt(timetable(text), at(3, "12:00")), rate)
  })

  it.each([
    ["", 'expected a limit such as 10M or a timetable such as "08:00,512k 23:00,off", got ""'],
    ["fast", 'expected a limit such as 512k, 10M, 20Mbit/s or off, got "fast"'],
    ["-5M", 'expected a limit such as 512k, 10M, 20Mbit/s or off, got "-5M"'],
    ["1e6", 'expected the unit B, k, M, G, kbit, Mbit or Gbit, got "e6"'],
    ["10X", 'expected the unit B, k, M, G, kbit, Mbit or Gbit, got "X"'],
    ["20MB", 'expected M for bytes or Mbit for bits, got the ambiguous unit "MB"'],
    ["20Mbps", 'expected M for bytes or Mbit for bits, got the ambiguous unit "Mbps"'],
    ["20Mb/s", 'expected M for bytes or Mbit for bits, got the ambiguous unit "Mb/s"'],
    ["1bit", 'expected at least 1 byte per second, got "1bit"'],
    ["99999999T", 'expected at most 9007199254740991 bytes per second, got "99999999T"'],
    ["10M:1M", 'expected one limit, which applies to uploads, got "10M:1M"'],
    ["10M 20M", 'entry 1 ("10M"): expected a time, a comma and a limit, such as 08:00,512k or Mon-08:00,512k'],
    [
      "08:00,1M,2M",
      'entry 1 ("08:00,1M,2M"): expected a time, a comma and a limit, such as 08:00,512k or Mon-08:00,512k',
    ],
    ["08:00,1M 8:00,2M", 'entry 2 ("8:00,2M"): expected a time from 00:00 to 23:59, got "8:00"'],
    ["24:00,1M", 'entry 1 ("24:00,1M"): expected a time from 00:00 to 23:59, got "24:00"'],
    ["08:60,1M", 'entry 1 ("08:60,1M"): expected a time from 00:00 to 23:59, got "08:60"'],
    ["Mo-08:00,1M", 'entry 1 ("Mo-08:00,1M"): expected a weekday from Mon to Sun, got "Mo"'],
    ["08:00,", 'entry 1 ("08:00,"): expected a limit such as 512k, 10M, 20Mbit/s or off, got ""'],
    ["08:00,1M 08:00,2M", 'entry 2 ("08:00,2M"): expected one limit for each time, got "08:00,1M" before'],
  ])("rejects %j with the entry, the requirement and the value", (text, reason) => {
    assert.strictEqual(rejected(text), reason)
  })

  it("applies each limit of a timetable until the next one begins, even across midnight", () => {
    const table = timetable("08:00,512k 12:00,10M 18:00,30M 23:00,off")
    const limits = ["00:00", "07:59", "08:00", "11:59", "12:00", "17:59", "18:00", "22:59", "23:00", "23:59"].map(
      (time) => Bandwidth.print(rateAt(table, at(2, time))),
    )
    assert.deepStrictEqual(limits, [
      "off",
      "off",
      "512 KiB/s",
      "512 KiB/s",
      "10 MiB/s",
      "10 MiB/s",
      "30 MiB/s",
      "30 MiB/s",
      "off",
      "off",
    ])
  })

  it("reads weekdays, and applies the last limit of the week until the first one", () => {
    const table = timetable("Mon-00:00,512 Friday-23:59,10M;sat-10:00,1M Sun-20:20,off")
    const limits = [
      at(0, "00:00"),
      at(0, "20:19"),
      at(0, "20:20"),
      at(1, "00:00"),
      at(5, "23:58"),
      at(5, "23:59"),
      at(6, "09:59"),
      at(6, "10:00"),
    ].map((time) => Bandwidth.print(rateAt(table, time)))
    assert.deepStrictEqual(limits, [
      "1 MiB/s",
      "1 MiB/s",
      "off",
      "512 KiB/s",
      "512 KiB/s",
      "10 MiB/s",
      "10 MiB/s",
      "1 MiB/s",
    ])
  })

  it("prefers an entry with a weekday to an entry for every day at the same time, in any order", () => {
    for (const text of ["08:00,1M Mon-08:00,2M", "Mon-08:00,2M 08:00,1M"]) {
      assert.strictEqual(rateAt(timetable(text), at(1, "09:00")), 2 * MiB)
      assert.strictEqual(rateAt(timetable(text), at(2, "09:00")), MiB)
    }
  })

  it("does not depend on the order of the entries", () => {
    const table = timetable("23:00,off 08:00,512k")
    assert.strictEqual(rateAt(table, at(0, "09:00")), 512 * KiB)
    assert.strictEqual(rateAt(table, at(0, "07:00")), Number.POSITIVE_INFINITY)
  })
})
