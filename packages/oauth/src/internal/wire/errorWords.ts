/**
 * Finds OAuth error codes in responses that spell them differently or put them in another member.
 *
 * A poll that does not recognize `authorization_pending` would abandon a code that a person is about to approve.
 */
import type { Row } from "@holdfast/core/ErrorRows"

/** An error code in a response. */
export interface Found {
  /** The code in the table's spelling. */
  readonly name: string
  /** The code as the server wrote it. */
  readonly written: string
  /** The path of the member with the code. */
  readonly at: string
}

/** Finds an error code that a table has. */
export interface Words {
  /** The first code that the table has; `undefined` if the response has none. */
  readonly find: (answer: unknown) => Found | undefined
}

/** The length of the longest code, in characters. Longer texts are sentences. */
const longest = 64

const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined

/** The members in which responses have the code: `error` first, and its members if it is an object. */
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

/** `Authorization Pending`, `AUTHORIZATION_PENDING` and `authorizationPending` are one code. */
const fold = (text: string): string => text.replaceAll(/[\s_-]/g, "").toLowerCase()

/** The codes of a table's rows. */
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
