/**
 * What ends in the client itself, or in the platform that runs it: the places of its pool, the time of its function, a request
 * that cannot be sent.
 */
import { onFailure, topic } from "../rule.ts"
import * as Unsent from "../unsent.ts"

const rule = topic("connection")

const exhausted = rule({
  code: "HF-HTTP-NET-015",
  title: "The client's own pool of connections is used up: all are in use, and none came free in time",
  explanation:
    "A client keeps a limited number of connections to a host, and this request waited for one until its time ran " +
    "out. Answers whose body is not read to the end or not closed keep their connection, more requests run at once " +
    "than the pool has places, or the server is slow. Nothing was sent, and the network and the server's limits " +
    "have no part in it.",
  fix: [
    { text: "read or close the body of every answer, streams of objects too", safety: "check first" },
    {
      text: "keep one client for the whole program, and give its pool as many places as requests run at once",
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
    detail: "The client waited for a connection from its pool and got none.",
  })),
})

const lambda = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"

const overtime = rule({
  code: "HF-HTTP-NET-016",
  title: "The platform ended the function at its own time limit (timeout) while it was still running",
  explanation:
    "A function has a limit (3 seconds by default at AWS Lambda), and was stopped there without an error of its " +
    "own. Most often it waited for something that did not answer: a function in a VPC has no way to the internet, " +
    "to S3 or to a sign-in server without a NAT gateway or a VPC endpoint; a database or an API was slow or is " +
    "closed to it by a security group. Else the limit is too short for the work, or the start was slow.",
  fix: [
    {
      text: "see in the log of the function which call it waited for, and give that call a shorter time limit of its own",
      safety: "check first",
    },
    {
      text: "in a VPC, add a gateway endpoint for S3 or a NAT gateway, and check the security groups",
      safety: "check first",
    },
    { text: "raise the limit (and the memory, which brings CPU) if the work needs it", safety: "check first" },
  ],
  change: "human",
  links: [lambda, "https://repost.aws/knowledge-center/lambda-task-timed-out-error"],
  rivals: [],
  soleCause: lambda,
  find: onFailure(["function limit"], ({ failure }) => ({
    confidence: "certain",
    detail: `The platform says: "${failure?.text.trim().slice(0, 160) ?? ""}".`,
  })),
})

/** The meaning of the client's message, if it is known. */
const meaningOf = (text = ""): string => {
  const meaning = Unsent.meaningOf(text)
  return meaning === undefined ? "" : ` ${meaning}`
}

const unsendable = rule({
  code: "HF-HTTP-NET-010",
  title: "The client cannot send such a request",
  explanation:
    "The request never left: its URL is no URL, a header has a character or a name that is not allowed, the body " +
    "cannot be made, or the client does not support what was asked (Node's fetch takes no `Expect` header).",
  fix: [{ text: "correct the URL, the header or the body that the client names", safety: "check first" }],
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
          ? "The platform lets no plain http out (App Transport Security of Apple, the cleartext policy of Android): use https."
          : `The client refused to send it: "${failure?.text.trim().slice(0, 160) ?? ""}".${meaningOf(failure?.text)}`,
    }),
  ),
})

const lengthMismatch = rule({
  code: "HF-HTTP-NET-011",
  title: "The body is not as long as its Content-Length says",
  explanation:
    "The length was stated before the body was read, and another number of bytes came out: the file grew or shrank " +
    "meanwhile, the stream had been read before (by an earlier attempt), or characters were counted where bytes " +
    "are due.",
  fix: [
    { text: "take the length from the bytes that are sent", safety: "safe to apply" },
    { text: "do not send a file that is still being written", safety: "check first" },
    { text: "set a stream back to its start, or open it again, before each attempt", safety: "check first" },
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
          ? "The stated length and the body differ."
          : `Content-Length is ${stated}; the body differs.`) + meaningOf(facts.failure?.text),
    }
  }),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const own = [exhausted, overtime, unsendable, lengthMismatch] as const
