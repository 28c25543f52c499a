/**
 * Defines Frame.io's deviations from OAuth: the detailed payload, multipart bodies, and the retries that its error guide
 * requires.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { Dialect } from "@holdfast/oauth/Dialect"
import { type Exchange, header } from "@holdfast/diagnosis/Exchange"
import { versionHeader } from "./versionHeader.ts"

const human = { change: "human" } as const

/** Returns whether a request was sent to Frame.io, based on its host or on the header that every call to Frame.io has. */
export const isSentToFrameio = ({ request }: Exchange): boolean => {
  const host = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url).hostname : ""
  return /(?:^|\.)frame\.io$/i.test(host) || header(request?.headers ?? {}, versionHeader) !== undefined
}

/** The dialect. */
export const dialect: Dialect = {
  rows: [
    {
      class: "UnauthorizedClient",
      key: "Not Authorized",
      status: 401,
      form: "detailed",
      verdict: Verdict.never(human),
      description: "The credentials are no longer valid.",
    },
    {
      class: "InvalidClientVersion",
      key: "Invalid client version",
      status: 400,
      verdict: Verdict.never(human),
      description: "The x-client-version header is missing, was sent more than once, or is not a semantic version.",
    },
    {
      class: "InvalidRequest",
      key: "invalid_request",
      status: 400,
      verdict: Verdict.once(),
      description:
        "The request is malformed. In response to a refresh, this error means that the refresh token is no longer valid.",
    },
    {
      class: "ServerError",
      key: "server_error",
      status: 500,
      verdict: Verdict.once(),
      description: "Frame.io encountered an internal error.",
    },
    {
      class: "ServerError",
      status: 500,
      verdict: Verdict.once(),
      description: "Frame.io encountered an internal error.",
    },
  ],
  speaks: isSentToFrameio,
  encodings: new Set(["multipart", "query", "none"]),
}
