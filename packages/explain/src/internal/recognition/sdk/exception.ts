/**
 * The texts of SDKs' exceptions: botocore, the AWS SDKs for Java, Go, .NET, PHP, Ruby, Rust and JavaScript, MinIO's clients, s3cmd.
 * Each keeps the code, the sentence, the status or the id of S3's answer, and drops the rest.
 */
import * as Around from "../around.ts"
import { sentenceIn } from "./sentences.ts"
import { assumed, type Recognized } from "../recognized.ts"
import { statusOf } from "../codes.ts"
import { requestOf } from "./operation.ts"
import { type Kept, shapes } from "./shapes.ts"

/** Operations without a body in their answer: botocore gives the status for the code. */
const statusOnly = /^\d{3}(?: [A-Za-z ]{2,40})?$/

/** The code of a sentence that a server sends with one code. */
const codeOf = (message: string | undefined): string | undefined =>
  message === undefined ? undefined : sentenceIn(message)?.code

/** Reads the exception of an SDK by its form, with what the text around it says of the exchange. */
export const readForm = (text: string): Recognized | undefined => {
  for (const [pattern, keep] of shapes) {
    const found = pattern.exec(text)
    if (found !== null) return recognized(keep(found, text.slice(Math.max(0, found.index - 1000), found.index)), text)
  }
  return undefined
}

/** Reads the exception of an SDK, by its form or by a sentence that only S3 says. */
export const read = (text: string): Recognized | undefined => {
  const formed = readForm(text)
  if (formed !== undefined) return formed
  const sentence = sentenceIn(text)
  return sentence === undefined
    ? undefined
    : recognized({ as: `a sentence of S3, which comes with ${sentence.code}`, ...sentence, status: undefined }, text)
}

/** The elements of the document that a program logs on lines of their own: libs3 prints `Header: Transfer-Encoding`. */
const detailsIn = (text: string, code = ""): Readonly<Record<string, string>> => {
  const [, header] = /(?:^|[\s,{])Header: ([A-Za-z-]{3,60})[ \t]*(?:$|[\n,}])/m.exec(text) ?? []
  const printed = [...text.slice(0, 60_000).matchAll(elements)].flatMap(([, name = "", quoted, plain]) => {
    const value = quoted ?? plain?.trimEnd() ?? ""
    // An endpoint stands in settings, too; in the answer it is Amazon's, and that of a redirect.
    const isOfAnswer = name !== "Endpoint" || (code.endsWith("Redirect") && /\.amazonaws\.com(?:\.cn)?$/.test(value))
    return isOfAnswer && value !== "" ? [[name, value] as const] : []
  })
  // The AWS CLI puts it behind the sentence.
  const [, named] =
    /send all future requests to this endpoint: ([a-z0-9.-]{3,255}\.amazonaws\.com(?:\.cn)?)/.exec(text) ?? []
  return {
    ...(named === undefined ? {} : { Endpoint: named }),
    ...Object.fromEntries(printed),
    ...(header === undefined ? {} : { Header: header }),
  }
}

/** Elements of S3's document that SDKs print as members of their error, by names that nothing else has. */
const elements =
  /\b(Endpoint|AWSAccessKeyId|OSSAccessKeyId|RequestTime|ServerTime|HeadersNotSigned)['"]?(?:: |=)(?:['"]([^'"\n]{1,200})['"]|([^\s'",{}<>]{1,200})(?=[,}\s]|$))/g

/** What SDKs call an error that brought no code. */
const unknown = /^Unknown(?:Error)?$/

/** Whether a message is more than the name of an exception or of a status. */
const isSentence = (message: string | undefined): boolean => /[a-z] [a-z]{2,} [a-z]/i.test(message ?? "")

/** The other services of AWS call their errors so, and answer JSON: DynamoDB, KMS, Secrets Manager. */
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
  const isHead =
    said.code !== undefined && statusOnly.test(said.code) && !/[a-z] [a-z]+ [a-z]+ [a-z]/i.test(said.message ?? "")
  // A status in the place of a code is what is left of an answer without a body.
  const kept = isHead && said.operation === undefined ? { ...said, operation: "HeadObject" } : said
  const code = isHead ? undefined : (kept.code ?? codeOf(kept.message))
  if (code !== undefined && isOfOtherService(code)) return ofOtherService(code, kept, text)
  const known = code === undefined ? undefined : sentenceIn(kept.message ?? "")
  const stated = isHead ? Number(kept.code?.slice(0, 3)) : Number(kept.status ?? Number.NaN) || Around.statusIn(text)
  const request = requestOf(kept, text)
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(stated === undefined ? assumed(known?.status ?? statusOf(code ?? "")) : { status: stated }),
        headers: {
          // The answer to a HEAD has nothing but its status and its headers, and the exception keeps none of them.
          ...(isHead && /Bucket|Object|Part/.test(kept.operation ?? "") ? { "x-amz-request-id": "(not kept)" } : {}),
          ...Around.idsIn(text),
          ...(kept.requestId === undefined || kept.requestId === "" ? {} : { "x-amz-request-id": kept.requestId }),
          ...(kept.hostId === undefined || kept.hostId === "" ? {} : { "x-amz-id-2": kept.hostId }),
        },
        // The SDK for Java prints no code: its sentence says what happened all the same.
        ...(unknown.test(code ?? "") || (code === undefined && (isHead || !isSentence(kept.message)))
          ? {}
          : { body: documentOf(code ?? "", kept.message ?? "", detailsIn(text, code)) }),
      },
    },
    as: kept.as,
  }
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The document that the SDK read the code and the sentence from. */
export const documentOf = (code: string, message: string, more: Readonly<Record<string, string>> = {}): string =>
  `<Error><Code>${escaped(code)}</Code><Message>${escaped(message.trim())}</Message>${Object.entries(more)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join("")}</Error>`
