/**
 * Determines the verdict for a response that has no vendor-specific decoder. The status determines the verdict, unless the
 * text or the headers of the response report a limit. `explain` uses the same code to read limits.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import { header } from "@holdfast/diagnosis/Exchange"
import * as LimitVerdict from "../../diagnosis/answer/limitVerdict.ts"
import * as Limits from "../../diagnosis/answer/limits.ts"
import * as Vendors from "../../diagnosis/answer/vendor.ts"
import * as Words from "../../diagnosis/answer/words.ts"
import * as Status from "./rows.ts"

/** The available parts of a response. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The response body; absent if the calling program reads the body itself. */
  readonly body?: string | undefined
  readonly url: string
}

/** Returns the limit that a response reports in words that its vendor documents. */
const limitOf = ({ body = "", headers, status, url }: Answered): Limits.Limit | undefined => {
  const told = (name: string) => header(headers, name)
  const words = Words.read(body, told("x-amzn-errortype"))
  const host = URL.canParse(url) ? new URL(url).hostname : undefined
  const vendor = Vendors.read(words, Object.keys(headers), host)
  const limit = Limits.read(words, vendor, status, told)
  return limit?.isDocumented === true ? limit : undefined
}

/** The verdict. `form` has the same meaning as in the status table. */
export const verdictOf = (answer: Answered, form: string | undefined): Verdict.Verdict => {
  const limit = limitOf(answer)
  return limit === undefined ? Status.find({ status: answer.status, form }).verdict : LimitVerdict.verdictOf(limit)
}
