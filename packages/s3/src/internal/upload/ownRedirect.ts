/**
 * Adds the target of S3's own redirect to the error. The redirect is not followed, because a presigned URL is signed for its
 * host.
 */
import * as Redirect from "@holdfast/http/Redirect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import { S3Error } from "../../S3Error.ts"

/** Adds the origin of the redirect target to the message. Returns any other error unchanged. */
export const named = (error: S3Error, response: HttpClientResponse.HttpClientResponse): S3Error => {
  const { status } = response
  if (status < 300 || status >= 400) return error
  const endpoint = error.extra["Endpoint"]
  const leads = Redirect.leads(response) ?? (isHost(endpoint) ? `leads to https://${endpoint}` : undefined)
  if (leads === undefined) return error
  return S3Error.withMessage(error, `${error.message} (not followed: it ${leads})`)
}

const isHost = (endpoint: string | undefined): endpoint is string => /^[a-z0-9.-]{1,253}$/i.test(endpoint ?? "")
