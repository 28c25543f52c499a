/**
 * Handles external text that looks like a redaction mark.
 */
import { type FormPart, isFile, type Request } from "../../Exchange.ts"
import { base64Marks } from "./secrets.ts"

/**
 * Changes text that resembles a redaction mark in a request that has not been redacted.
 *
 * **Details**
 *
 * The opening bracket is replaced with a parenthesis, so that the length does not change. The opening bracket is also
 * replaced in URLs and in the base64 of a policy.
 */
export const unmarked = (request: Request): Request => {
  const { body, form, headers, url } = request
  if (![body, url, ...Object.values(headers ?? {})].some(hasLookalike) && form?.some(isLookalike) !== true) {
    return request
  }
  return {
    ...request,
    ...(url === undefined ? {} : { url: plain(url) }),
    ...(body === undefined ? {} : { body: plain(body) }),
    ...(headers === undefined
      ? {}
      : { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)])) }),
    ...(form === undefined
      ? {}
      : {
          form: form.map((part) =>
            isFile(part) ? part : { ...part, name: plain(part.name), value: plain(part.value) },
          ),
        }),
  }
}

const hasLookalike = (text: string | undefined): boolean =>
  text !== undefined && (/(?:\[|%5B)hidden-/i.test(text) || base64Marks.test(text))

const isLookalike = (part: FormPart): boolean => hasLookalike(part.name) || (!isFile(part) && hasLookalike(part.value))

const plain = (text: string): string => {
  const seen = text.replaceAll("[hidden-", "(hidden-").replaceAll(/%5B(?=hidden-)/gi, "%28")
  if (!base64Marks.test(seen)) return seen
  try {
    return btoa(atob(seen).replaceAll("[hidden-", "(hidden-"))
  } catch {
    return seen
  }
}
