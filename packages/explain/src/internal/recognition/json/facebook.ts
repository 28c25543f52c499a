/**
 * Reads errors from Facebook's Graph API as these libraries print them: the SDKs for Android and Flutter, Koala, and
 * facebook4j.
 */
import type { Json } from "./json.ts"
import { assumed, type Recognized } from "../recognized.ts"

/**
 * Builds an error document in the format of the Graph API
 * (https://developers.facebook.com/docs/graph-api/guides/error-handling).
 */
const documentOf = (type: string, message: string, code: number, subcode: number | undefined): Json => ({
  error: { message, type, code, ...(subcode === undefined || subcode <= 0 ? {} : { error_subcode: subcode }) },
})

/**
 * Builds an error document from an object in which a library stores the type, the message and the codes of a Graph API error.
 */
export const document = (json: Json): Json | undefined => {
  const { errorCode, errorMessage, errorType, subErrorCode } = json
  return typeof errorType === "string" && typeof errorMessage === "string" && typeof errorCode === "number"
    ? documentOf(errorType, errorMessage, errorCode, typeof subErrorCode === "number" ? subErrorCode : undefined)
    : undefined
}

/**
 * Matches an error that Koala prints, which may end with the status, such as
 * `type: …, code: 190, error_subcode: 463, message: … [HTTP 400]`.
 */
const koala =
  /\btype: (\w{3,60}), code: (\d{1,6})(?:, error_subcode: (\d{1,8}))?, message: ([^\n]{1,500}?)(?:, [a-z_]{4,20}: [^\n]{0,500}?)?(?: \[HTTP (\d{3})\]|$)/m

/** facebook4j's format: separate lines that contain `message - …`, `code - 190` and `type - OAuthException`. */
const facebook4j = /\bmessage - ([^\n]{1,500})\n\s{0,8}code - (\d{1,6})(?:\n\s{0,8}subcode - (\d{1,8}))?/

const sentence =
  /(?:FacebookApiException|GraphMethodException|OAuthException|FacebookResponseException|FacebookRequestError|GraphAPIError)[^\n]{0,80}?\(#(\d{1,6})\) ([^\n]{1,500})/

/** Reads a Graph API error from text that a library printed. */
export const read = (text: string): Recognized | undefined => {
  const found = ofKoala(text) ?? ofFacebook4j(text) ?? ofSentence(text)
  return found === undefined
    ? undefined
    : {
        exchange: {
          response: {
            ...(found.status === undefined ? assumed(400) : { status: found.status }),
            headers: { "content-type": "application/json" },
            body: JSON.stringify(found.json),
          },
        },
        as: "an error from Facebook's Graph API, printed by a library",
      }
}

interface Found {
  readonly json: Json
  readonly status?: number
}

const numberOf = (digits: string | undefined): number | undefined => (digits === undefined ? undefined : Number(digits))

const ofKoala = (text: string): Found | undefined => {
  const [, type, code, subcode, message = "", status] = koala.exec(text) ?? []
  return type === undefined
    ? undefined
    : {
        json: documentOf(type, message, Number(code), numberOf(subcode)),
        ...(status === undefined ? {} : { status: Number(status) }),
      }
}

const ofFacebook4j = (text: string): Found | undefined => {
  const [, message, code, subcode] = facebook4j.exec(text) ?? []
  return message === undefined
    ? undefined
    : { json: documentOf("OAuthException", message, Number(code), numberOf(subcode)) }
}

const ofSentence = (text: string): Found | undefined => {
  const [, code, message] = sentence.exec(text) ?? []
  return message === undefined
    ? undefined
    : { json: documentOf("OAuthException", `(#${code}) ${message}`, Number(code), undefined) }
}
