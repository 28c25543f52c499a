/**
 * What a proxy answered when it was asked to open a connection to the server (CONNECT; RFC 9110, section 9.3.6).
 */
import type { HttpFacts } from "./facts.ts"

/** The status with which a proxy refused a connection, 0 where it is not told. The server sent no response then. */
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

/** The statuses of a proxy that permits the connection and cannot make it. */
export const unreached: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** The statuses of a proxy that does not take the version of HTTP in which it was asked. */
export const versions: ReadonlySet<number> = new Set([426, 505])

/** Why a proxy that gives no other reason refuses a connection, as a sentence. */
export const meaningOf = (status: number, host: string): string => {
  if (status === 403 || status === 401)
    return `A proxy refused to open a connection to ${host}: its rules do not permit this host or port.`
  if (status === 0)
    return `A proxy did not open a connection to ${host}: its rules forbid the host, or the proxy cannot reach the host.`
  return `A proxy answered ${status} to a request to open a connection (CONNECT) to ${host}: the proxy does not support CONNECT requests, or its rules forbid the host.`
}
