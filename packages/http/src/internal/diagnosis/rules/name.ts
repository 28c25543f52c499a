/**
 * Rules for host names that cannot be resolved.
 */
import type { HttpFacts } from "../facts.ts"
import { hostOf, onFailure, topic } from "../rule.ts"

const rule = topic("name")

const links = ["https://nodejs.org/api/dns.html#error-codes"]

/** Whether the host is a name without a dot, which only a local network can resolve. */
const isShort = ({ url }: HttpFacts): boolean =>
  url !== undefined && /^[a-z][\w-]*$/i.test(url.hostname) && url.hostname !== "localhost"

const short = (facts: HttpFacts): string =>
  isShort(facts)
    ? " A name without a dot identifies a container, a service or a machine, and only its own network (Docker, Kubernetes, the office) can resolve the name."
    : ""

/** Matches a scheme in place of the host, after text that clients print before the host. */
const scheme =
  /(?:could not resolve host:? |ENOTFOUND |\blookup |\bhost=['"]|UnknownHostException: |resolve ['"(]?)(https?)(?=[\s'":),]|$)(?!:\/\/)/i

/** Returns the scheme that was given in place of a host. */
const schemeAsHost = ({ failure, url }: HttpFacts): string | undefined =>
  url !== undefined && /^https?$/.test(url.hostname)
    ? url.hostname
    : scheme.exec(failure?.text.slice(0, 2000) ?? "")?.[1]

const lost = (facts: HttpFacts): string => {
  const word = schemeAsHost(facts)
  return word === undefined
    ? `No address was found for ${hostOf(facts)}; nothing was sent.${short(facts)}`
    : `The client used "${word}" as the host name: the URL contains the scheme twice (${word}://${word}://…), or the colon after the scheme is missing. Nothing was sent.`
}

const unknownName = rule({
  code: "HF-HTTP-DNS-001",
  title: "The host name cannot be resolved: it is misspelled, or the network is down",
  explanation:
    "The lookup did not find an address for the host. The name may be wrong because of a typo, or because the " +
    "bucket or region does not exist. The name may also contain a scheme or port by mistake. The machine may also " +
    "be offline and unable to query a name server. Nothing was sent.",
  fix: [
    { text: "check the host name in the URL", safety: "check first" },
    {
      text: "if other names do not resolve either, connect to the network and send the request again",
      safety: "check first",
    },
  ],
  change: "nothing",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: (facts) =>
    frontOf(facts) !== undefined
      ? undefined
      : (onFailure(["ENOTFOUND", "ENODATA"], () => ({
          confidence: "certain",
          detail: lost(facts),
        }))(facts) ??
        // Docker's name server gives this answer for a name that is not a service of the network.
        (isShort(facts)
          ? onFailure(["EAI_*"], () => ({
              confidence: "likely",
              detail: lost(facts),
            }))(facts)
          : undefined)),
})

const noNameServer = rule({
  code: "HF-HTTP-DNS-002",
  title: "The name server did not respond: the network is down or not ready",
  explanation:
    "The host name cannot be resolved at the moment. The machine may have just joined the network, or a captive " +
    "portal may still block it. The name server may also be down. The error does not show whether the host exists. " +
    "Nothing was sent.",
  fix: [{ text: "wait until the network is available, then send the request again", safety: "safe to apply" }],
  change: "nothing",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: (facts) =>
    frontOf(facts) === undefined
      ? onFailure(["EAI_*"], (one) => ({
          confidence: isShort(one) ? "possible" : "certain",
          detail: `The name server did not answer the query for ${hostOf(one)}; nothing was sent.`,
        }))(facts)
      : undefined,
})

/**
 * Matches a prefix before `localhost`, an IP address or a container's name. Clients add such a prefix if they use
 * virtual-hosted-style URLs.
 */
const bare =
  /(?:^|[^\w.-])([a-z0-9](?:[\w-]{0,62}\.){1,4}(?:localhost|host\.docker\.internal|(?:\d{1,3}\.){3}\d{1,3}|(?:minio|localstack|ceph|rgw|garage|s3mock|moto|seaweedfs)(?:\.[\w-]{1,63}\.svc(?:\.cluster\.local)?)?))(?::\d{1,5})?(?![\w.-]*\w)/i

/** Returns the host with the prefix that the client added, or `undefined` for other hosts. */
const frontOf = ({ exchange, failure }: HttpFacts): string | undefined => {
  const words = `${exchange.request?.url?.slice(0, 300) ?? ""} ${failure?.text.slice(0, 2000) ?? ""}`
  const [, host] = bare.exec(words) ?? []
  return host === undefined || /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host) ? undefined : host
}

const beforeBareHost = rule({
  code: "HF-HTTP-DNS-003",
  title:
    "The client put a name before localhost, an IP address or a container name, and the resulting host does not resolve",
  explanation:
    "A client that puts a prefix before localhost, an IP address or a container name creates a host that name " +
    "servers cannot resolve, such as my-bucket.localhost or my-bucket.10.0.0.5. Name servers cannot resolve " +
    "my-bucket.minio either. S3 clients use the bucket as the prefix (virtual-hosted style) unless they are " +
    "configured to put it in the path (path style). If each tenant has a subdomain, the host name is missing from " +
    "the hosts file. Nothing was sent.",
  fix: [
    {
      text: "enable path style: forcePathStyle: true (.NET ForcePathStyle, boto3 addressing_style='path', Java pathStyleAccessEnabled)",
      safety: "check first",
    },
    {
      text: "alternatively, add the name to the hosts file, or add a wildcard record to the name server",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html",
    "https://docs.localstack.cloud/aws/services/s3/",
  ],
  find: (facts) => {
    const host = frontOf(facts)
    if (host === undefined) return undefined
    return onFailure(["ENOTFOUND", "ENODATA", "EAI_*"], () => ({
      confidence: "likely",
      detail: `${host} does not resolve: the client put ${host.split(".")[0]} before the host's own name.`,
    }))(facts)
  },
})

/** All rules about host names. Findings of equal rank are sorted in the order in which their rules are listed. */
export const name = [unknownName, noNameServer, beforeBareHost] as const
