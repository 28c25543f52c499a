/**
 * Classifies hosts: whether a host belongs to a private network, and which proxy is in front of the storage.
 */
import type { S3Answer } from "../answer.ts"

/** The host without the default port of its scheme. */
export const withoutDefaultPort = (host: string): string => host.toLowerCase().replace(/:(?:80|443)$/, "")

/** A host without its port. */
export const nameOf = (host: string): string => host.toLowerCase().replace(/:\d{1,5}$/, "")

/**
 * The kind of a host name that is known only in a private network: loopback (RFC 6761), private addresses (RFC 1918, RFC
 * 4193), names without a dot such as container names, and suffixes that are reserved for such networks.
 */
export const internal = (host: string): string | undefined => {
  const name = nameOf(host)
  if (name === "" || name.includes("[hidden-")) return undefined
  if (/^(?:localhost|.{1,200}\.localhost|127\.[\d.]{5,11}|\[::1\])$/.test(name)) return "a loopback name"
  if (/^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)[\d.]{3,11}$|^\[f[cd]/.test(name))
    return "a private address"
  if (/^[a-z0-9_-]{1,63}$/.test(name)) return "the name of a container or a machine on the local network"
  return /\.(?:internal|local|lan|home\.arpa|corp|intranet|docker|svc|cluster\.local)$/.test(name)
    ? "a host name on an internal network"
    : undefined
}

/** The names of proxies, by their `Server` header. None of these servers is a storage service. */
const proxies: ReadonlyArray<readonly [shape: RegExp, name: string]> = [
  [/^(?:nginx|openresty|tengine)\b/i, "nginx"],
  [/^caddy\b/i, "Caddy"],
  [/^apache\b/i, "Apache"],
  [/^(?:istio-)?envoy\b/i, "Envoy"],
  [/^traefik\b/i, "Traefik"],
  [/^haproxy\b/i, "HAProxy"],
  [/^varnish\b/i, "Varnish"],
  [/^microsoft-(?:iis|azure-application-gateway)\b/i, "IIS"],
  [/^awselb\b/i, "an AWS load balancer"],
  [/^litespeed\b/i, "LiteSpeed"],
]

/** The intermediary in front of the storage, identified by the response headers; excludes the storage's own front end. */
export const proxyOf = ({ answer }: { readonly answer: S3Answer }): string | undefined => {
  const via = answer.header("via") ?? ""
  if (answer.header("x-amz-cf-id") !== undefined || /\(CloudFront\)/.test(via)) return "CloudFront"
  const server = answer.header("server") ?? ""
  const named = proxies.find(([shape]) => shape.test(server))?.[1]
  if (named !== undefined) return named
  return /\b(?:Caddy|nginx|varnish|squid|haproxy|kong|google)\b/i.exec(via)?.[0]
}

/** Whether a host belongs to CloudFront. */
export const isCloudFront = (host: string): boolean => nameOf(host).endsWith(".cloudfront.net")

/** Hosts of storage services that are operated by their vendor, so no proxy of the customer is in front of them. */
export const isVendor = (host: string): boolean => vendors.test(nameOf(host))

const vendors =
  /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|cloudflarestorage\.com|r2\.dev|backblazeb2\.com|wasabisys\.com|digitaloceanspaces\.com|scw\.cloud|ovh\.(?:net|us)|aliyuncs\.com|myqcloud\.com|tencentcos\.cn|myhuaweicloud\.(?:com|eu)|googleapis\.com|storage\.cloud\.google\.com|oraclecloud\.com|customer-oci\.com|appdomain\.cloud|supabase\.(?:co|in)|linodeobjects\.com|vultrobjects\.com|your-objectstorage\.com|storjshare\.io|yandexcloud\.net|volces\.com|bcebos\.com)$/
