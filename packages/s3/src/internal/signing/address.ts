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
  if (endpoint !== undefined) return `${`${endpoint}`.replace(/\/+$/, "")}/${bucket}`
  const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`
  // A dot in the name would need a certificate that Amazon does not have.
  return bucket.includes(".") ? `https://${host}/${bucket}` : `https://${bucket}.${host}/`
}

/** Encodes a key as the path of a signed request requires it: every byte that RFC 3986 reserves, except slashes. */
const encoded = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")

/**
 * The address of an object, or `undefined` if no URL can express it: URLs resolve the path segments `.` and `..`, and a lone
 * surrogate has no encoding.
 */
export const ofObject = (place: Place, key: string): URL | undefined => {
  if (/\p{Surrogate}/u.test(key) || !/^[\w.-]+$/.test(place.bucket)) return undefined
  const text = `${ofBucket(place).replace(/\/$/, "")}/${encoded(key)}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.href === text ? url : undefined
}
