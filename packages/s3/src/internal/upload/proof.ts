/**
 * Decides whether a 2xx response came from the storage or from an intermediary.
 */
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Verdict from "@holdfast/core/Verdict"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as Portal from "@holdfast/http/Portal"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import { S3Error } from "../../S3Error.ts"
import { NotFromS3 } from "../errors/classes.ts"
import * as StorageMarks from "../../StorageMarks.ts"

/**
 * `stored`: the storage sent it. `page`: a web page, as from a captive portal. `foreign`: any other body that no
 * storage sends. `unmarked`: an empty body without a mark of the sender.
 */
export type StorageProof = "stored" | "page" | "foreign" | "unmarked"

/**
 * The root elements of the success documents of a storage: `PostResponse` after a form, the results of copies and completed
 * uploads, and those that some S3-compatible servers send after a `PUT`.
 *
 * **Gotchas**
 *
 * The list is closed: `ErrorResponse`, `LoginResponse` and `ListBucketResult` look similar, but nothing was stored.
 */
const ownRoot =
  /^\s*(?:<\?xml[^>]*>\s*)?<(?:[\w.-]+:)?(?:PostResponse|CompleteMultipartUploadResult|Copy(?:Object|Part)Result|(?:PutObject|UploadPart)(?:Result|Response|Output))[\s/>]/

/** The elements with which such a document names the object. */
const names = /<(?:[\w.-]+:)?(?:ETag|Key)>(?:[^<]|<!\[CDATA\[[^\]])/

/**
 * The length up to which white space counts as an empty body, in characters. More may hide content beyond the limit of
 * reading.
 */
const blank = 1024

/**
 * Classifies a response with a status from 200 to 299 whose body is not an S3 error.
 *
 * **Details**
 *
 * After storing an object S3 sends an empty body or its own document, so any other body overrules the marks of the headers.
 * Without marks the document must name the object. `hidden` tells whether CORS may hide those headers.
 */
export const judge = (answer: HttpAnswer, hidden: () => boolean): StorageProof => {
  const { body } = answer
  if (body.length <= blank && body.trim() === "") {
    return StorageMarks.isStored(answer) || hidden() ? "stored" : "unmarked"
  }
  if (Portal.isHtml(answer)) return "page"
  return ownRoot.test(body) && (names.test(body) || StorageMarks.isStored(answer)) ? "stored" : "foreign"
}

/**
 * Whether a browser hides the headers of this response from a page, because `fetch` got it from another origin. The
 * server must have permitted the page's origin, which a captive portal or a firewall does not.
 *
 * **Gotchas**
 *
 * Consumes the body of the response, so call it after reading the body.
 */
export const isHidden = (response: HttpClientResponse.HttpClientResponse): boolean =>
  Option.exists(HttpClientResponse.toWeb(response), ({ type }) => type === "cors")

/** The error of a 2xx whose body no storage sends. It is retried and closes the storage's gate. */
export const foreign = (request: Request, answer: HttpAnswer): NotFromS3 =>
  new NotFromS3({
    code: "",
    message: S3Error.fromExchange(request, answer).message,
    status: answer.status,
    extra: {},
    verdict: Verdict.withHint(notStorage, RetryAfter.fromAnswer(answer), false),
  })

const notStorage = Verdict.always({ closes: "connectivity", change: "human", outcome: "failure", applied: "maybe" })

/** The reason of an `Unverified` error without a mark. */
export const unmarked = "an empty response without a request id, an ETag or a Server header of a storage"
