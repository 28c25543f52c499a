/**
 * Reads the content that a call expects from a successful response.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as AnswerFields from "../wire/answerFields.ts"
import * as Content from "../wire/content.ts"
import * as Tokens from "../wire/tokens.ts"
import type { Purpose } from "./requestFields.ts"

/** The content that a successful response must contain, for each kind of call. */
export const contentOf = (
  body: string,
  { now, purpose }: { readonly now: number; readonly purpose: Purpose | undefined },
): Content.Content<object> | undefined => {
  // The address and the user code are redacted here, so only the device code is required.
  if (purpose === "code") {
    const fields = AnswerFields.read(body, true)
    // Facebook calls it `code`.
    const holder =
      fields === undefined
        ? undefined
        : (AnswerFields.holder(fields, "device_code") ?? AnswerFields.holder(fields, "user_code"))
    return holder === undefined ? {} : { value: holder }
  }
  if (purpose === "poll" || purpose === "refresh") return Content.read<object>(body, true, Tokens.read, now)
  return purpose === undefined ? undefined : (tokensIn(body, now) ?? undefined)
}

/**
 * Finds tokens in responses to other grants, whose successful responses can also contain other content.
 */
const tokensIn = (body: string, now: number): Content.Content<object> | undefined => {
  const content = Content.read<object>(body, true, Tokens.read, now)
  return content.value === undefined ? undefined : content
}

/** Whether the body of a response was captured. */
export const isKept = (response: Exchange["response"]): boolean => {
  if (response?.body === undefined) return false
  const length = Number(Exchanges.header(response.headers ?? {}, "content-length") ?? "0")
  return response.body !== "" || length === 0
}
