/**
 * Rules for vendor-specific requirements beyond S3: custom domains, tokens with vendor-specific names, and keys that clash
 * with existing objects or folders.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"

const rule = topic("vendor")

const said = ({ answer }: S3Facts) =>
  answer.message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: answer.message }]

const ownDomainNeeded = rule({
  code: "HF-S3-PERM-016",
  name: "OwnDomainNeeded",
  phase: "permission",
  title: "The vendor does not serve this file from its default domain: a custom domain is required",
  explanation:
    "Tencent COS and Alibaba OSS do not serve Android and iOS applications (APK, IPA) from the default domains of " +
    "buckets. The default domains serve web pages only as downloads. A custom domain that is bound to the bucket " +
    "serves them.",
  fix: [{ text: "bind a custom domain to the bucket, and publish URLs with that domain", safety: "check first" }],
  change: "human",
  links: [
    "https://www.tencentcloud.com/document/product/436/57456",
    "https://help.aliyun.com/zh/oss/support/0048-00000203",
  ],
  rivals: [],
  soleCause: "https://www.tencentcloud.com/document/product/436/57456",
  recognise: (facts) =>
    Asked.said(facts, "DownloadForbidden", "ApkDownloadForbidden") ||
    /\b(?:use|with|via) (?:a |your )?custom domain/i.test(facts.answer.message)
      ? found({
          confidence: Asked.said(facts, "DownloadForbidden", "ApkDownloadForbidden") ? "certain" : "likely",
          detail: `${Asked.serverOf(facts)} requires a custom domain.`,
          evidence: [...Asked.theCode(facts), ...said(facts)],
        })
      : undefined,
})

const tokenOfOtherProtocol = rule({
  code: "HF-S3-AUTH-015",
  name: "TokenOfOtherProtocol",
  phase: "credentials",
  title: "The signature and the header of the session token belong to different protocols",
  explanation:
    "Alibaba OSS supports two protocols. A request with an S3 signature (AWS, AWS4-HMAC-SHA256) has its session " +
    "token in x-amz-security-token, and a request with an OSS signature has its token in x-oss-security-token. A " +
    "token under the other name is ignored, and the server does not recognize a temporary key without its token.",
  fix: [{ text: "send the token in the header of the signing protocol, and sign that header", safety: "check first" }],
  change: "plan",
  links: ["https://help.aliyun.com/en/oss/user-guide/0002-00000009"],
  rivals: [],
  soleCause: "https://help.aliyun.com/en/oss/user-guide/0002-00000009",
  recognise: (facts) => {
    const code = facts.answer.element("EC") ?? facts.answer.header("x-oss-ec")
    const scheme = facts.header("authorization") ?? ""
    const isS3 = /^AWS4?[ -]/.test(scheme)
    const isMixed = isS3 && facts.header("x-oss-security-token") !== undefined
    if (code !== "0002-00000009" && !(isMixed && Asked.said(facts, "InvalidAccessKeyId", "AccessDenied")))
      return undefined
    return found({
      confidence: isMixed && code === "0002-00000009" ? "certain" : "likely",
      detail:
        "The request has an S3 signature, but its token was sent in x-oss-security-token instead of " +
        "x-amz-security-token.",
      evidence: [
        ...(isMixed ? [Asked.inHeaders(facts, "x-oss-security-token", "x-amz-security-token")] : []),
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "EC"),
      ],
    })
  },
})

const prefixTaken = rule({
  code: "HF-S3-SVC-018",
  name: "PrefixTaken",
  phase: "state",
  title: "A folder in the key has the name of an existing object, or the key has the name of an existing folder",
  explanation:
    "S3 keys are flat, so the objects a and a/b can both exist. Servers that store objects as files, such as MinIO " +
    "on one disk, cannot store both an object a and an object a/b.",
  fix: [
    { text: "choose another key, or delete the conflicting object", safety: "check first" },
    {
      text: "omit objects whose keys end with a slash, which some programs create for folders",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://github.com/minio/minio/blob/master/docs/minio-limits.md"],
  rivals: [],
  soleCause: "https://github.com/minio/minio/blob/master/docs/minio-limits.md",
  recognise: (facts) =>
    Asked.said(facts, "XMinioParentIsObject", "XMinioObjectExistsAsDirectory") ||
    /object-prefix is already an object|object name already exists as a directory/i.test(facts.answer.message)
      ? found({
          confidence: "certain",
          detail: "The server reports that an object and a folder would have the same name.",
          evidence: [...Asked.theCode(facts), ...said(facts), ...Asked.inAnswer(facts, "Key", "Resource")],
        })
      : undefined,
})

const callbackFailed = rule({
  code: "HF-S3-SVC-019",
  name: "CallbackFailed",
  phase: "service",
  title: "The object is stored, but the storage's callback to the application failed",
  explanation:
    "An upload to Alibaba OSS can specify a callback. After storing the object, OSS sends a POST to the callback " +
    "address and forwards the application's JSON response to the client. Status 203 with CallbackFailed means that " +
    "the object is stored, but the application was unreachable, responded with a status other than 200, or did not " +
    "send JSON within five seconds.",
  fix: [
    { text: "treat the upload as complete, and fix the application's callback address", safety: "check first" },
    {
      text: "check whether the callback address is reachable from the internet and responds with status 200 and JSON",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://www.alibabacloud.com/help/en/oss/developer-reference/callback"],
  rivals: [],
  soleCause: "https://www.alibabacloud.com/help/en/oss/developer-reference/callback",
  recognise: (facts) =>
    Asked.said(facts, "CallbackFailed")
      ? found({
          confidence: "certain",
          detail: `The object is stored, but the callback failed${facts.answer.message === "" ? "" : `: ${facts.answer.message}`}`,
          evidence: [...Asked.theCode(facts), ...said(facts)],
        })
      : undefined,
})

/** Supabase's error messages about a token in the Authorization header. */
const jwtWords =
  /^(?:invalid compact jws|jwt expired|jwt malformed|invalid jwt|invalid signature|signature verification failed|jws protected header is invalid|invalid token)\b/i

