/**
 * Detects arguments that no client can send. The arguments are checked before anything is sent, so later failures must come
 * from the network or the server.
 */

/** Whether a client can parse a string as a URL. A custom `fetch` may resolve relative URLs against its own base URL. */
export const isUrl = (url: string, isPlatform: boolean): boolean =>
  URL.canParse(url) || URL.canParse(url, isPlatform ? globalThis.location?.href : "http://localhost")

/** Describes the problem with a method, if any (RFC 9110, section 5.6.2; fetch, section 2.2.1). */
export const ofMethod = (method: string, hasBody: boolean): string | undefined => {
  if (!/^[!#$%&'*+.^_`|~\dA-Za-z-]+$/.test(method)) return "the method is not a token"
  if (/^(?:CONNECT|TRACE|TRACK)$/i.test(method)) return `fetch sends no ${method.toUpperCase()}`
  return hasBody && (method === "GET" || method === "HEAD") ? `a ${method} cannot have a body` : undefined
}

/** Whether the platform accepts these headers. */
export const areHeaders = (headers: Iterable<readonly [string, string]>): boolean => {
  try {
    void new Headers(Array.from(headers, ([name, value]): [string, string] => [name, value]))
    return true
  } catch {
    return false
  }
}

/**
 * Whether the platform accepts these arguments. The content of the body is not checked, because the check could consume it.
 */
export const areAccepted = (url: string, init: RequestInit): boolean => {
  if (typeof Request === "undefined") return true
  const { body, signal: _, ...rest } = init
  try {
    void new Request(url, body === undefined || body === null ? rest : { ...rest, body: "" })
    return true
  } catch {
    return false
  }
}
