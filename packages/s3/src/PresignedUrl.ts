/**
 * Reads the information in a presigned URL without sending a request.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Redacted from "effect/Redacted"
import { basicDate, isBasicDate } from "./internal/time/basicDate.ts"

/**
 * The expiration time of a presigned URL in milliseconds since the epoch; `undefined` if the URL does not state one.
 *
 * **Details**
 *
 * Version 4 uses `X-Amz-Date` and `X-Amz-Expires` (in seconds); version 2 uses `Expires` (in seconds since the epoch).
 * Parameter names are case-insensitive.
 *
 * **Gotchas**
 *
 * A URL signed with session credentials expires when its session ends, which may be earlier. The URL does not show when the
 * session ends. The server uses its own clock, not the local clock.
 */
export const expiresAt = (url: Redacted.Redacted<string> | string): number | undefined => {
  const query = parameters(Redacted.isRedacted(url) ? Secret.value(url) : url)
  const seconds = digits(query.get("x-amz-expires"))
  if (seconds !== undefined && isBasicDate(query.get("x-amz-date") ?? "")) {
    const signed = dateIn(query)
    return signed === undefined ? undefined : signed + seconds * 1000
  }
  const expires = digits(query.get("expires"))
  return expires === undefined ? undefined : expires * 1000
}

/**
 * The time at which a presigned URL was signed, in milliseconds since the epoch; `undefined` if the URL does not state it, as
 * in version 2.
 */
export const signedAt = (url: Redacted.Redacted<string> | string): number | undefined =>
  dateIn(parameters(Redacted.isRedacted(url) ? Secret.value(url) : url))

const dateIn = (query: ReadonlyMap<string, string>): number | undefined => basicDate(query.get("x-amz-date") ?? "")

const digits = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : undefined

/**
 * The maximum number of parameters that are parsed. A presigned URL has about ten parameters. The time to parse thousands of
 * parameters grows faster than linearly.
 */
const mostParameters = 1000

const parameters = (url: string): Map<string, string> => {
  const found = new Map<string, string>()
  if (!URL.canParse(url)) return found
  const query = new URL(url).search.split("&", mostParameters).join("&")
  for (const [name, value] of new URLSearchParams(query)) found.set(name.toLowerCase(), value)
  return found
}
