/**
 * Finds evidence that a request was sent to the wrong place: services that are not S3-compatible, settings in place of a
 * bucket name, and invalid hosts.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../asked.ts"
import { decoded } from "../decoded.ts"
import * as Native from "./native.ts"
import type { S3Facts } from "../facts.ts"

/** A service that does not support S3. */
export interface OtherService {
  readonly name: string
  /** What to use instead. */
  readonly instead: string
  readonly evidence: Evidence
}

interface Sign extends Omit<OtherService, "evidence"> {
  readonly hosts?: RegExp
  readonly headers?: ReadonlyArray<string>
  readonly body?: RegExp
}

/** The page of MinIO's console, whose `Server` header is the same as the storage's. */
const consolePage = /<title>\s*MinIO (?:Console|Browser)\s*<\/title>/i

const signs: ReadonlyArray<Sign> = [
  {
    name: "Keystone, OpenStack's identity service,",
    instead: "Keystone issues tokens and does not store objects; the S3 interface of Swift or Ceph has its own port",
    body: /application\/vnd\.openstack\.identity-v[23]|"X-Subject-Token"/,
  },
  {
    name: "An OpenStack service",
    instead: "the service returns its version in JSON; the S3 interface of Swift or Ceph has its own address",
    body: /^\s*\{\s*"versions?"\s*:\s*[[{].{0,2000}"(?:media-types|links)"/s,
  },
  {
    name: "Azure Blob Storage",
    instead:
      "Azure has its own API and does not support S3; use Azure's SDK, or a gateway such as s3proxy in front of Azure",
    hosts: /\.(?:blob|dfs)\.(?:core|storage)\.(?:windows|azure|chinacloudapi|usgovcloudapi)\.(?:net|cn)$/,
    headers: ["x-ms-request-id", "x-ms-error-code"],
  },
  {
    name: "Bunny Storage",
    instead: "Bunny's API expects the header AccessKey and does not read S3 signatures",
    hosts: /^(?:[a-z]{2,3}\.)?storage\.bunnycdn\.com$/,
  },
  {
    name: "MinIO's console, which is for browsers,",
    instead: "the API uses another port, 9000 by default",
    body: consolePage,
  },
]

/** Whether a characteristic of S3 in the request shows that the request was intended for a storage service. */
const isMeantForStorage = (facts: S3Facts): boolean =>
  facts.version !== undefined || facts.header("x-amz-date") !== undefined || facts.form?.field("policy") !== undefined

/** The service that responded instead of the storage. `undefined` if there is no evidence of another service. */
export const otherService = (facts: S3Facts): OtherService | undefined => {
  const { answer, url } = facts
  const body = answer.body.slice(0, 4000)
  if (answer.status === 0 || (answer.isMarked && !consolePage.test(body)) || !isMeantForStorage(facts)) return undefined
  for (const { body: pattern, headers = [], hosts, instead, name } of signs) {
    const header = headers.find((one) => answer.header(one) !== undefined)
    const isHost = url !== undefined && hosts?.test(url.hostname) === true && answer.status >= 400
    const isBody = !answer.isErrorDocument && pattern?.test(body) === true
    if (isHost || header !== undefined || isBody) {
      const evidence: Evidence = isHost
        ? { at: "request.url", name: "host", observed: url.hostname }
        : header === undefined
          ? { at: "response.body", name: "body", observed: body.trim().slice(0, 80) }
          : { at: `response.headers.${header}`, name: header, observed: answer.header(header) ?? "" }
      return { name, instead, evidence }
    }
  }
  return undefined
}

/** A sentence about the text that appears in place of the bucket name. `undefined` if the name could be a bucket name. */
export const bucket = (facts: S3Facts): { readonly detail: string } | undefined => {
  const { form, url } = facts
  const isNative = url !== undefined && Native.placeOf(url) !== undefined
  if (url === undefined || form !== undefined || !(isNative || isMeantForStorage(facts))) return undefined
  const place = Asked.placeOf(facts)
  const raw = url.pathname.slice(1).split("/", 1)[0] ?? ""
  const name = isNative || place?.style === "host" ? (place?.bucket ?? "") : decoded(raw)
  const [, scheme] = /^((?:s3a?|s3n|gs|https?|oss|cos|b2|r2|file):)(?:\/\/.{0,200})?$/i.exec(name) ?? []
  if (scheme !== undefined) {
    return {
      detail: `The bucket name begins with "${scheme}". The bucket was configured as an address, ${scheme}//name, instead of its bare name.`,
    }
  }
  if (/^arn:aws/i.test(name)) {
    return { detail: `The request contains an ARN in place of the bucket's name: ${name.slice(0, 80)}.` }
  }
  if (!isNative && place?.style === "path" && /%2f/i.test(raw)) {
    return {
      detail: `The first segment of the path is ${name}. The bucket was configured with a folder after its name, and the slash was encoded as %2F. The folder is a prefix of the key, not part of the bucket's name.`,
    }
  }
  if (/^(?:undefined|null|none|nan|\[object object\]|\$\{?[a-z_]+\}?|<[a-z_ -]+>|\{\{?[a-z_ ]+\}?\})$/i.test(name)) {
    return { detail: `The bucket is named ${name}: the variable or setting for the bucket's name has no value.` }
  }
  return undefined
}

/** The fault in a Host header. `undefined` if the Host header is valid. */
export const hostFlaw = (host: string): string | undefined => {
  if (host === "") return "is empty"
  if (/^[a-z]{2,6}:\/\//i.test(host)) return "has a scheme in it"
  if (/^\[\d{1,3}(?:\.\d{1,3}){3}\]/.test(host))
    return "contains an IPv4 address in brackets, which are only for IPv6 addresses"
  if (host.includes("/")) return "has a path in it"
  if (/\s/.test(host)) return "has a space in it"
  if (/^[^[\]]{1,255}:\d{1,5}:\d{1,5}$/.test(host)) return "has two ports"
  const port = /^[^:]{1,255}:([^:]{0,20})$/.exec(host)?.[1]
  return port !== undefined && !/^\d{1,5}$/.test(port) ? "has a port that is not a number" : undefined
}
