/**
 * The scopes that an answer asks for, where it lists them.
 */
import { isObject, type Words } from "./words.ts"

/** Members that name what is needed: Slack, Dropbox, Bitbucket, Google, HubSpot, Atlassian. */
const names = [
  "needed",
  "required_scope",
  "required_scopes",
  "requiredScopes",
  "missing_scopes",
  "required",
  "requiredGranularScopes",
] as const

/** Where these members stand. */
const holders = ["error", "detail", "details", "context", "errors"] as const

/** How deep the members are looked for. */
const deepest = 3

/** The most scopes that are named. */
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

/** `does not contain scopes:[user:read:admin]`, as Zoom says it. */
const listed = /scopes? ?:? ?\[([\w.:, -]{2,400})\]/i

/** The scopes, those of the body first and then those of the challenge. */
export const scopesIn = ({ json, message }: Words, challenge: string | undefined): ReadonlyArray<string> => {
  const written = inside(json, 0)
  if (written.length > 0) return written
  const said = listOf(listed.exec(message)?.[1])
  return said.length > 0 ? said : listOf(/\bscope="([^"]{1,1000})"/.exec(challenge ?? "")?.[1])
}
