/**
 * Recognizes a 503 from an intermediary that had already forwarded the request, as opposed to a 503 from the server itself.
 */

/**
 * Messages from intermediaries about an exchange that ended before a response arrived.
 *
 * Envoy: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details
 * Varnish: https://varnish-cache.org/docs/trunk/users-guide/troubleshooting.html
 * Fastly: https://docs.fastly.com/en/guides/common-503-errors
 */
const lost =
  /upstream connect error or disconnect\/reset before headers|backend fetch failed|first byte timeout|between bytes timeout|backend (?:read|write) error/i

/** Envoy's reasons for not forwarding a request. */
const unsent =
  /reset reason: (?:(?:remote |local )?connection failure|delayed connect error|connection timeout|overflow|remote refused stream reset)/i

/**
 * Whether the body of a 503 indicates that the server may have executed the request. Only the first 4 KiB of the body are
 * examined.
 */
export const isUnanswered = (body: string): boolean => {
  const words = body.slice(0, 4096)
  return lost.test(words) && !unsent.test(words)
}
