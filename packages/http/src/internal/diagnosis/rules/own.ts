/**
 * Rules for failures in the client itself or in the platform that runs it: an exhausted connection pool, a function that
 * exceeded its time limit, or a request that cannot be sent.
 */
import { onFailure, topic } from "../rule.ts"
import * as Unsent from "../unsent.ts"

const rule = topic("connection")

const exhausted = rule({
  code: "HF-HTTP-NET-015",
  title: "The client's connection pool is exhausted: all connections are in use, and none became free in time",
  explanation:
    "A client limits its connections to each host, and this request timed out while waiting for one. A response " +
    "keeps its connection until its body is read to the end or closed. The number of concurrent requests may also " +
    "exceed the size of the pool, or the server may be slow. Nothing was sent. The network and the server's limits " +
    "are not the cause.",
  fix: [
    { text: "read or close the body of every response, including object streams", safety: "check first" },
    {
      text: "keep one client for the whole program, and size its pool for the number of concurrent requests",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/best-practices.html",
    "https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/troubleshooting_s3a.html",
  ],
  rivals: [],
  soleCause: "https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/troubleshooting_s3a.html",
  find: onFailure(["pool"], () => ({
    confidence: "certain",
    detail: "The client waited for a connection from its pool and did not get one.",
  })),
})

const lambda = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"

const overtime = rule({
  code: "HF-HTTP-NET-016",
  title: "The platform stopped the function at its time limit (timeout) while it was still running",
  explanation:
    "The platform stops a function at its time limit (3 seconds by default on AWS Lambda) before the function can " +
    "report an error. The function usually waited for a call that did not return. Without a NAT gateway or a VPC " +
    "endpoint, a function in a VPC cannot reach the internet, S3 or a sign-in server. A database or an API may be " +
    "slow, or a security group may block the function's access to it. The limit may also be too short for the " +
    "work, or the function may have started slowly.",
  fix: [
    {
      text: "check the function's log for the call that did not return, and give that call its own shorter time limit",
      safety: "check first",
    },
    {
      text: "in a VPC, add a gateway endpoint for S3 or a NAT gateway, and check the security groups",
      safety: "check first",
    },
    {
      text: "if the work needs more time, raise the limit, or raise the memory, which also adds CPU",
      safety: "check first",
    },
  ],
  change: "human",
  links: [lambda, "https://repost.aws/knowledge-center/lambda-task-timed-out-error"],
  rivals: [],
  soleCause: lambda,
  find: onFailure(["function limit"], ({ failure }) => ({
    confidence: "certain",
    detail: `The platform reports: "${failure?.text.trim().slice(0, 160) ?? ""}".`,
  })),
})

/** Returns the meaning of the client's message, or an empty string if the meaning is unknown. */
const meaningOf = (text = ""): string => {
  const meaning = Unsent.meaningOf(text)
  return meaning === undefined ? "" : ` ${meaning}`
}

const unsendable = rule({
  code: "HF-HTTP-NET-010",
  title: "The client cannot send this request",
  explanation:
    "The client did not send the request. The URL may be invalid, a header may contain a forbidden character or " +
    "have a forbidden name, or the client could not create the body. The request may also use a feature that the " +
    "client does not support: Node's fetch rejects the `Expect` header.",
  fix: [{ text: "correct the URL, header or body that the client's error identifies", safety: "check first" }],
  change: "plan",
  links: ["https://undici.nodejs.org/#/docs/api/Errors"],
  rivals: [],
  soleCause: "https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md",
  find: onFailure(
    [
      "UND_ERR_INVALID_ARG",
      "UND_ERR_NOT_SUPPORTED",
      "ERR_INVALID_*",
      "ERR_UNESCAPED_CHARACTERS",
      "EncodeError",
      "NotReadableError",
      "RequestBodyFailed",
      "InvalidUrlError",
      "plain http forbidden",
    ],
    ({ failure }) => ({
      confidence: "certain",
      detail:
        failure?.key === "plain http forbidden"
          ? "The platform does not allow plain http (Apple's App Transport Security, Android's cleartext policy): use https."
          : `The client refused to send the request: "${failure?.text.trim().slice(0, 160) ?? ""}".${meaningOf(failure?.text)}`,
    }),
  ),
})

const lengthMismatch = rule({
  code: "HF-HTTP-NET-011",
  title: "The length of the body differs from its Content-Length",
  explanation:
    "The client set the length before it read the body, which then had a different number of bytes. The file may " +
    "have grown or shrunk in the meantime. An earlier attempt may already have read the stream, or the length may " +
    "count characters instead of bytes.",
  fix: [
    { text: "compute the length from the bytes that are sent", safety: "safe to apply" },
    { text: "do not send a file that is still being written", safety: "check first" },
    { text: "rewind the stream, or open it again, before each attempt", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-8.6"],
  rivals: [],
  soleCause: "https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md",
  find: onFailure(["UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", "RequestBodyChanged"], (facts) => {
    const stated = facts.header("content-length")
    return {
      confidence: "certain",
      detail:
        (stated === undefined
          ? "The length of the body differs from the declared length."
          : `Content-Length is ${stated}, but the body has a different length.`) + meaningOf(facts.failure?.text),
    }
  }),
})

/**
 * All rules about failures in the client itself. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
export const own = [exhausted, overtime, unsendable, lengthMismatch] as const
