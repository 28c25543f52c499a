/**
 * Failed connections whose client keeps no reason.
 */
import type { HttpFacts } from "../facts.ts"
import { localOf } from "../remarks.ts"
import { hostOf, onFailure, topic } from "../rule.ts"

const rule = topic("connection")

/** The most frequent mistake with a host of this kind. */
const usual = ({ url }: HttpFacts): string => {
  const host = url?.hostname ?? ""
  if (
    /(?:^|\.)(?:\w+-)?s3[.-]|\.(?:amazonaws|digitaloceanspaces|wasabisys|backblazeb2|qiniucs|aliyuncs|myqcloud|linodeobjects)\.com(?:\.cn)?$|\.scw\.cloud$|\.r2\.cloudflarestorage\.com$/i.test(
      host,
    )
  )
    return " In the host of a storage the region or the bucket is often the part that is misspelt, so that the name does not resolve."
  if (/^[a-z][\w-]*$/i.test(host) && host !== "localhost")
    return " A name without a dot is that of a container or a machine, and only its own network knows it."
  return ""
}

const unreached = rule({
  code: "HF-HTTP-NET-017",
  title:
    "No connection to the host came about: its name does not resolve, nothing listens there, or the network is closed",
  explanation:
    "Some clients (botocore's EndpointConnectionError, anyio, .NET's outer exception) report every failure to connect with one sentence. The name may be " +
    "misspelt or unknown here (DNS), no program listens at the port (connection refused), or a firewall, a missing route or a proxy keeps the packets away. " +
    "Nothing of the request was sent.",
  fix: [
    {
      text: "see whether the name resolves (nslookup HOST), then whether the port answers (curl -v ADDRESS)",
      safety: "check first",
    },
    { text: "check the endpoint: scheme, host, region, port", safety: "check first" },
    { text: "send again with backoff", safety: "safe to apply" },
  ],
  change: "nothing",
  links: ["https://nodejs.org/api/errors.html#common-system-errors"],
  find: onFailure(["no connection"], (facts) => ({
    confidence: "likely",
    detail: `No connection to ${hostOf(facts)} could be made; nothing was sent.${localOf(facts)}${usual(facts)}`,
  })),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const unreachedHosts = [unreached] as const
