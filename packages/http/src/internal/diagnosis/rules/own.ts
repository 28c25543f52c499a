/**
 * What ends in the client itself, or in the platform that runs it: the places of its pool, the time of its function.
 */
import { onFailure, topic } from "../rule.ts"

const rule = topic("connection")

/** All in use. */
const exhausted = rule({
  code: "HF-HTTP-NET-015",
  title: "The client's own pool of connections is used up: all are in use, and none came free in time",
  explanation:
    "A client keeps a limited number of connections to a host, and this request waited for one until its time ran out. Answers whose body is not " +
    "read to the end or not closed keep their connection, more requests run at once than the pool has places, or the server is slow. Nothing was " +
    "sent, and the network and the server's limits have no part in it.",
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

/** The time of a function. */
const overtime = rule({
  code: "HF-HTTP-NET-016",
  title: "The platform ended the function at its own time limit (timeout) while it was still running",
  explanation:
    "A function has a limit (3 seconds by default at AWS Lambda), and was stopped there without an error of its own. Most often it waited for " +
    "something that did not answer: a function in a VPC has no way to the internet, to S3 or to a sign-in server without a NAT gateway or a VPC " +
    "endpoint; a database or an API was slow or is closed to it by a security group. Else the limit is too short for the work, or the start was slow.",
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

/** The topic's rules. */
export const own = [exhausted, overtime] as const
