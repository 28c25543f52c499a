/**
 * Reads the result of a batch delete, whose errors are in the body of a 200 response.
 */

/** The errors in the result of a batch delete: the first codes, and the number of errors. */
export const failuresIn = (
  body: string,
): { readonly count: number; readonly codes: ReadonlyArray<string>; readonly message: string } | undefined => {
  const text = body.slice(0, 65_536)
  if (!/^\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:[\w.-]{1,40}:)?DeleteResult[\s>]/.test(text)) return undefined
  const errors = text.split("<Error>").slice(1)
  if (errors.length === 0) return undefined
  const inner = (part: string, name: string): string | undefined => {
    const start = part.indexOf(`<${name}>`)
    const end = start === -1 ? -1 : part.indexOf("<", start + 1)
    return end === -1 ? undefined : part.slice(start + name.length + 2, end)
  }
  return {
    count: errors.length,
    codes: [...new Set(errors.flatMap((part) => inner(part, "Code") ?? []))].slice(0, 3),
    message: inner(errors[0] ?? "", "Message") ?? "",
  }
}
