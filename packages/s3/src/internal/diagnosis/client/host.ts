/**
 * Recognizes hosts that cannot exist because a client built them from a wrong region or bucket.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Hosts from "../signature/hosts.ts"

/** The fault of a host. */
export interface Misnamed {
  readonly host: string
  readonly flaw: "no region" | "no bucket" | "zone" | "no code" | "unknown" | "numbered" | "doubled"
  /** The host label at the position of the region. */
  readonly label: string
  /** The correct value, if it is obvious. */
  readonly instead: string | undefined
}

/** The maximum length of a host name (RFC 1035, section 2.3.4). */
const longestHost = 255

/**
 * The requested host, taken from the URL, from the first URL in the client's message, or from an Amazon host named in the
 * message. Its case is kept. The platform's URL parser would reject some of these hosts.
 */
const hostOf = ({ failure = "", request }: Exchange): string | undefined => {
  const words = failure.slice(0, 4000)
  const [, host] = inUrl.exec(request?.url?.slice(0, 4000) ?? "") ?? inUrl.exec(words) ?? []
  if (host !== undefined) return host
  const [, stated] = /\bhost(?:name)?: '?([a-z0-9][a-z0-9.-]{2,253}[a-z0-9])/i.exec(words) ?? []
  if (stated?.includes(".") === true) return stated
  const end = words.search(/\.amazonaws\.com|\.cloud\.ovh\.net/i)
  if (end === -1) return undefined
  const before = words.slice(Math.max(0, end - longestHost), end)
  const after = /^[\w.-]{1,30}/.exec(words.slice(end))?.[0] ?? ""
  return `${before.slice(before.search(/[\w.-]{0,255}$/))}${after}`.replace(/\.$/, "")
}

