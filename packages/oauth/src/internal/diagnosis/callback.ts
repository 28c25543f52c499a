/**
 * Reads the error that a sign-in server sends through the browser to the client's redirect address. The error is in the
 * query, in the fragment, or in a form (RFC 6749, sections 4.1.2.1 and 4.2.2.1; OAuth 2.0 Form Post Response Mode).
 */
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import type { Request } from "@holdfast/diagnosis/Exchange"
import type { Field } from "./requestFields.ts"

/** The error that a sign-in server sends through the browser. */
export interface Callback {
  readonly error: string
  readonly description: string
  /** The page that the browser came from, if the request has a referrer. */
  readonly from: URL | undefined
}

/** Matches an error code in the format that providers use. */
const name = /^[A-Za-z][\w.-]{2,63}$/

/** Reads the error; returns `undefined` if the request does not carry an error from a sign-in server. */
export const read = (
  request: Request | undefined,
  url: URL | undefined,
  fields: ReadonlyArray<Field>,
  isErrorName: (error: string) => boolean,
): Callback | undefined => {
  const inFragment = [...new URLSearchParams(url?.hash.replace(/^#[/?]{0,2}/, "") ?? "")]
  const sent = new Map([...fields.map(({ name, value }) => [name, value] as const), ...inFragment])
  const error = sent.get("error")
  if (error === undefined || !name.test(error)) return undefined
  // A request to a sign-in server names a client or a grant.
  if (sent.has("client_id") || sent.has("grant_type")) return undefined
  if (!isErrorName(error) && !(sent.has("state") && sent.has("error_description"))) return undefined
  const referer = Exchanges.header(request?.headers ?? {}, "referer") ?? ""
  return {
    error,
    description: sent.get("error_description") ?? "",
    from: URL.canParse(referer) ? new URL(referer) : undefined,
  }
}
