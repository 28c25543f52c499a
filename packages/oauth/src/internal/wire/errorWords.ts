/**
 * Finds OAuth error codes in responses that spell them differently or put them in another member.
 *
 * A poll that does not recognize `authorization_pending` would abandon a code that a person is about to approve.
 */
import type { Row } from "@holdfast/core/ErrorRows"

/** Finds the name of an error that a table lists. */
export interface Words {
  /** The name as the table spells it; `undefined` if `error` is listed already, or nothing in the response is. */
  readonly find: (answer: unknown) => string | undefined
}

/** The longest code, in characters. Longer texts are sentences. */
const longest = 64

const own = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined

/** Where answers say the name: `error` first, and in it, if it is an object. */
const candidates = (answer: unknown): ReadonlyArray<unknown> => {
  const error = own(answer, "error")
  const errors = own(answer, "errors")
  const inside = [error, Array.isArray(errors) ? errors[0] : undefined].flatMap((one) =>
    ["code", "error", "type", "status"].map((name) => own(one, name)),
  )
  return [error, ...inside, ...["error_code", "errorCode", "code"].map((name) => own(answer, name))]
}

/** `Authorization Pending`, `AUTHORIZATION_PENDING` and `authorizationPending` are one name. */
const fold = (text: string): string => text.replaceAll(/[\s_-]/g, "").toLowerCase()

/** The names that the rows of a table list. */
export const make = (rows: ReadonlyArray<Row>): Words => {
  const exact = new Set(rows.flatMap(({ key }) => key ?? []))
  const byName = new Map([...exact].map((key) => [fold(key), key]))
  return {
    find: (answer) => {
      for (const one of candidates(answer)) {
        if (typeof one !== "string" || one.length > longest) continue
        if (exact.has(one)) return one
        const known = byName.get(fold(one))
        if (known !== undefined) return known
      }
      return undefined
    },
  }
}
