/**
 * The verdict of an answer that no vendor's decoder explains: that of its status, unless its own words or headers name a limit.
 * `explain` reads them with the same reader.
 */
import type * as Verdict from "@holdfast/core/Verdict"
import { header } from "@holdfast/diagnosis/Exchange"
import * as LimitVerdict from "../../diagnosis/answer/limitVerdict.ts"
import * as Limits from "../../diagnosis/answer/limits.ts"
import * as Vendors from "../../diagnosis/answer/vendor.ts"
import * as Words from "../../diagnosis/answer/words.ts"
import * as Status from "./rows.ts"

/** An answer, as far as it is at hand. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Absent where the program that called reads it. */
  readonly body?: string | undefined
  readonly url: string
}

/** The limit that an answer names in words that a vendor documents. */
const limitOf = ({ body = "", headers, status, url }: Answered): Limits.Limit | undefined => {
  const told = (name: string) => header(headers, name)
  const words = Words.read(body, told("x-amzn-errortype"))
  const host = URL.canParse(url) ? new URL(url).hostname : undefined
  const vendor = Vendors.read(words, Object.keys(headers), host)
  const limit = Limits.read(words, vendor, status, told)
  return limit?.isDocumented === true ? limit : undefined
}

/** The verdict. `form` is that of the status table. */
export const verdictOf = (answer: Answered, form: string | undefined): Verdict.Verdict => {
  const limit = limitOf(answer)
  return limit === undefined ? Status.find({ status: answer.status, form }).verdict : LimitVerdict.verdictOf(limit)
}
