/**
 * Reads exceptions from SDKs and clients, namely botocore, the AWS SDKs for Java, Go, .NET, PHP, Ruby, Rust and JavaScript,
 * MinIO's clients, and s3cmd. Each exception preserves the code, the message, the status or the ID of S3's response, and
 * discards the rest.
 */
import * as Around from "../around.ts"
import { sentenceIn } from "./sentences.ts"
import { assumed, type Recognized } from "../recognized.ts"
import { statusOf } from "../codes.ts"
import { requestOf } from "./operation.ts"
import { type Kept, shapes } from "./shapes.ts"

/** Matches the status that botocore reports as the code for operations whose response has no body. */
const statusOnly = /^\d{3}(?: [A-Za-z ]{2,40})?$/

/** Returns the code for a message that servers send only with that code. */
const codeOf = (message: string | undefined): string | undefined =>
  message === undefined ? undefined : sentenceIn(message)?.code

/** Recognizes an SDK exception by its format, and reads the details of the exchange from the surrounding text. */
export const readForm = (text: string): Recognized | undefined => {
  for (const [pattern, keep] of shapes) {
    const found = pattern.exec(text)
    if (found !== null) return recognized(keep(found, text.slice(Math.max(0, found.index - 1000), found.index)), text)
  }
  return undefined
}

/** Recognizes an SDK exception by its format, or by a message that only S3 sends. */
export const read = (text: string): Recognized | undefined => {
  const formed = readForm(text)
  if (formed !== undefined) return formed
  const sentence = sentenceIn(text)
  return sentence === undefined
    ? undefined
    : recognized(
        { as: `an S3 message that S3 sends with the code ${sentence.code}`, ...sentence, status: undefined },
        text,
      )
}

/**
 * Finds the elements of the document that a program logs on separate lines, as libs3 does with `Header: Transfer-Encoding`.
 */
const detailsIn = (text: string, code = ""): Readonly<Record<string, string>> => {
  const [, header] = /(?:^|[\s,{])Header: ([A-Za-z-]{3,60})[ \t]*(?:$|[\n,}])/m.exec(text) ?? []
  const printed = [...text.slice(0, 60_000).matchAll(elements)].flatMap(([, name = "", quoted, plain]) => {
    const value = quoted ?? plain?.trimEnd() ?? ""
    // Settings also name an endpoint. In a response, it is Amazon's and belongs to a redirect.
    const isOfAnswer = name !== "Endpoint" || (code.endsWith("Redirect") && /\.amazonaws\.com(?:\.cn)?$/.test(value))
    return isOfAnswer && value !== "" ? [[name, value] as const] : []
  })
  // The AWS CLI prints it after the message.
  const [, named] =
    /send all future requests to this endpoint: ([a-z0-9.-]{3,255}\.amazonaws\.com(?:\.cn)?)/.exec(text) ?? []
  return {
    ...(named === undefined ? {} : { Endpoint: named }),
    ...Object.fromEntries(printed),
    ...(header === undefined ? {} : { Header: header }),
  }
}

/** Matches elements of an S3 document that have unambiguous names and that SDKs print as fields of an error. */
const elements =
  /\b(Endpoint|AWSAccessKeyId|OSSAccessKeyId|RequestTime|ServerTime|HeadersNotSigned)['"]?(?:: |=)(?:['"]([^'"\n]{1,200})['"]|([^\s'",{}<>]{1,200})(?=[,}\s]|$))/g

/** Matches the name that SDKs use for an error without a code. */
const unknown = /^Unknown(?:Error)?$/

/** Checks whether a message contains more than the name of an exception or a status. */
const isSentence = (message: string | undefined): boolean => /[a-z] [a-z]{2,} [a-z]/i.test(message ?? "")

/**
 * Checks whether a code belongs to another AWS service that sends JSON. Examples of AWS services that send JSON are DynamoDB,
 * KMS and Secrets Manager.
 */
const isOfOtherService = (code: string): boolean => /[a-z]Exception$/.test(code) && statusOf(code) === undefined

const ofOtherService = (code: string, kept: Kept, text: string): Recognized => {
  const status = Number(kept.status ?? Number.NaN) || Around.statusIn(text)
  return {
    exchange: {
      response: {
        ...(status === undefined ? assumed(400) : { status }),
        headers: {
          "content-type": "application/x-amz-json-1.0",
          ...(kept.requestId === undefined || kept.requestId === "" ? {} : { "x-amzn-requestid": kept.requestId }),
        },
        body: JSON.stringify({ __type: code, message: (kept.message ?? "").trim() }),
      },
    },
    as: kept.as,
  }
}

const recognized = (said: Kept, text: string): Recognized => {
  // The SDK for JavaScript names the status in a word.
  const isNamed =
    /^(?:NotFound|Forbidden)$/.test(said.code ?? "") && /^(?:UnknownError|null)?$/.test(said.message ?? "")
  const isHead =
    isNamed ||
    (said.code !== undefined && statusOnly.test(said.code) && !/[a-z] [a-z]+ [a-z]+ [a-z]/i.test(said.message ?? ""))
  // A status in place of a code indicates a response without a body.
  const kept = isHead && said.operation === undefined ? { ...said, operation: "HeadObject" } : said
  const code = isHead ? undefined : (kept.code ?? codeOf(kept.message))
  if (code !== undefined && isOfOtherService(code)) return ofOtherService(code, kept, text)
  const known = code === undefined ? undefined : sentenceIn(kept.message ?? "")
  const stated =
    isHead && !isNamed
      ? Number(kept.code?.slice(0, 3))
      : Number(kept.status ?? Number.NaN) || Around.statusIn(text) || (isNamed ? statusOf(kept.code ?? "") : undefined)
  const request = requestOf(kept, text)
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(stated === undefined ? assumed(known?.status ?? statusOf(code ?? "")) : { status: stated }),
        headers: {
          // The response to a HEAD has only a status and headers, and the exception keeps no headers.
          ...(isHead && /Bucket|Object|Part/.test(kept.operation ?? "") ? { "x-amz-request-id": "(not kept)" } : {}),
          ...Around.idsIn(text),
          ...(kept.requestId === undefined || kept.requestId === "" ? {} : { "x-amz-request-id": kept.requestId }),
          ...(kept.hostId === undefined || kept.hostId === "" ? {} : { "x-amz-id-2": kept.hostId }),
        },
        // The SDK for Java prints no code, but its message says what happened.
        ...(unknown.test(code ?? "") || (code === undefined && (isHead || !isSentence(kept.message)))
          ? {}
          : { body: documentOf(code ?? "", kept.message ?? "", detailsIn(text, code)) }),
      },
    },
    as: kept.as,
  }
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** Reconstructs the document from which the SDK read the code and the message. */
export const documentOf = (code: string, message: string, more: Readonly<Record<string, string>> = {}): string =>
  `<Error><Code>${escaped(code)}</Code><Message>${escaped(message.trim())}</Message>${Object.entries(more)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join("")}</Error>`
