/**
 * Rules for digests that are malformed, or that belong to other bytes or to an empty body.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isBase64Of, payloadHashMalformed, unknownPayload } from "./body/payloadHash.ts"
import { links } from "./links.ts"

const rule = topic("digest")

/** The checksums of S3: the length of the digest in bytes, and the base64 of the empty body's digest. */
const checksums: Readonly<Record<string, { readonly bytes: number; readonly empty: string }>> = {
  "content-md5": { bytes: 16, empty: "1B2M2Y8AsgTpgAmY7PhCfg==" },
  "x-amz-checksum-crc32": { bytes: 4, empty: "AAAAAA==" },
  "x-amz-checksum-crc32c": { bytes: 4, empty: "AAAAAA==" },
  "x-amz-checksum-crc64nvme": { bytes: 8, empty: "AAAAAAAAAAA=" },
  "x-amz-checksum-sha1": { bytes: 20, empty: "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
  "x-amz-checksum-sha256": { bytes: 32, empty: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
}

/** The SHA-256 of an empty body, in hex. */
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const checksumsOf = (
  facts: S3Facts,
): ReadonlyArray<
  readonly [evidence: Evidence, value: string, kind: { readonly bytes: number; readonly empty: string }]
> =>
  Object.entries(checksums).flatMap(([name, kind]) => {
    const sent = facts.header(name)
    if (sent !== undefined) return [[Asked.inHeaders(facts, name), sent, kind] as const]
    const parameter = facts.query(name)
    return parameter === undefined ? [] : [[Asked.inQuery(facts, name), parameter, kind] as const]
  })

const hasBytes = (facts: S3Facts): boolean => (Asked.lengthOf(facts) ?? 0) > 0

/** Operations that upload bytes, for which a digest is that of the body. */
const isUpload = (facts: S3Facts): boolean => ["PutObject", "UploadPart"].includes(Asked.operationOf(facts) ?? "")

const emptyChecksum = rule({
  code: "HF-S3-BODY-010",
  name: "EmptyChecksum",
  phase: "body",
  title: "The checksum that was signed is that of an empty body: it was computed before there was a file",
  explanation:
    "AWS SDKs since January 2025 add a checksum to every upload. When they presign, there is no body yet, so they " +
    "compute that of an empty one: x-amz-checksum-crc32=AAAAAA==. Any bytes sent to the URL then contradict its " +
    "checksum.",
  fix: [
    {
      text: "sign with requestChecksumCalculation: 'WHEN_REQUIRED' (boto3: request_checksum_calculation='when_required')",
      safety: "safe to apply",
    },
  ],
  change: "url",
  links: [links.integrity, links.presigned],
  rivals: ["HF-S3-BODY-011"],
  inspect: (facts) => {
    if (facts.form !== undefined || !isUpload(facts)) return undefined
    const empty = checksumsOf(facts).filter(([, value, kind]) => value === kind.empty)
    const ofNothing = facts.header("x-amz-content-sha256") === emptyHash
    if (empty.length === 0 && !ofNothing) return undefined
    if (!hasBytes(facts))
      return Asked.lengthOf(facts) === 0 ? cleared("checksum", "of an empty body, and it is empty") : undefined
    const evidence = [
      ...empty.map(([evidence]) => ({ ...evidence, expected: "not there, or that of the bytes" })),
      ...(ofNothing ? [Asked.inHeaders(facts, "x-amz-content-sha256", "that of the bytes, or UNSIGNED-PAYLOAD")] : []),
    ]
    return found({
      confidence: "certain",
      detail: `${evidence.map(({ name }) => name).join(", ")} ${evidence.length === 1 ? "is" : "are"} that of no bytes, and the body has ${Asked.amount(Asked.lengthOf(facts) ?? 0)}.`,
      evidence,
      about: evidence.map(({ name }) => name),
    })
  },
})

/** Error codes that can concern a digest. With any other code the server has accepted it, or has not reached it. */
const digestCodes = [
  "",
  "BadDigest",
  "InvalidArgument",
  "InvalidChecksum",
  "InvalidDigest",
  "InvalidHeader",
  "InvalidRequest",
]

const mayBeDigest = ({ answer }: S3Facts): boolean =>
  answer.status === 0 || digestCodes.includes(answer.code) || /digest|checksum|md5/i.test(answer.code)

const digestMalformed = rule({
  code: "HF-S3-BODY-011",
  name: "DigestMalformed",
  phase: "body",
  title: "The digest that was sent is malformed: it must be base64 of the raw digest",
  explanation:
    "Content-MD5 and the x-amz-checksum- headers contain the bytes of the digest in base64. The usual mistakes are " +
    "the hex form that tools print, base64 of the hex text, and the digest of another algorithm.",
  fix: [{ text: "send base64 of the digest's bytes: openssl md5 -binary FILE | base64", safety: "safe to apply" }],
  change: "plan",
  links: [links.integrity],
  rivals: ["HF-S3-BODY-010"],
  inspect: (facts) => {
    if (facts.form !== undefined || !mayBeDigest(facts)) return undefined
    const wrong = checksumsOf(facts).filter(([, value, kind]) => !isBase64Of(value, kind.bytes))
    const [first] = wrong
    if (first === undefined) return undefined
    const [evidence, value, kind] = first
    const isHex = value.length === kind.bytes * 2 && /^[0-9a-f]+$/i.test(value)
    return found({
      confidence: "certain",
      detail: `${evidence.name} is ${isHex ? "in hex" : `not base64 of ${Asked.amount(kind.bytes)}`}.`,
      evidence: wrong.map(([one, , { bytes }]) => ({ ...one, expected: `base64 of ${bytes} bytes` })),
      about: wrong.map(([{ name }]) => name),
    })
  },
  recognise: (facts) =>
    Asked.said(facts, "InvalidDigest", "InvalidChecksum") ||
    /value for x-amz-checksum-\w+ (?:trailing )?header is invalid/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: "The server cannot read the digest that it received.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Content-MD5")],
        })
      : undefined,
})

