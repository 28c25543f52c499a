/**
 * Rules for deleted objects, for ranges outside an object, and for errors in response to a HEAD.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { pages, rule, words } from "./topic.ts"

/** Whether the response shows that the requested version is a delete marker. */
export const isDeleteMarker = ({ answer }: S3Facts): boolean =>
  answer.status >= 400 &&
  (answer.header("x-amz-delete-marker")?.trim().toLowerCase() === "true" ||
    answer.element("ResourceType") === "DeleteMarker")

export const deleteMarker = rule({
  code: "HF-S3-SVC-014",
  name: "DeletedObject",
  phase: "place",
  title: "The object was deleted: the request refers to a delete marker",
  explanation:
    "In a versioned bucket, a DELETE without a version id makes a delete marker the latest version. The object " +
    "then appears not to exist (404). A delete marker has no content: GET and HEAD requests with its version id " +
    "return 405. The older versions of the object still exist.",
  fix: [
    { text: "request the previous version by its version id (ListObjectVersions)", safety: "check first" },
    { text: "alternatively, delete the delete marker by its version id to restore the object", safety: "check first" },
  ],
  change: "plan",
  links: [pages.deleteMarker],
  rivals: [],
  soleCause: pages.deleteMarker,
  recognise: (facts) => {
    if (!isDeleteMarker(facts)) return undefined
    const version = facts.query("versionId")
    return found({
      confidence: "certain",
      detail:
        version !== undefined || facts.answer.status === 405
          ? "The requested version is a delete marker, which has no content."
          : "The latest version of the object is a delete marker: the object was deleted, and its older versions are kept.",
      evidence: [
        { at: "response.status", name: "status", observed: String(facts.answer.status) },
        ...(facts.answer.header("x-amz-delete-marker") === undefined
          ? []
          : [
              {
                at: "response.headers.x-amz-delete-marker",
                name: "x-amz-delete-marker",
                observed: facts.answer.header("x-amz-delete-marker") ?? "",
              },
            ]),
        ...words(facts, "Method", "ResourceType"),
      ],
    })
  },
})

export const rangeOutside = rule({
  code: "HF-S3-SVC-015",
  name: "RangeOutside",
  phase: "state",
  title: "The requested range or part lies outside the object: the object is empty or shorter than the request assumes",
  explanation:
    "A Range must begin before the end of the object. No range of an empty object is valid. A program that resumes " +
    "a completed download requests the byte after the last one, which does not exist.",
  fix: [
    {
      text: "HEAD the object, and compare its length with the range; an object of 0 bytes has no valid range",
      safety: "check first",
    },
    {
      text: "when resuming a download, treat a 416 at the full length as the end of the download",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [pages.getObject],
  rivals: [],
  soleCause: pages.errors,
  recognise: (facts) => {
    const { answer } = facts
    const isCopy = facts.header("x-amz-copy-source") !== undefined
    if (!Asked.said(facts, "InvalidRange", "InvalidPartNumber") && !(Asked.isWordless(facts) && answer.status === 416))
      return undefined
    const size = answer.element("ActualObjectSize")
    const parts = answer.element("ActualPartCount")
    const range = answer.element("RangeRequested") ?? facts.header("range")
    return found({
      confidence: answer.code === "" ? "likely" : "certain",
      detail: isCopy
        ? "The range of the source (x-amz-copy-source-range) lies outside the source object."
        : parts !== undefined
          ? `The object has ${parts} ${parts === "1" ? "part" : "parts"}, but part ` +
            `${answer.element("PartNumberRequested") ?? "number"} was requested.`
          : size === "0"
            ? `The object is empty (0 bytes), so no range of it can be requested${range === undefined ? "" : ` (${range})`}.`
            : size === undefined
              ? `The range${range === undefined ? "" : ` ${range}`} begins beyond the end of the object.`
              : `The object has ${size} bytes, but the range${range === undefined ? "" : ` ${range}`} begins beyond its end.`,
      evidence: [
        ...words(facts, "RangeRequested", "ActualObjectSize", "PartNumberRequested", "ActualPartCount"),
        ...(facts.header("range") === undefined ? [] : [Asked.inHeaders(facts, "range")]),
      ],
    })
  },
})

export const muteHead = rule({
  code: "HF-S3-SVC-016",
  name: "MuteHead",
  phase: "credentials",
  title:
    "S3 rejected a HEAD request without a reason (400): an expired session, a wrong region or a missing SSE-C key " +
    "is possible",
  explanation:
    "The response to a HEAD has no body, so ExpiredToken, InvalidToken, a wrong region and a missing " +
    'encryption key all look alike: "An error occurred (400) when calling the HeadObject operation: Bad ' +
    'Request". The same request with GET shows the reason.',
  fix: [
    {
      text: "send the same request as a GET (Range: bytes=0-0), and read the error code in the response body",
      safety: "check first",
    },
    { text: "renew temporary credentials, and check the region of the client", safety: "check first" },
    {
      text: "for an object encrypted with a customer-provided key (SSE-C), send the three SSE-C headers",
      safety: "check first",
    },
  ],
  change: "token",
  links: [pages.headObject, links.sessions],
  recognise: (facts) => {
    if (facts.method !== "HEAD" || facts.answer.status !== 400 || !Asked.isWordless(facts)) return undefined
    if (facts.dialect.system !== "s3") return undefined
    const token = Asked.tokenOf(facts)
    return found({
      confidence: token === undefined ? "possible" : "likely",
      detail:
        token === undefined
          ? "The request does not show whether the cause is the region of the signature, an expired session, or the encryption of " +
            "the object."
          : "The request contains a session token. Most likely, the session has expired (ExpiredToken). " +
            "Otherwise, the token is damaged or the region is wrong.",
      evidence: [
        { at: "response.status", name: "status", observed: "400" },
        ...(token === undefined ? [] : [{ at: token.at, name: "session token", observed: "present" }]),
      ],
    })
  },
})
