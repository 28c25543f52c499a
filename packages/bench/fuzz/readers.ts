/**
 * Every public reader of text.
 */
import * as Answers from "./families/answers.ts"
import * as Core from "./families/core.ts"
import * as Durable from "./families/durable.ts"
import * as Exchanges from "./families/exchanges.ts"
import * as Http from "./families/http.ts"
import * as S3 from "./families/s3/readers.ts"
import * as Terminal from "./families/terminal.ts"
import type { Reader } from "./Reader.ts"

/** The readers of all packages. */
export const readers: ReadonlyArray<Reader> = [
  ...Core.readers,
  ...Http.readers,
  ...Exchanges.readers,
  ...S3.readers,
  ...Answers.readers,
  ...Durable.readers,
  ...Terminal.readers,
]
