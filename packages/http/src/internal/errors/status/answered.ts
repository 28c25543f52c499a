/**
 * The verdict of a response without a vendor's decoder: that of its status, unless its text or headers name a limit. `explain`
 * uses the same reader.
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
  /** Absent if the calling program reads the body. */
  readonly body?: string | undefined
  readonly url: string
}

/** The limit that a response names in words documented by a vendor. */
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
