/**
 * The addresses of buckets and objects.
 */

/** A bucket, the region whose endpoint holds it, or the address of another server. */
export interface Place {
  readonly bucket: string
  readonly region: string
  readonly endpoint?: string | URL | undefined
}

/** The address of a bucket. Another server gets the bucket as a path segment, Amazon as a part of the host if possible. */
export const ofBucket = ({ bucket, endpoint, region }: Place): string => {
  if (endpoint !== undefined) return `${spelled(`${endpoint}`).replace(/\/+$/, "")}/${bucket}`
  const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`
  // A dot in the name would need a certificate that Amazon does not have. Hosts have no capital letters; old buckets do.
  return /^[a-z0-9-]+$/.test(bucket) ? `https://${bucket}.${host}/` : `https://${host}/${bucket}`
}

/** An address as URLs spell it: the host in lower case, and without the default port. */
const spelled = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).href : endpoint)

/** Returns why no object has an address at a place, or `undefined`. Quotes nothing, because an endpoint may contain a password. */
export const problem = ({ bucket, endpoint, region }: Place): string | undefined => {
  if (!/^[a-z0-9][\w.-]*$/i.test(bucket)) return "the name of the bucket is invalid"
  if (!/^[a-z0-9][\w-]*$/i.test(region)) return "the name of the region is invalid"
  if (endpoint === undefined) return undefined
  const url = URL.canParse(`${endpoint}`) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) return "the endpoint is not an http or https URL"
  return url.username + url.password + url.search + url.hash === ""
    ? undefined
    : "the endpoint contains a password, a query or a fragment"
}

/** Encodes a value as the query of a signed request requires it: every byte that RFC 3986 reserves. */
const encodedValue = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)

/** Encodes a key as the path of a signed request requires it: like a value, except for slashes. */
const encoded = (key: string): string => encodedValue(key).replaceAll("%2F", "/")

/**
 * The address of an object at a place without a `problem`, or `undefined` if no URL can express the key: URLs resolve the path
 * segments `.` and `..`, and a lone surrogate has no encoding.
 */
export const ofObject = (place: Place, key: string): URL | undefined => {
  if (key === "" || /\p{Surrogate}/u.test(key)) return undefined
  const text = `${ofBucket(place).replace(/\/$/, "")}/${encoded(key)}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.href === text ? url : undefined
}

/** The address of a page of a listing, with its parameters in canonical order, or `undefined` if no URL can express it. */
export const ofListing = (place: Place, prefix: string, token: string | undefined): URL | undefined => {
  if (/\p{Surrogate}/u.test(prefix + (token ?? ""))) return undefined
  const parameters = [
    ...(token === undefined ? [] : [`continuation-token=${encodedValue(token)}`]),
    "encoding-type=url",
    "list-type=2",
    "max-keys=1000",
    `prefix=${encodedValue(prefix)}`,
  ]
  const text = `${ofBucket(place).replace(/\/$/, "")}/?${parameters.join("&")}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.href === text ? url : undefined
}