const bytesChanged = rule({
  code: "HF-S3-BODY-012",
  name: "BytesChanged",
  phase: "body",
  title: "The bytes that arrived do not have the digest that was sent",
  explanation:
    "The digest was computed from other bytes: the file changed between hashing and sending, another part of it " +
    "was hashed, a proxy or library rewrote the body (gzip, line ends, text encoding), or bits changed in transit. " +
    "The object is not stored.",
  fix: [
    { text: "read and hash the bytes again, and send once more", safety: "safe to apply" },
    { text: "if it happens again, hash exactly the bytes that are sent, after any encoding", safety: "check first" },
  ],
  change: "nothing",
  links: [links.integrity],
  rivals: ["HF-S3-BODY-010", "HF-S3-BODY-011"],
  recognise: (facts) => {
    if (!Asked.said(facts, "BadDigest", "XAmzContentChecksumMismatch", "ChecksumMismatch")) return undefined
    const { answer } = facts
    const calculated = answer.element("CalculatedDigest") ?? answer.element("ComputedDigest")
    const nothing =
      calculated !== undefined &&
      (Object.values(checksums).some(({ empty }) => empty === calculated) ||
        calculated === "d41d8cd98f00b204e9800998ecf8427e")
    return found({
      confidence: "likely",
      detail: nothing
        ? "The server's digest is that of an empty body: it arrived without bytes, as from a stream that was already " +
          "read."
        : calculated === undefined
          ? "The server computed another digest than was sent."
          : `The server computed ${calculated}.`,
      evidence: [
        ...checksumsOf(facts).map(([evidence]) => evidence),
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "ExpectedDigest", "CalculatedDigest", "ComputedDigest"),
      ],
    })
  },
})

const hashMismatch = rule({
  code: "HF-S3-BODY-013",
  name: "HashMismatch",
  phase: "body",
  title: "The body is not the one that was signed: x-amz-content-sha256 is the hash of other bytes",
  explanation:
    "A request that signs its body states its SHA-256 in x-amz-content-sha256. The server hashes the body that " +
    "arrives and compares. The hash differs for a body that was serialized again after signing, compressed, or " +
    "read again from a file that grew.",
  fix: [
    { text: "compute the hash last, from the bytes that are sent", safety: "check first" },
    { text: "over TLS sign UNSIGNED-PAYLOAD instead", safety: "check first" },
  ],
  change: "plan",
  links: [links.headerSigning],
  rivals: ["HF-S3-BODY-010"],
  recognise: (facts) =>
    // A checksum in a trailer is not a hash of the body, but servers that do not know trailers compare it nevertheless.
    Asked.said(facts, "XAmzContentSHA256Mismatch") &&
    !unknownPayload.test(facts.answer.message) &&
    facts.header("x-amz-content-sha256")?.endsWith("-TRAILER") !== true
      ? found({
          // Without the request, it may be a trailer that the server does not support.
          confidence: facts.hasRequest ? "certain" : "likely",
          detail:
            facts.header("x-amz-content-sha256") === undefined
              ? `The server hashed other bytes than the signer.${isAmazon(facts) ? "" : trailers}`
              : "x-amz-content-sha256 is not the SHA-256 of the body that arrived.",
          evidence: [
            ...(facts.header("x-amz-content-sha256") === undefined
              ? []
              : [Asked.inHeaders(facts, "x-amz-content-sha256")]),
            ...Asked.theCode(facts),
            ...Asked.inAnswer(facts, "ClientComputedContentSHA256", "S3ComputedContentSHA256"),
          ],
        })
      : undefined,
})

const isAmazon = ({ answer, dialect }: S3Facts): boolean =>
  dialect.name === "Amazon S3" || /^AmazonS3$/i.test(answer.header("server") ?? "")

/** Another reason for a hash that does not match, if the request was not captured. */
const trailers =
  " The body changed after it was signed; or it was sent in chunks with its checksum in a trailer, as AWS SDKs do " +
  "since January 2025, and this server includes the frames in its hash: then set requestChecksumCalculation to " +
  "WHEN_REQUIRED."

const checksumRefused = rule({
  code: "HF-S3-BODY-014",
  name: "ChecksumRefused",
  phase: "body",
  title: "The checksum does not match the upload: another algorithm, another mode, or too many",
  explanation:
    "A multipart upload is started with one checksum algorithm and mode, and every part and its completion must " +
    "use the same. A request may have only one checksum, of an algorithm that S3 supports.",
  fix: [{ text: "use one algorithm and mode from the first to the last request of the upload", safety: "check first" }],
  change: "plan",
  links: [links.integrity],
  recognise: (facts) =>
    Asked.said(facts, "InvalidRequest", "InvalidArgument") &&
    /checksum/i.test(facts.answer.message) &&
    !/header is invalid/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: `${facts.words.remark()} The server says "${facts.answer.message.trim()}"`.trim(),
          evidence: [...Asked.theCode(facts), ...checksumsOf(facts).map(([evidence]) => evidence)],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 checks. */
export const digest = [
  digestMalformed,
  emptyChecksum,
  payloadHashMalformed,
  hashMismatch,
  bytesChanged,
  checksumRefused,
] as const
