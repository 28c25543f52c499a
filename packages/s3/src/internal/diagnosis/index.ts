/**
 * The S3 rule set: recognizes S3 exchanges, reads the response, and lists the rules.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as Lookup from "../errors/lookup.ts"
import { requestIdIn } from "../errors/response.ts"
import * as StorageMarks from "../../StorageMarks.ts"
import * as Batch from "./batch.ts"
import * as Identify from "./dialects/identify.ts"
import * as Native from "./dialects/native.ts"
import * as Misplaced from "./dialects/misplaced.ts"
import * as Words from "./dialects/words.ts"
import { corrections } from "./corrections/index.ts"
import * as Facts from "./facts.ts"
import { rules } from "./rules/index.ts"
import { isFramed } from "./rules/requests/body/framed.ts"
import { vocabulary } from "./vocabulary.ts"

const codes: ReadonlyArray<string> = rules.map(({ code }) => code)

/** The S3 rules as a rule set, for programs that explain exchanges with several systems. */
export const ruleSet: Core.RuleSet = Core.ruleSet<Facts.S3Facts>({
  system: "s3",
  vocabulary,
  rules,
  corrections,
  read: (exchange) => {
    const facts = Facts.read(exchange, {}, Words.read)
    const isElsewhere = Misplaced.otherService(facts) !== undefined
    if (!isElsewhere && (!isOfS3(facts) || Http.isPortalAnswer(exchange))) return undefined
    const { answer, dialect } = facts
    const { code, elements, hostId, message, requestId, status } = answer
    const seen = Lookup.seen(answer)
    return {
      facts,
      vendor: {
        system: dialect.system,
        status,
        code,
        message,
        fields: elements,
        ...(requestId === undefined ? {} : { requestId }),
        ...(hostId === undefined ? {} : { hostId }),
      },
      answeredBy: isElsewhere ? undefined : Identify.answeredBy(dialect, answer),
      allowed: Words.allowed(facts, codes),
      documents: (url) => isAmazon(dialect.system) || !amazons.test(url),
      verdict: Http.verdictWithoutAnswer(exchange) ?? Lookup.find(seen).verdict,
      afterMs: Lookup.isOwn(seen) ? RetryHint.fromExchange(exchange) : undefined,
      succeeded: !isElsewhere && isSuccess(facts),
    }
  },
})

/** Amazon's documentation, which other storage services follow for some of their errors. */
const amazons = /^https:\/\/(?:docs\.aws\.amazon\.com|repost\.aws)\//

const isAmazon = (system: string): boolean => system === "s3" || system === "cloudfront"

/**
 * Whether the exchange succeeded, either with a 2xx status or with the redirect that the form requested. A 200 response whose
 * body contains an error is a failure.
 */
const isSuccess = ({ answer, exchange, form, url }: Facts.S3Facts): boolean =>
  !answer.isErrorDocument &&
  !isFramed({ answer }) &&
  Batch.failuresIn(answer.body) === undefined &&
  exchange.failure === undefined &&
  ((answer.status >= 200 && answer.status < 300) ||
    answer.status === 304 ||
    isChunkStored(answer, url) ||
    (answer.status === 303 && form?.read("success_action_redirect") !== undefined))

/** A 308 without a Location header is the response to a chunk of a resumable upload: the session expects the next chunk. */
const isChunkStored = (answer: Facts.S3Facts["answer"], url: URL | undefined): boolean =>
  answer.status === 308 &&
  answer.header("location") === undefined &&
  (answer.header("x-guploader-uploadid") !== undefined || url?.searchParams.has("upload_id") === true)

/** Storage services that can be identified only by the codes and messages in their JSON. */
const hasOwnWords: ReadonlySet<string> = new Set(["Azure Blob Storage", "Backblaze B2"])

/** Messages that only Google's storage service sends. All Google APIs use the same JSON format. */
const ofGoogle =
  /cloud\.google\.com\/storage|object mutation operations|\bstorage\.(?:objects|buckets|hmacKeys|multipartUploads)\.\w+|requester pays bucket|billing account for the owning project|Provided scope\(s\) are not authorized/

/** Headers that the vendor's other services also send. */
const shared = new Set(["Oracle Object Storage", "Baidu BOS", "OpenStack Swift", "Supabase Storage"])

/**
 * Whether an exchange involves a storage service, judged by the response, the credentials in the request, or the requested
 * host.
 */
const isOfS3 = ({
  answer,
  client,
  dialect,
  exchange,
  form,
  header,
  misnamed,
  proof,
  url,
  version,
}: Facts.S3Facts): boolean =>
  client !== undefined ||
  misnamed !== undefined ||
  answer.isOwnForm ||
  answer.header("x-ms-error-code") !== undefined ||
  (answer.isErrorDocument && (hasOwnWords.has(dialect.name) || ofGoogle.test(answer.message))) ||
  requestIdIn(answer.headers) !== undefined ||
  (!isOtherUpload(url) &&
    StorageMarks.vendorsOf(answer.headers).some((vendor) => !shared.has(vendor) || answer.isErrorDocument)) ||
  version !== undefined ||
  (proof === "form" && (form?.field("key") !== undefined || form?.field("policy") !== undefined)) ||
  header("x-amz-date") !== undefined ||
  // A form that was sent in another encoding still counts as one.
  /(?:^|&)x-amz-(?:algorithm|credential|signature)=/i.test(exchange.request?.body ?? "") ||
  isStorageAddress(url)

/** Google's upload server also handles uploads for Drive and YouTube. */
const isOtherUpload = (url: URL | undefined): boolean =>
  url !== undefined && url.hostname.endsWith(".googleapis.com") && !isStorageAddress(url)

/**
 * Whether an address belongs to a storage service. A host that also serves other APIs has a separate path for the storage
 * service.
 */
const isStorageAddress = (url: URL | undefined): boolean => {
  if (url === undefined) return false
  if (Native.placeOf(url) !== undefined || url.pathname.startsWith("/v1/AUTH_")) return true
  const system = Identify.ofHost(url.hostname)?.row.system
  if (Native.isShared(url.hostname)) return url.pathname.startsWith("/storage/") || url.hostname.includes(".storage.")
  if (url.hostname === "api.cloudflare.com") return url.pathname.includes("/r2/buckets")
  if (isOwnApi.test(url.hostname)) return false
  return (system !== undefined && system !== "cloudfront") || /(?:^|\.)(?:s3[.-]|amazonaws\.com$)/.test(url.hostname)
}

/** Amazon hosts that serve the APIs and sign-in pages of Amazon's customers. */
const isOwnApi = /\.(?:execute-api|appsync-api|auth|es|aos)\.[\w-]{1,40}\.amazon(?:aws|cognito)\.com$/
