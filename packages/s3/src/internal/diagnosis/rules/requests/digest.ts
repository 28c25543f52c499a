/**
 * Rules for digests that are malformed or that belong to different bytes or to an empty body.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isBase64Of, payloadHashMalformed, unknownPayload } from "./body/payloadHash.ts"
import { links } from "./links.ts"

const rule = topic("digest")

/** S3's checksums: the length of each digest in bytes, and the base64 digest of an empty body. */
const checksums: Readonly<Record<string, { readonly bytes: number; readonly empty: string }>> = {
  "content-md5": { bytes: 16, empty: "1B2M2Y8AsgTpgAmY7PhCfg==" },
  "x-amz-checksum-crc32": { bytes: 4, empty: "AAAAAA==" },
  "x-amz-checksum-crc32c": { bytes: 4, empty: "AAAAAA==" },
  "x-amz-checksum-crc64nvme": { bytes: 8, empty: "AAAAAAAAAAA=" },
  "x-amz-checksum-sha1": { bytes: 20, empty: "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
  "x-amz-checksum-sha256": { bytes: 32, empty: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
}

/** The SHA-256 of an empty body, in hexadecimal. */
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

/** Operations that upload bytes, so that a digest applies to the body. */
const isUpload = (facts: S3Facts): boolean => ["PutObject", "UploadPart"].includes(Asked.operationOf(facts) ?? "")

const emptyChecksum = rule({
  code: "HF-S3-BODY-010",
  name: "EmptyChecksum",
  phase: "body",
  title: "The signed checksum is the checksum of an empty body: it was computed before the file was available",
  explanation:
    "Since January 2025, AWS SDKs add a checksum to every upload. No body exists yet when an SDK presigns a URL. " +
    "The SDK then computes the checksum of an empty body: x-amz-checksum-crc32=AAAAAA==. Any non-empty body sent " +
    "to the URL will then contradict its checksum.",
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
      return Asked.lengthOf(facts) === 0
        ? cleared("checksum", "the checksum of an empty body, and the body is empty")
        : undefined
    const evidence = [
      ...empty.map(([evidence]) => ({ ...evidence, expected: "absent, or the checksum of the bytes that are sent" })),
      ...(ofNothing
        ? [
            Asked.inHeaders(
              facts,
              "x-amz-content-sha256",
              "the SHA-256 of the bytes that are sent, or UNSIGNED-PAYLOAD",
            ),
          ]
        : []),
    ]
    return found({
      confidence: "certain",
      detail: `${evidence.map(({ name }) => name).join(", ")} ${evidence.length === 1 ? "is" : "are"} computed for an empty body, but the body has ${Asked.amount(Asked.lengthOf(facts) ?? 0)}.`,
      evidence,
      about: evidence.map(({ name }) => name),
    })
  },
})

/**
 * Error codes that can concern a digest. If the response has any other code, the server has accepted the digest or has not
 * checked it yet.
 */
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
  title: "The digest in the request is malformed: it must be the raw digest in base64",
  explanation:
    "Content-MD5 and the x-amz-checksum- headers contain the bytes of the digest in base64. The usual mistakes are " +
    "the hex form that tools print, the hex text encoded in base64, and a digest computed with another algorithm.",
  fix: [{ text: "send the digest's bytes in base64: openssl md5 -binary FILE | base64", safety: "safe to apply" }],
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
  title: "The bytes that the server received do not match the digest in the request",
  explanation:
    "The digest was not computed from the bytes that the server received. Possible reasons: the file changed " +
    "before it was sent, the wrong part of it was hashed, a proxy or library rewrote the body (gzip, line ends, " +
    "text encoding), or bits changed in transit. The object is not stored.",
  fix: [
    { text: "read and hash the bytes again, and resend the request", safety: "safe to apply" },
    { text: "if the error recurs, hash exactly the bytes that are sent, after any encoding", safety: "check first" },
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
        ? "The server's digest is the digest of an empty body. The body arrived without bytes, for example because the stream had already been " +
          "read."
        : calculated === undefined
          ? "The digest that the server computed differs from the digest in the request."
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
  title: "The body differs from the one that was signed: it does not match the hash in x-amz-content-sha256",
  explanation:
    "A request with a signed body contains the body's SHA-256 in x-amz-content-sha256. The server hashes the body " +
    "that it receives. The server compares the resulting hash with the header. The hashes differ if the body was " +
    "serialized again or compressed after signing. The hashes also differ if the file grew before it was read " +
    "again.",
  fix: [
    { text: "compute the hash last, from exactly the bytes that are sent", safety: "check first" },
    { text: "over TLS, sign UNSIGNED-PAYLOAD instead of a hash", safety: "check first" },
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
              ? `The server did not hash the same bytes as the signer.${isAmazon(facts) ? "" : trailers}`
              : "x-amz-content-sha256 is not the SHA-256 of the body that the server received.",
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

/** Another possible reason for a hash mismatch if the request was not captured. */
const trailers =
  " The body changed after it was signed, or the SDK sent the body in chunks with its checksum in a trailer. AWS " +
  "SDKs have sent trailers since January 2025, and this server includes the chunk frames in its hash. In that " +
  "case, set requestChecksumCalculation to WHEN_REQUIRED."

const checksumRefused = rule({
  code: "HF-S3-BODY-014",
  name: "ChecksumRefused",
  phase: "body",
  title:
    "The checksum does not fit the upload: its algorithm or mode is wrong, or the request has more than one checksum",
  explanation:
    "The first request of a multipart upload selects one checksum algorithm and mode. Every part and the " +
    "completion request must use the same algorithm and mode. A request may contain only one checksum, and S3 must " +
    "support its algorithm.",
  fix: [{ text: "use the same algorithm and mode in every request of the upload", safety: "check first" }],
  change: "plan",
  links: [links.integrity],
  recognise: (facts) =>
    Asked.said(facts, "InvalidRequest", "InvalidArgument") &&
    /checksum/i.test(facts.answer.message) &&
    !/header is invalid/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: `${facts.words.remark()} The server reports "${facts.answer.message.trim()}"`.trim(),
          evidence: [...Asked.theCode(facts), ...checksumsOf(facts).map(([evidence]) => evidence)],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const digest = [
  digestMalformed,
  emptyChecksum,
  payloadHashMalformed,
  hashMismatch,
  bytesChanged,
  checksumRefused,
] as const
