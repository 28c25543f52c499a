/**
 * Reads a proxy's response to a CONNECT request, which asks the proxy to open a connection to the server (RFC 9110, section
 * 9.3.6).
 */
import type { HttpFacts } from "./facts.ts"

/**
 * Returns the status with which a proxy refused a connection, or 0 if the status is unknown. If a proxy refused the
 * connection, the server did not send a response.
 */
export const refusalOf = ({ failure }: HttpFacts): number | undefined => {
  if (failure?.key !== "PROXY_REFUSED_*") return undefined
  const text = failure.text.slice(0, 2000)
  const [, status] =
    /(?:tunnel (?:connection )?failed\D{0,20}|tunnel request .{1,300}status code '|statusCode=|proxy response \(|http code |response:? )([345]\d\d)\b/i.exec(
      text,
    ) ??
    /PROXY_REFUSED_([345]\d\d)\b/.exec(text) ??
    []
  return status === undefined ? (/proxy auth/i.test(text) ? 407 : 0) : Number(status)
}

/** The statuses with which a proxy reports that it permits a connection but cannot establish it. */
export const unreached: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** The statuses with which a proxy reports that it does not support the HTTP version of the CONNECT request. */
export const versions: ReadonlySet<number> = new Set([426, 505])

/** Returns a sentence that explains a refused connection if the proxy did not state a reason. */
export const meaningOf = (status: number, host: string): string => {
  if (status === 403 || status === 401)
    return `A proxy refused to open a connection to ${host}: its rules do not permit this host or port.`
  if (status === 0)
    return `A proxy did not open a connection to ${host}: its rules forbid the host, or the proxy cannot reach the host.`
  return `A proxy responded with ${status} to a request to open a connection (CONNECT) to ${host}: the proxy does not support CONNECT requests, or its rules forbid the host.`
}
