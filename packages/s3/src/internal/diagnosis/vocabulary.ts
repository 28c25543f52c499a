/**
 * The vocabulary for redacting S3 exchanges: which values remain visible, and which parts of credentials remain visible.
 */
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Vocabulary"
import { authorization, credential, keyId } from "./redaction/credential.ts"
import { answers, elements, fields, headers, query } from "./redaction/names.ts"
import { policy } from "./redaction/policy.ts"
import { listed, sentIn, signed } from "./redaction/signedText.ts"
import * as HeaderError from "../errors/headerError.ts"
import * as Layout from "./signature/layout.ts"

/**
 * Values that are visible elsewhere in the exchange are also visible in the signed text; otherwise, the two could not be
 * compared.
 */
const http = Http.vocabulary

const policyText: Mask = policy({
  isVisible: (name) => fields.has(name),
  mask: (name) => (Object.hasOwn(masks, name) ? masks[name] : undefined),
})

/** The text that was signed: the policy of a form, or the lines of a request. */
const signedText: Mask = (value, hide, exchange) =>
  Layout.lines(value) === undefined && !value.includes("\n")
    ? policyText(value, hide, exchange)
    : signed(value, hide, {
        header: (name) => headers.has(name) || http.headers?.has(name) === true,
        parameter: (name) => query.has(name) || http.query?.has(name) === true,
        credential: (text) => credential(text, hide, exchange),
        isSent: sentIn(exchange),
      })

/**
 * An argument value is visible if it is a number or one of S3's own keywords. The value of this header may be a credential.
 */
const argument: Mask = (value, hide) => (/^[+-]?\d{1,12}$/.test(value) || words.test(value) ? value : hide(value))

/** S3's own keywords that servers quote: encodings, canned ACLs, storage classes, and the names of streamed bodies. */
const words =
  /^(?:null|aws-chunked|gzip|identity|chunked|AES256|aws:kms(?::dsse)?|(?:STREAMING-)?UNSIGNED-PAYLOAD(?:-TRAILER)?|STREAMING-AWS4-[A-Z0-9-]{1,60}|private|public-read|public-read-write|authenticated-read|aws-exec-read|bucket-owner-(?:read|full-control)|STANDARD(?:_IA)?|ONEZONE_IA|INTELLIGENT_TIERING|REDUCED_REDUNDANCY|GLACIER(?:_IR)?|DEEP_ARCHIVE|EXPRESS_ONEZONE)$/

/**
 * The bytes of a text that the response also contains in readable form. The secrets found in the readable text are hidden in
 * the bytes, too.
 */
const octets: Mask = (value, hide) => hide.once(value)

/** The document that Alibaba repeats in a header. The document's code and message remain visible. */
const ossError: Mask = (value, hide) => HeaderError.masked(value, hide)

const signedHeaders: Mask = (value, hide, exchange) => listed(value, hide, sentIn(exchange))

/** The key id in a message about an unrecognized key is visible if it is a placeholder from a program. */
const keyPairId: Mask = (value, hide) => (/^(?:undefined|null|None|NaN)?$/.test(value) ? value : hide(value))

/** Only the names of CloudFront's cookies are visible, because CloudFront's errors concern them. */
const cookie: Mask = (value, hide) =>
  value
    .split(";")
    .map((pair) => {
      const [, name, rest] = /^\s*(CloudFront-(?:Policy|Expires|Signature|Key-Pair-Id))=(.*)$/s.exec(pair) ?? []
      return name === undefined ? hide(pair.trim()) : `${name}=${hide(rest ?? "")}`
    })
    .join("; ")

const masks: Readonly<Record<string, Mask>> = {
  argumentvalue: argument,
  authorization,
  awsaccesskeyid: keyId,
  canonicalrequest: signedText,
  canonicalrequestbytes: octets,
  cookie,
  "key-pair-id": keyPairId,
  ossaccesskeyid: keyId,
  policy: policyText,
  stringtosign: signedText,
  stringtosignbytes: octets,
  formatstring: signedText,
  googleaccessid: keyId,
  "x-amz-credential": credential,
  "x-amz-signedheaders": signedHeaders,
  "x-goog-credential": credential,
  "x-goog-signedheaders": signedHeaders,
  "x-oss-additional-headers": signedHeaders,
  "x-oss-credential": credential,
  "x-oss-err": ossError,
}

export const vocabulary: Vocabulary = { headers, query, fields, answers, elements, masks }
