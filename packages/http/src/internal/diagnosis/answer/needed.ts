/**
 * Reads the scopes that a response reports as required.
 */
import { isObject, type Words } from "./words.ts"

/** Response fields in which Slack, Dropbox, Bitbucket, Google, HubSpot and Atlassian list the required scopes. */
const names = [
  "needed",
  "required_scope",
  "required_scopes",
  "requiredScopes",
  "missing_scopes",
  "required",
  "requiredGranularScopes",
] as const

/** Objects that may contain the fields that list scopes. */
const holders = ["error", "detail", "details", "context", "errors"] as const

/** The maximum nesting depth of the search for these fields. */
const deepest = 3

/** The maximum number of scopes that are reported. */
const most = 10

const scope = /^[\w.:/*-]{2,120}$/

const listOf = (value: unknown): ReadonlyArray<string> =>
  (Array.isArray(value) ? value.slice(0, most) : typeof value === "string" ? value.split(/[,\s]+/, most) : []).filter(
    (one): one is string => typeof one === "string" && scope.test(one),
  )

const inside = (value: unknown, depth: number): ReadonlyArray<string> => {
  const one: unknown = Array.isArray(value) ? value[0] : value
  if (!isObject(one) || depth > deepest) return []
  for (const name of names) {
    const found = listOf(one[name])
    if (found.length > 0) return found
  }
  for (const name of holders) {
    const found = inside(one[name], depth + 1)
    if (found.length > 0) return found
  }
  return []
}

/** Zoom's message: for example `does not contain scopes:[user:read:admin]`. */
const listed = /scopes? ?:? ?\[([\w.:, -]{2,400})\]/i

/** Returns the required scopes. Scopes in the body take precedence over scopes in the challenge. */
export const scopesIn = ({ json, message }: Words, challenge: string | undefined): ReadonlyArray<string> => {
  const written = inside(json, 0)
  if (written.length > 0) return written
  const said = listOf(listed.exec(message)?.[1])
  return said.length > 0 ? said : listOf(/\bscope="([^"]{1,1000})"/.exec(challenge ?? "")?.[1])
}
