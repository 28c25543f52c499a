/**
 * Host names that cannot be resolved.
 */
import type { HttpFacts } from "../facts.ts"
import { hostOf, onFailure, topic } from "../rule.ts"

const rule = topic("name")

const links = ["https://nodejs.org/api/dns.html#error-codes"]

/** A name without a dot, which only a local network resolves. */
const isShort = ({ url }: HttpFacts): boolean =>
  url !== undefined && /^[a-z][\w-]*$/i.test(url.hostname) && url.hostname !== "localhost"

const short = (facts: HttpFacts): string =>
  isShort(facts)
    ? " A name without a dot is that of a container, a service or a machine, and only its own network (Docker, Kubernetes, the office) knows it."
    : ""

/** Text that clients print before the host. */
const scheme =
  /(?:could not resolve host:? |ENOTFOUND |\blookup |\bhost=['"]|UnknownHostException: |resolve ['"(]?)(https?)(?=[\s'":),]|$)(?!:\/\/)/i

/** A scheme where the host belongs. */
const schemeAsHost = ({ failure, url }: HttpFacts): string | undefined =>
  url !== undefined && /^https?$/.test(url.hostname)
    ? url.hostname
    : scheme.exec(failure?.text.slice(0, 2000) ?? "")?.[1]

const lost = (facts: HttpFacts): string => {
  const word = schemeAsHost(facts)
  return word === undefined
    ? `No address was found for ${hostOf(facts)}; nothing was sent.${short(facts)}`
    : `The client took "${word}" for the host name: the scheme stands twice in the URL (${word}://${word}://…), or its colon is missing. Nothing was sent.`
}

const unknownName = rule({
  code: "HF-HTTP-DNS-001",
  title: "The host name cannot be resolved: misspelt, or no network",
  explanation:
    "The name service knows no address for the host. Either the name is wrong (a typo, a bucket or region that " +
    "does not exist, a scheme or port that slipped into the name), or the machine is offline and has no name " +
    "server to ask. Nothing was sent.",
  fix: [
    { text: "check the host name in the URL", safety: "check first" },
    { text: "if other names resolve neither, bring the network up and send again", safety: "check first" },
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
  title: "The name server gave no answer: the network is down or not ready",
  explanation:
    "The question could not be answered for now. A machine that has just joined a network, a captive portal that " +
    "has not let it through and a name server that is down look like this. It says nothing about the host. Nothing " +
    "was sent.",
  fix: [{ text: "wait for the network and send again", safety: "safe to apply" }],
  change: "nothing",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: (facts) =>
    frontOf(facts) === undefined
      ? onFailure(["EAI_*"], (one) => ({
          confidence: isShort(one) ? "possible" : "certain",
          detail: `The name server did not answer for ${hostOf(one)}; nothing was sent.`,
        }))(facts)
      : undefined,
})

/** A prefix before `localhost`, an IP address or a container's name, which clients add in virtual-hosted style. */
const bare =
  /(?:^|[^\w.-])([a-z0-9](?:[\w-]{0,62}\.){1,4}(?:localhost|host\.docker\.internal|(?:\d{1,3}\.){3}\d{1,3}|(?:minio|localstack|ceph|rgw|garage|s3mock|moto|seaweedfs)(?:\.[\w-]{1,63}\.svc(?:\.cluster\.local)?)?))(?::\d{1,5})?(?![\w.-]*\w)/i

/** The host without its surplus prefix; `undefined` for other hosts. */
const frontOf = ({ exchange, failure }: HttpFacts): string | undefined => {
  const words = `${exchange.request?.url?.slice(0, 300) ?? ""} ${failure?.text.slice(0, 2000) ?? ""}`
  const [, host] = bare.exec(words) ?? []
  return host === undefined || /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host) ? undefined : host
}

const beforeBareHost = rule({
  code: "HF-HTTP-DNS-003",
  title: "A name stands before localhost, an address or a container's name, and such a host does not resolve",
  explanation:
    "A client that put a name in front of the host made one that no name server knows: my-bucket.localhost, " +
    "my-bucket.10.0.0.5, my-bucket.minio. S3 clients do so with the bucket (virtual-hosted style) unless they are " +
    "set to leave it in the path (path style); for tenants in subdomains, the name is missing in the hosts file. " +
    "Nothing was sent.",
  fix: [
    {
      text: "switch path style on: forcePathStyle: true (.NET ForcePathStyle, boto3 addressing_style='path', Java pathStyleAccessEnabled)",
      safety: "check first",
    },
    { text: "or give the name an entry in the hosts file or a wildcard in the name server", safety: "check first" },
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

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const name = [unknownName, noNameServer, beforeBareHost] as const
