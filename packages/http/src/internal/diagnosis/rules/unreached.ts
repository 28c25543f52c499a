/**
 * Rules for failed connections that the client reports without giving a reason.
 */
import type { HttpFacts } from "../facts.ts"
import { localOf } from "../remarks.ts"
import { hostOf, onFailure, topic } from "../rule.ts"

const rule = topic("connection")

/** Returns the most common mistake for the kind of host in the URL. */
const usual = ({ url }: HttpFacts): string => {
  const host = url?.hostname ?? ""
  if (
    /(?:^|\.)(?:\w+-)?s3[.-]|\.(?:amazonaws|digitaloceanspaces|wasabisys|backblazeb2|qiniucs|aliyuncs|myqcloud|linodeobjects)\.com(?:\.cn)?$|\.scw\.cloud$|\.r2\.cloudflarestorage\.com$/i.test(
      host,
    )
  )
    return " A storage host name often fails to resolve because its region or bucket is misspelled."
  if (/^[a-z][\w-]*$/i.test(host) && host !== "localhost")
    return " A host name without a dot usually identifies a container or a machine, and resolves only within its own network."
  return ""
}

const unreached = rule({
  code: "HF-HTTP-NET-017",
  title:
    "The connection to the host failed: its name does not resolve, nothing listens on the port, or the network " +
    "blocks the connection",
  explanation:
    "Some clients (botocore's EndpointConnectionError, anyio, .NET's outer exception) report every connection " +
    "failure with the same message. The name may be misspelled or unknown to the local name server (DNS), no " +
    "program may be listening on the port (connection refused), or a firewall, a missing route or a proxy may " +
    "block the packets. No part of the request was sent.",
  fix: [
    {
      text: "check whether the name resolves (nslookup HOST), then whether the port accepts connections (curl -v ADDRESS)",
      safety: "check first",
    },
    { text: "check the endpoint: scheme, host, region, port", safety: "check first" },
    { text: "send again with backoff", safety: "safe to apply" },
  ],
  change: "nothing",
  links: ["https://nodejs.org/api/errors.html#common-system-errors"],
  find: onFailure(["no connection"], (facts) => ({
    confidence: "likely",
    detail: `The client could not connect to ${hostOf(facts)}, so nothing was sent.${localOf(facts)}${usual(facts)}`,
  })),
})

/**
 * All rules about failed connections that the client reports without giving a reason. Findings of equal rank are sorted in
 * the order in which their rules are listed.
 */
export const unreachedHosts = [unreached] as const
