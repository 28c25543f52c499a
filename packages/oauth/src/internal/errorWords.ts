/**
 * The names of OAuth's errors in answers that do not write them as OAuth does: in other letters, or in another place.
 *
 * A poll that does not recognize `authorization_pending` gives up a code that a person is about to approve.
 */
import type { Row } from "@holdfast/core/ErrorRows"

/** Finds the name of an error that a table lists. */
export interface Words {
  /** The name as the table spells it; `undefined` where `error` needs no help, and where nothing in the answer is listed. */
  readonly find: (answer: unknown) => string | undefined
}

/** Longer texts are sentences. */
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
