/**
 * Frame.io's error bodies in both forms. Keys have the same order as in Frame.io's documentation.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The simple payload: one error code. */
export const simple = (status: number, error: string) => json({ error }, status)

/** The detailed payload: a title and a sentence. */
export const detailed = (status: number, title: string, detail: string) =>
  json({ code: status, errors: [{ code: status, detail, status, title }], message: title }, status)

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.jsonUnsafe(body, { status, headers })

export const notAuthorized = detailed(401, "Not Authorized", "You are not allowed to access that resource")
export const channelPaused = detailed(409, "Channel Paused", "The channel you're uploading from is currently paused.")
export const notFound = detailed(404, "Not Found", "The requested resource could not be found")
export const methodNotAllowed = detailed(405, "Method Not Allowed", "This resource does not support that method")
export const internalServerError = detailed(500, "Internal Server Error", "Something went wrong")
export const invalidArgument = (detail: string) => detailed(422, "Invalid Argument", detail)
export const unsupportedMediaType = HttpServerResponse.text("Unsupported Media Type", { status: 415 })
