/**
 * Bodies of unknown length, of too many bytes, and bodies that ended early.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("body")

const sendsBody = ({ method }: S3Facts): boolean => method === "PUT" || method === "POST"

/** Chunks that S3 itself defines: each is framed, and the length of the whole is told beside. */
const isAwsChunked = ({ header }: S3Facts): boolean => header("x-amz-decoded-content-length") !== undefined

/** A body whose length is not told. */
export const lengthUnknown = rule({
  code: "HF-S3-BODY-001",
  name: "LengthUnknown",
  phase: "body",
  title: "The length of the body was not announced",
  explanation:
    "S3 wants Content-Length before the first byte and takes no chunked transfer of HTTP. A stream handed to fetch or to an " +
    "HTTP library without its length is sent in chunks. Amazon answers 501 and names the header Transfer-Encoding, others 411.",
  fix: [
    { text: "send Content-Length: give the length beside the stream", safety: "safe to apply" },
    { text: "read the stream into memory or a file first, or send it as parts of known length", safety: "check first" },
  ],
  change: "plan",
  links: [links.putObject],
  inspect: (facts) => {
    const { answer, header } = facts
    if (!sendsBody(facts) || isAwsChunked(facts)) return undefined
    // Where the server speaks of something else it has taken the length, whatever the request at hand still shows of it.
    const codes = [
      "MissingContentLength",
      "NotImplemented",
      "InvalidArgument",
      "InvalidRequest",
      "RequestTimeout",
      "IncompleteBody",
    ]
    if (answer.code !== "" && !codes.includes(answer.code)) return undefined
    const coding = header("transfer-encoding")
    if (coding !== undefined && /chunked/i.test(coding)) {
      const isNamed = answer.code === "MissingContentLength" || answer.code === "NotImplemented" || answer.code === ""
      return found({
        confidence: isNamed ? "certain" : "likely",
        detail: "Transfer-Encoding: chunked was sent instead of a Content-Length.",
        evidence: [
          Asked.inHeaders(facts, "transfer-encoding", "not sent"),
          Asked.inHeaders(facts, "content-length", "the number of bytes"),
        ],
        about: ["Transfer-Encoding", "Content-Length"],
      })
    }
    const length = Asked.lengthOf(facts)
    if (length !== undefined) return cleared("length", Asked.amount(length))
    if (
      !Asked.isUnanswered(facts) ||
      facts.form !== undefined ||
      Asked.operationOf(facts) === "CreateMultipartUpload"
    ) {
      return undefined
    }
    return found({
      confidence: "certain",
      detail: "There is no Content-Length, and the length of the body is not known.",
      evidence: [Asked.inHeaders(facts, "content-length", "the number of bytes")],
      about: ["Content-Length"],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    const isHeader = /^transfer-encoding$/i.test(answer.element("Header") ?? "")
    const stated =
      Asked.said(facts, "MissingContentLength") || isHeader || (Asked.isWordless(facts) && answer.status === 411)
    if (!stated) return undefined
    return found({
      confidence: isHeader || Asked.said(facts, "MissingContentLength") ? "certain" : "likely",
      detail: isHeader ? "The server names the header Transfer-Encoding." : "The server misses the length of the body.",
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Header")],
    })
  },
})

/** The most that one request can store: 5 GiB (Amazon S3, "Multipart upload limits"; single PUT). */
export const largest = 5 * 1024 ** 3

/** More bytes than one request can store. */
export const tooLarge = rule({
  code: "HF-S3-BODY-002",
  name: "TooLarge",
  phase: "body",
  title: "The body is larger than S3 takes in one request: 5 GiB",
  explanation:
    "One PUT, and one part of a multipart upload, may have 5 GiB. Larger objects are sent in parts, up to 10,000 of them. No " +
    "repetition helps, and S3 says so before it has read the body.",
  fix: [{ text: "send the object as a multipart upload", safety: "check first" }],
  change: "plan",
  links: [links.limits, links.uploads],
  inspect: (facts) => {
    if (!sendsBody(facts) || facts.form !== undefined) return undefined
    const bytes = Asked.lengthOf(facts)
    if (bytes === undefined || bytes <= largest) return undefined
    return found({
      confidence: "certain",
      detail: `The body has ${Asked.amount(bytes)}, ${Asked.amount(bytes - largest)} more than 5 GiB.`,
      evidence: [
        {
          at: "request.headers.content-length",
          name: "content-length",
          observed: String(bytes),
          expected: `at most ${largest}`,
        },
      ],
      about: ["Content-Length"],
    })
  },
  recognise: (facts) => {
    const { answer, form } = facts
    if (form !== undefined || !Asked.said(facts, "EntityTooLarge", "MaxMessageLengthExceeded")) {
      return form === undefined && Asked.isWordless(facts) && answer.status === 413
        ? found({
            confidence: "likely",
            detail: "The server or a box before it takes no body of this length.",
            evidence: [],
          })
        : undefined
    }
    const most = Number(answer.element("MaxSizeAllowed"))
    return found({
      confidence: most === largest ? "certain" : facts.hasRequest ? "likely" : "possible",
      detail: Number.isFinite(most)
        ? `${answer.element("ProposedSize") ?? "The body"} is over the ${most} bytes that are allowed.`
        : "The server takes fewer bytes than were announced.",
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ProposedSize", "MaxSizeAllowed")],
    })
  },
})

/** The bytes that left, or that the request at hand still has; `undefined` when that is not known. */
const leftOf = ({ exchange }: S3Facts): number | undefined => exchange.request?.sent ?? exchange.request?.size

/** Codes that a server gives a body that did not come to its end. */
const early = ["IncompleteBody", "RequestTimeout", "RequestTimeoutException", "ClientDisconnect", "UnexpectedEOF"]

/** What a server says whose HTTP parser met the end too soon: a bare 400. */
const isParserRefusal = (facts: S3Facts): boolean => facts.answer.status === 400 && Asked.isWordless(facts)

const endsEarly = (facts: S3Facts): boolean =>
  Asked.said(facts, ...early) ||
  facts.answer.status === 408 ||
  isParserRefusal(facts) ||
  // Ceph looks for the object whose body did not come; an upload has no other reason to miss one.
  (Asked.said(facts, "NoSuchKey") && sendsBody(facts) && facts.header("x-amz-copy-source") === undefined)

/** Fewer bytes than announced. */
export const shortBody = rule({
  code: "HF-S3-BODY-003",
  name: "ShortBody",
  phase: "body",
  title: "The body ended early: fewer bytes were sent than announced",
  explanation:
    "Content-Length promised more bytes than came. The file shrank while it was read, or the stream had been consumed by an " +
    "earlier attempt and was empty, or the connection was closed from this side. Some servers wait and say RequestTimeout, " +
    "some say IncompleteBody, and Ceph looks for the object and says that there is none.",
  fix: [
    { text: "open the file or stream anew for every attempt", safety: "safe to apply" },
    { text: "take the length from the very file that is sent, and lock it against change", safety: "check first" },
  ],
  change: "nothing",
  links: [links.errors],
  recognise: (facts) => {
    if (facts.form !== undefined || !endsEarly(facts)) return undefined
    const stated = facts.header("content-length")
    const announced = stated === undefined ? facts.exchange.request?.size : Number(stated)
    const left = leftOf(facts)
    if (announced !== undefined && left !== undefined && left < announced) {
      return found({
        // A capture can be abridged: only an answer that speaks of the body makes it sure.
        confidence: isParserRefusal(facts) ? "likely" : "certain",
        detail: `${Asked.amount(announced)} were announced and ${left} left.`,
        evidence: [
          { at: "request.headers.content-length", name: "content-length", observed: String(announced) },
          {
            at: facts.exchange.request?.sent === undefined ? "request.body" : "request.sent",
            name: "sent",
            observed: `${left} bytes`,
            expected: `${announced} bytes`,
          },
          ...Asked.theCode(facts),
        ],
        about: ["Content-Length"],
      })
    }
    if (
      Asked.said(facts, "RequestTimeout", "RequestTimeoutException") ||
      (facts.answer.status === 408 && facts.answer.code === "")
    )
      return undefined
    return found({
      confidence: "likely",
      detail: Asked.said(facts, "NoSuchKey")
        ? "An upload does not need its key to exist; the server missed the bytes of the body."
        : "The server got fewer bytes than Content-Length announced.",
      evidence: Asked.theCode(facts),
    })
  },
})

/** The connection stood still. */
export const stalled = rule({
  code: "HF-S3-BODY-004",
  name: "Stalled",
  phase: "body",
  title: "The body did not come in time: the connection stood still",
  explanation:
    "The server waited for bytes of the body, some 20 seconds at Amazon, and gave up. A slow or broken link does that, a " +
    "program that feeds the socket too slowly, and a body that is shorter than announced. The object is not stored.",
  fix: [
    { text: "send again, from the start of the body", safety: "safe to apply" },
    { text: "send smaller parts, and fewer at a time, on a slow line", safety: "check first" },
  ],
  change: "nothing",
  links: [links.retries],
  recognise: (facts) => {
    if (!Asked.said(facts, "RequestTimeout", "RequestTimeoutException") && facts.answer.status !== 408) return undefined
    const left = facts.exchange.request?.sent
    const length = Asked.lengthOf(facts)
    return found({
      confidence: "likely",
      detail:
        left === undefined || length === undefined
          ? "The server says that it read nothing for too long."
          : `${left} of ${Asked.amount(length)} had left.`,
      evidence: [
        ...Asked.theCode(facts),
        ...(left === undefined ? [] : [{ at: "request.sent", name: "sent", observed: `${left} bytes` }]),
      ],
    })
  },
})

/** The most that user metadata may have: 2 KB, the sum of names and values (Amazon S3, "Working with object metadata"). */
const mostMetadata = 2048

const metadataOf = ({ exchange }: S3Facts): ReadonlyArray<readonly [name: string, bytes: number]> =>
  Object.entries(exchange.request?.headers ?? {}).flatMap(([name, value]) =>
    /^x-amz-meta-/i.test(name) ? [[name, bytesOf(name.slice("x-amz-meta-".length)) + bytesOf(value)] as const] : [],
  )

/** Metadata over 2 KB. */
export const metadataTooLarge = rule({
  code: "HF-S3-BODY-005",
  name: "MetadataTooLarge",
  phase: "body",
  title: "The object's metadata is over 2 KB",
  explanation:
    "The names and values of all x-amz-meta- headers together may have 2 KB. More belongs into an object of its own.",
  fix: [{ text: "shorten the metadata, or store it as an object beside", safety: "check first" }],
  change: "plan",
  links: [links.putObject],
  inspect: (facts) => {
    const metadata = metadataOf(facts)
    const bytes = metadata.reduce((sum, [, size]) => sum + size, 0)
    if (bytes <= mostMetadata) return undefined
    return found({
      confidence: "certain",
      detail: `${metadata.length} ${metadata.length === 1 ? "header has" : "headers have"} ${Asked.amount(bytes)}.`,
      evidence: metadata.map(([name, size]) => ({ at: `request.headers.${name}`, name, observed: Asked.amount(size) })),
      about: metadata.map(([name]) => name),
    })
  },
  recognise: (facts) => stated(facts, ["MetadataTooLarge"], "The server says so.", ["MaxSizeAllowed", "Size"]),
})

const stated = (facts: S3Facts, codes: ReadonlyArray<string>, detail: string, elements: ReadonlyArray<string>) => {
  if (!Asked.said(facts, ...codes)) return undefined
  const evidence: ReadonlyArray<Evidence> = [...Asked.theCode(facts), ...Asked.inAnswer(facts, ...elements)]
  return found({ confidence: "certain", detail, evidence })
}

/** Headers and query over what one request may have. */
export const headersTooLarge = rule({
  code: "HF-S3-BODY-006",
  name: "HeadersTooLarge",
  phase: "form",
  title: "The request's headers and query are over 8 KB",
  explanation:
    "Headers and query parameters together may have 8192 bytes. Long session tokens, cookies of the site and many metadata " +
    "headers add up.",
  fix: [{ text: "send no cookies and no foreign headers to the storage, and less metadata", safety: "check first" }],
  change: "plan",
  links: [links.errors],
  recognise: (facts) =>
    Asked.said(facts, "RequestHeaderSectionTooLarge") ||
    (Asked.isWordless(facts) && [414, 431].includes(facts.answer.status))
      ? found({
          confidence: "likely",
          detail: "The server says that the head of the request is too large.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "MaxSizeAllowed")],
        })
      : undefined,
})

/** A header that asks for what the server does not do. */
export const notImplemented = rule({
  code: "HF-S3-BODY-007",
  name: "NotImplemented",
  phase: "body",
  title: "The request asks for a feature that this server does not have",
  explanation:
    "Servers that speak S3 leave parts of it out: ACLs, tags, checksums in trailers, storage classes. They refuse the header " +
    "or parameter that asks for one. Newer SDKs send checksums that older servers do not know.",
  fix: [
    { text: "leave out the header that the server names", safety: "check first" },
    { text: "in AWS SDKs set requestChecksumCalculation to WHEN_REQUIRED", safety: "check first" },
  ],
  change: "plan",
  links: [links.errors],
  recognise: (facts) => {
    if (
      !Asked.said(facts, "NotImplemented", "UnsupportedArgument") &&
      !(Asked.isWordless(facts) && facts.answer.status === 501)
    ) {
      return undefined
    }
    const header = facts.answer.element("Header")
    if (/^transfer-encoding$/i.test(header ?? "")) return undefined
    return found({
      confidence: "likely",
      detail:
        header === undefined
          ? `The server says ${facts.answer.message === "" ? "no more" : `"${facts.answer.message}"`}.`
          : `The server names ${header}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Header", "ArgumentName")],
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const body = [
  headersTooLarge,
  lengthUnknown,
  tooLarge,
  metadataTooLarge,
  shortBody,
  stalled,
  notImplemented,
] as const
