/**
 * Who explains: until c2c has its books, S3's alone.
 */
import * as S3 from "@holdfast/s3/Diagnosis"
import type * as Diagnosis from "@holdfast/core/Diagnosis"
import type { Exchange } from "@holdfast/core/Exchange"

export const explain = (exchange: Exchange): Diagnosis.Explanation => S3.explain(exchange)
export const about = (code: string): Diagnosis.About | undefined => S3.book.rules.find((rule) => rule.code === code)
export const explainCode = (code: string): Diagnosis.Explanation =>
  S3.explain({ response: { status: 0, body: `<Error><Code>${code}</Code></Error>` } })
