/**
 * The addresses of vendors' own APIs, whose paths contain the bucket and the key. Plain data.
 */
import { decoded } from "../decoded.ts"

/** The host of a vendor's own API, and a path pattern for the bucket (group 1) and the key (group 2). */
interface Api {
  readonly host: RegExp
  readonly path: RegExp
}

const apis: ReadonlyArray<Api> = [
  {
    // Google Cloud Storage, "JSON API: request endpoints".
    host: /^(?:www|storage|content-storage)\.googleapis\.com$/,
    path: /^\/(?:(?:resumable\/)?upload\/|download\/)?storage\/v1(?:\/b(?:\/([^/]+)(?:\/o(?:\/(.*))?)?)?)?/,
  },
  {
    // Cloud Storage for Firebase.
    host: /^firebasestorage\.googleapis\.com$/,
    path: /^\/v0\/b\/([^/]+)\/o(?:\/(.*))?/,
  },
  {
    // Oracle Object Storage, "Object Storage Service API".
    host: /(?:^|\.)objectstorage\.[a-z0-9-]+\.(?:oraclecloud|oci\.customer-oci)\.com$/,
    path: /^(?:\/p\/[^/]+)?\/n(?:\/[^/]+(?:\/b(?:\/([^/]+)(?:\/[ou](?:\/(.*))?)?)?)?)?/,
  },
  {
    // Backblaze B2, "Download file by name".
    host: /^(?:f\d{3}|api\d{0,3})\.backblazeb2\.com$/,
    path: /^\/(?:file\/([^/]+)(?:\/(.*))?|b2api\/)/,
  },
  {
    // Supabase Storage.
    host: /^[a-z0-9]+\.(?:storage\.)?supabase\.(?:co|in|red|net)$/,
    path: /^\/storage\/v1\/(?:(?:object|render\/image)\/(?:(?:public|sign|authenticated|upload\/sign|info|list|copy|move)\/)*|bucket\/?)([^/]+)?(?:\/(.*))?/,
  },
]

/** The decoded bucket and key in the address of a vendor's own API. `undefined` for other addresses. */
export const placeOf = ({
  hostname,
  pathname,
}: URL): { readonly bucket: string | undefined; readonly key: string } | undefined => {
  const match = apis.find(({ host }) => host.test(hostname))?.path.exec(pathname)
  if (match === undefined || match === null) return undefined
  const [, bucket, key = ""] = match
  return { bucket: bucket === undefined ? undefined : decoded(bucket), key: decoded(key) }
}

/** Whether a host serves other services besides the storage, so that only the path identifies the storage. */
export const isShared = (hostname: string): boolean => /^(?:www\.googleapis\.com|.*\.supabase\.\w{2,3})$/.test(hostname)