const inUrl = /https?:\/\/(?:[^\s/?#@"'`<>]{0,200}@)?([^\s/?#:"'`<>)\]}]{1,255})/

/** The format of a region code: `eu-west-1`, `us-gov-east-1`, `us-iso-east-1`, `eusc-de-east-1`. */
const code = "(?:[a-z]{2,4}(?:-(?:gov|isob?|isoe|isof|de))?)-(?:central|(?:north|south)?(?:east|west)?)-\\d{1,2}"

const region = new RegExp(`^${code}$`)
/**
 * The code of an availability zone has one more letter than the code of its region, and the code of a local zone contains the
 * name of a city. (Amazon EC2 User Guide, "Regions and Zones".)
 */
const zone = new RegExp(`^(${code})(?:-[a-z]{3}-\\d{1,2})?[a-z]$`)

/**
 * Amazon's regions as of 2026. A region that is newer than this list is considered wrong only if its host does not resolve.
 */
const known =
  "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 us-isof-south-1 us-isof-east-1 eu-isoe-west-1 eusc-de-east-1"

const regions: ReadonlySet<string> = new Set(known.split(" "))

/** The informal names of the regions. (AWS, "AWS Regions".) */
const names: Readonly<Record<string, string>> = {
  ireland: "eu-west-1",
  dublin: "eu-west-1",
  london: "eu-west-2",
  paris: "eu-west-3",
  frankfurt: "eu-central-1",
  zurich: "eu-central-2",
  stockholm: "eu-north-1",
  milan: "eu-south-1",
  spain: "eu-south-2",
  virginia: "us-east-1",
  ohio: "us-east-2",
  california: "us-west-1",
  oregon: "us-west-2",
  canada: "ca-central-1",
  montreal: "ca-central-1",
  tokyo: "ap-northeast-1",
  seoul: "ap-northeast-2",
  osaka: "ap-northeast-3",
  singapore: "ap-southeast-1",
  sydney: "ap-southeast-2",
  jakarta: "ap-southeast-3",
  melbourne: "ap-southeast-4",
  mumbai: "ap-south-1",
  hyderabad: "ap-south-2",
  "hong-kong": "ap-east-1",
  hongkong: "ap-east-1",
  "sao-paulo": "sa-east-1",
  saopaulo: "sa-east-1",
  "cape-town": "af-south-1",
  bahrain: "me-south-1",
  uae: "me-central-1",
  "tel-aviv": "il-central-1",
  beijing: "cn-north-1",
  ningxia: "cn-northwest-1",
}

/** Services whose hosts have the form `service.region.amazonaws.com`. */
const services =
  /^(?:s3|s3-fips|s3-control|s3-accesspoint|s3-object-lambda|s3-outposts|dualstack|sts|sts-fips|iam|kms|lambda|ec2|ecs|eks|sqs|sns|ssm|dynamodb|secretsmanager|cloudformation|logs|monitoring|ecr|api|rds|route53|cloudfront|elasticache|kinesis|events|batch|athena|glue|states|cognito-idp|cognito-identity|email|execute-api|es|organizations|autoscaling|elasticloadbalancing|rekognition|textract|transcribe|bedrock-runtime)$/i

/** Labels before `amazonaws.com` that are not regions. */
const fixed =
  /^(?:s3|s3-accelerate|s3-website.*|s3-external-\d|s3-global|dualstack|vpce|elb|compute|awsapps|aws-global|s3-r-w)$/i

/** Finds the fault in the region or bucket that a host contains. */
const misnamed = (host: string): Misnamed | undefined => {
  if (host.length > longestHost) return undefined
  const small = host.toLowerCase()
  // An endpoint that has the bucket in it, and a client that puts it in front once more.
  const [, bucket, rest = ""] = /^([a-z0-9-]{3,63})\.(?=\1\.)(.{1,250})$/.exec(small) ?? []
  if (bucket !== undefined && Hosts.isVendor(rest)) return { host, flaw: "doubled", label: bucket, instead: rest }
  const [, ofOvh] =
    /^(?:[\w-]{1,63}\.)?s3\.([a-z]{2,4}\d{1,2})\.(?:io\.|perf\.)?cloud\.ovh\.(?:net|us)$/.exec(small) ?? []
  if (ofOvh !== undefined) return { host, flaw: "numbered", label: ofOvh, instead: ofOvh.replace(/\d+$/, "") }
  const end = small.lastIndexOf(".amazonaws.com")
  if (end === -1) return undefined
  const labels = small.slice(0, end).split(".")
  if (labels[0] === "" && /^s3\b/.test(labels[1] ?? ""))
    return { host, flaw: "no bucket", label: "", instead: undefined }
  const label = labels.at(-1) ?? ""
  const before = labels.at(-2) ?? ""
  const [, dashed] =
    /^s3-((?!website|accelerate|external|fips|global|control|accesspoint|object|outposts|r-w).{1,40})$/.exec(label) ??
    []
  const named = dashed ?? (services.test(before) && !fixed.test(label) ? label : undefined)
  if (named === undefined)
    return label === "s3-" ? { host, flaw: "no region", label: "", instead: undefined } : undefined
  if (named === "") return { host, flaw: "no region", label: "", instead: undefined }
  const [, ofZone] = zone.exec(named) ?? []
  if (ofZone !== undefined) return { host, flaw: "zone", label: named, instead: ofZone }
  if (region.test(named)) {
    return regions.has(named) ? undefined : { host, flaw: "unknown", label: named, instead: undefined }
  }
  return { host, flaw: "no code", label: named, instead: codeFor(named) }
}

/** The code of the region that an informal name refers to. */
export const codeFor = (name: string): string | undefined => {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-")
  if (Object.hasOwn(names, plain)) return names[plain]
  if (regions.has(plain)) return plain
  const [, letters, direction, digit] =
    /^(us|eu|ap|ca|sa|af|me|il|cn|mx)-?((?:north|south)?(?:east|west)?(?:central)?)-?(\d)$/.exec(plain) ?? []
  const joined = letters === undefined ? "" : `${letters}-${direction}-${digit}`
  return regions.has(joined) ? joined : undefined
}

/**
 * Finds the fault in the host of an exchange. A host that responded exists, so only an exchange without a response can have a
 * fault in its host. Total.
 */
export const read = (exchange: Exchange): Misnamed | undefined => {
  const host = exchange.failure === undefined ? undefined : hostOf(exchange)
  return host === undefined ? undefined : misnamed(host)
}
