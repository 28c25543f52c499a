/**
 * Reads durations and times in the formats that servers use.
 */

/** Matches a decimal number, with or without a fraction. */
export const decimal = /^(?:\d+(?:\.\d*)?|\.\d+)$/

const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Converts durations such as `1s`, `6m0s`, `12ms` and `1h2m3.5s` to milliseconds; returns `NaN` for anything else. */
export const spelled = (value: string): number => {
  const part = /(\d+(?:\.\d+)?)(ms|[dhms])/y
  let total = 0
  while (part.lastIndex < value.length) {
    const [, number = "", unit = ""] = part.exec(value) ?? []
    if (unit === "") return Number.NaN
    total += Number(number) * (units[unit] ?? 0)
  }
  return total
}

/** Converts an RFC 3339 date to epoch milliseconds. */
export const isoDate = (value: string): number | undefined => {
  const millis = /^\d{4}-\d\d-\d\dT/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(millis) ? undefined : millis
}