const jwtRefused = rule({
  code: "HF-S3-AUTH-016",
  name: "JwtRefused",
  phase: "credentials",
  title:
    "Supabase rejects the token in the Authorization header: the token has expired or is not a JWT from this project",
  explanation:
    "Supabase's own storage API expects a JWT after Bearer: the access token of a user's session, or the legacy " +
    "anon or service_role key. A session expires after an hour unless it is refreshed. The newer keys " +
    "(sb_publishable_…, sb_secret_…) are not JWTs and belong in the apikey header. A JWT from another project, or " +
    "a JWT that was signed with an old secret, has an invalid signature.",
  fix: [
    { text: "refresh the session and send the new access token", safety: "check first" },
    {
      text: "use this project's key, and send sb_ keys in the apikey header instead of after Bearer",
      safety: "check first",
    },
  ],
  change: "token",
  links: [
    "https://supabase.com/docs/guides/storage/debugging/error-codes",
    "https://supabase.com/docs/guides/api/api-keys",
  ],
  recognise: (facts) => {
    const { code, message } = facts.answer
    if (facts.dialect.system !== "supabase" || /row.level security/i.test(message)) return undefined
    if (!Asked.said(facts, "InvalidJWT", "Invalid JWT", "invalid_jwt") && !jwtWords.test(message.trim()))
      return undefined
    return found({
      confidence: "likely",
      detail: /expired/i.test(message)
        ? "The token (JWT) has expired: refresh the session."
        : `The server reports "${message === "" ? code : message.trim()}": the value after Bearer is not a valid JWT for ` +
          "this project.",
      evidence: [...Asked.theCode(facts), ...said(facts)],
    })
  },
})

/** All rules of this topic. */
export const vendor = [callbackFailed, jwtRefused, tokenOfOtherProtocol, ownDomainNeeded, prefixTaken] as const
