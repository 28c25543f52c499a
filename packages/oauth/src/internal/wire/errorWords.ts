/**
 * Finds OAuth error codes in responses that use a different spelling or put the code in a different field.
 *
 * If a poll did not recognize `authorization_pending`, it would abandon a device code that a user is about to approve.
 */
import type { Row } from "@holdfast/core/ErrorRows"

/** An error code in a response. */
export interface Found {
  /** The error code in the table's spelling. */
  readonly name: string
  /** The error code exactly as the server sent it. */
  readonly written: string
  /** The path of the field that contains the error code. */
  readonly at: string
}

/** Finds an error code that a table lists. */
export interface Words {
  /** Returns the first code that the table lists, or `undefined` if the response does not contain a listed code. */
  readonly find: (answer: unknown) => Found | undefined
}

/** The maximum length of an error code, in characters. Longer text is treated as a sentence instead of a code. */
const longest = 64

const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined

/**
 * Returns the fields that may contain the error code, in the order in which they are searched: `error` is searched first,
 * followed by the fields of `error` and of `errors[0]`, and then by `error_code`, `errorCode` and `code`.
 */
const candidates = (answer: unknown): ReadonlyArray<readonly [at: string, value: unknown]> => {
  const error = own(answer, "error")
  const errors = own(answer, "errors")
  const parts = [["error", error] as const, ["errors[0]", Array.isArray(errors) ? errors[0] : undefined] as const]
  return [
    ["error", error],
    ...parts.flatMap(([at, one]) =>
      ["code", "error", "type", "status"].map((name) => [`${at}.${name}`, own(one, name)] as const),
    ),
    ...["error_code", "errorCode", "code"].map((name) => [name, own(answer, name)] as const),
  ]
}

/** `Authorization Pending`, `AUTHORIZATION_PENDING` and `authorizationPending` are treated as the same code. */
const fold = (text: string): string => text.replaceAll(/[\s_-]/g, "").toLowerCase()

/** Creates a finder for the error codes in a table's rows. */
export const make = (rows: ReadonlyArray<Row>): Words => {
  const exact = new Set(rows.flatMap(({ key }) => key ?? []))
  const byName = new Map([...exact].map((key) => [fold(key), key]))
  return {
    find: (answer) => {
      for (const [at, written] of candidates(answer)) {
        if (typeof written !== "string" || written.length > longest) continue
        const name = exact.has(written) ? written : byName.get(fold(written))
        if (name !== undefined) return { name, written, at }
      }
      return undefined
    },
  }
}
