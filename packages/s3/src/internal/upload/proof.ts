/**
 * Determines whether a 2xx response came from the storage service or from an intermediary.
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
 * `stored`: the storage service sent the response. `page`: a web page, such as one from a captive portal. `foreign`: any
 * other body that a storage service does not send. `unmarked`: an empty body without any sign of the sender.
 */
export type StorageProof = "stored" | "page" | "foreign" | "unmarked"

/**
 * The root elements of the XML documents with which a storage service reports success: `PostResponse` after a form, the
 * results of copies and completed uploads, and documents that some S3-compatible servers send after a `PUT`.
 *
 * **Gotchas**
 *
 * The list is closed: `ErrorResponse`, `LoginResponse` and `ListBucketResult` look similar, but they do not mean that an
 * object was stored.
 */
const ownRoot =
  /^\s*(?:<\?xml[^>]*>\s*)?<(?:[\w.-]+:)?(?:PostResponse|CompleteMultipartUploadResult|Copy(?:Object|Part)Result|(?:PutObject|UploadPart)(?:Result|Response|Output))[\s/>]/

/** The elements in which a success document names the object. */
const names = /<(?:[\w.-]+:)?(?:ETag|Key)>(?:[^<]|<!\[CDATA\[[^\]])/

/**
 * The maximum length of whitespace that counts as an empty body, in characters. A longer body may contain content beyond the
 * part that is read.
 */
const blank = 1024

/**
 * Classifies a response with a status from 200 to 299 whose body is not an S3 error document.
 *
 * **Details**
 *
 * After storing an object, S3 sends an empty body or its own document, so any other body overrides the evidence in the
 * headers. Without identifying headers, the document must name the object. `hidden` states whether CORS may hide the
 * identifying headers.
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
 * Whether a browser hides the headers of this response from the page because it comes from another origin. The server must
 * have permitted the page's origin, which captive portals and firewalls do not do.
 *
 * **Gotchas**
 *
 * Call this function only after reading the body, because it consumes the response.
 */
export const isHidden = (response: HttpClientResponse.HttpClientResponse): boolean =>
  Option.exists(HttpClientResponse.toWeb(response), ({ type }) => type === "cors")

/**
 * The error for a 2xx response with a body that a storage service does not send. The error is retried and closes the gate of
 * the storage service.
 */
export const foreign = (request: Request, answer: HttpAnswer): NotFromS3 =>
  new NotFromS3({
    code: "",
    message: S3Error.fromExchange(request, answer).message,
    status: answer.status,
    extra: {},
    verdict: Verdict.withHint(notStorage, RetryAfter.fromAnswer(answer), false),
  })

const notStorage = Verdict.always({ closes: "connectivity", change: "human", outcome: "failure", applied: "maybe" })

/** The reason of an `Unverified` error for a response without any sign of the sender. */
export const unmarked =
  "the response is empty and does not have a request id, an ETag or the Server header of a storage service"
