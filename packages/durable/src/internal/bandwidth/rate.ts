/**
 * Parses and formats a rate in bytes per second.
 */
import * as Result from "effect/Result"

/** The rate that `off` stands for: unlimited. */
export const unlimited = Number.POSITIVE_INFINITY

/** The factors of the byte units. As in rclone, they are powers of 1024. */
const bytesOf: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** The factors of the bit units. As for every link speed, they are powers of 1000. */
const bitsOf: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 }

const numbered = /^(\d+(?:\.\d+)?|\.\d+)(.*)$/
const binary = /^(?:(b)|([kmgt])(?:i|ib)?)(?:\/s)?$/i
const bits = /^([kmg]?)bit(?:\/s)?$/i
const decimalBytes = /^([kmgt])(b|bps|b\/s|bytes|bits|bits\/s|bytes\/s)$/i

/**
 * Parses a rate, such as `512k`, `10M`, `20Mbit/s` or `off`. Fails with a message that states the requirement and then the
 * value.
 *
 * **Details**
 *
 * | unit | bytes per second |
 * | --- | --- |
 * | none, `k`, `Ki`, `KiB` | 1 024 |
 * | `M`, `Mi`, `MiB` | 1 048 576 |
 * | `G`, `Gi`, `GiB` | 1 073 741 824 |
 * | `B` | 1 |
 * | `kbit`, `Mbit`, `Gbit` | 125, 125 000, 125 000 000 |
 *
 * A unit may end with `/s`. The byte units, the default unit and `0` for `off` are those of rclone. `MB` and `Mb` are
 * rejected, because some programs use them for bytes and others for bits.
 */
export const parse = (text: string): Result.Result<number, string> => {
  if (/^off$/i.test(text)) return Result.succeed(unlimited)
  const [, digits, unit = ""] = numbered.exec(text) ?? []
  if (digits === undefined) return Result.fail(`expected a limit such as 512k, 10M, 20Mbit/s or off, got "${text}"`)
  const factor = factorOf(unit)
  if (factor === undefined) {
    const [, prefix = ""] = decimalBytes.exec(unit) ?? []
    return Result.fail(
      prefix === ""
        ? `expected the unit B, k, M, G, kbit, Mbit or Gbit, got "${unit}"`
        : `expected ${prefix.toUpperCase()} for bytes or ${prefix}bit for bits, got the ambiguous unit "${unit}"`,
    )
  }
  const rate = Number(digits) * factor
  if (rate === 0) return Result.succeed(unlimited)
  if (rate < 1) return Result.fail(`expected at least 1 byte per second, got "${text}"`)
  return rate <= Number.MAX_SAFE_INTEGER
    ? Result.succeed(rate)
    : Result.fail(`expected at most ${Number.MAX_SAFE_INTEGER} bytes per second, got "${text}"`)
}

const factorOf = (unit: string): number | undefined => {
  if (unit === "" || unit === "/s") return 1024
  const [, single, byte = single] = binary.exec(unit) ?? []
  if (byte !== undefined) return bytesOf[byte.toLowerCase()]
  const [, bit] = bits.exec(unit) ?? []
  const factor = bit === undefined ? undefined : bitsOf[bit.toLowerCase()]
  return factor === undefined ? undefined : factor / 8
}

/** Formats a rate, such as `10 MiB/s` or `off`. */
export const print = (rate: number): string => {
  if (rate === unlimited) return "off"
  const names = ["B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s"]
  let value = rate
  let at = 0
  while (value >= 1024 && at < names.length - 1) {
    value /= 1024
    at++
  }
  return `${Number(value.toFixed(2))} ${names[at]}`
}
