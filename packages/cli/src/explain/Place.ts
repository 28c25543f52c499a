/**
 * Describes the locations in an exchange that evidence points to.
 */

/** Describes the location and the name of a piece of evidence. The parts of a form are numbered from 1. */
export const place = (at: string, name: string): string => {
  const [, part] = /^request\.form\[(\d+)\]/.exec(at) ?? []
  const known = part === undefined ? [...places].find(([start]) => at.startsWith(start)) : undefined
  const where = part === undefined ? (known?.[1] ?? at) : `part ${Number(part) + 1} of the form`
  return where === name ? where : `${where}, ${name}`
}

/** Maps prefixes of locations to descriptions; longer prefixes come first. */
const places: ReadonlyMap<string, string> = new Map([
  ["request.headers", "header sent"],
  ["request.form", "form"],
  ["request.body", "body sent"],
  ["request.method", "method"],
  ["request.sent", "bytes sent"],
  ["request.size", "size sent"],
  ["request.url", "URL"],
  ["response.headers", "response header"],
  ["response.body", "answer"],
  ["response.status", "status"],
  ["attempt", "attempt"],
  ["at", "local clock"],
  ["failure", "connection"],
])
