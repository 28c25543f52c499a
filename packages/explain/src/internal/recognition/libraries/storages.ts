/**
 * Describes exceptions in formats that are specific to one storage service, from libraries and tools such as rclone and b2sdk
 * for Backblaze B2, Google's libraries, aiohttp, and Oracle's SDKs.
 */
import type { Shape } from "./shape.ts"

const b2 = "https://api.backblazeb2.com/b2api/v2"
const google = "https://storage.googleapis.com/storage/v1"

/** Maps B2's error codes to statuses, for libraries that do not print the status. */
const statusesOfB2: Readonly<Record<string, string>> = {
  bad_request: "400",
  bad_auth_token: "401",
  expired_auth_token: "401",
  unauthorized: "401",
  cap_exceeded: "403",
  storage_cap_exceeded: "403",
  transaction_cap_exceeded: "403",
  download_cap_exceeded: "403",
  not_found: "404",
  no_such_file: "404",
  file_not_present: "404",
  request_timeout: "408",
  too_many_requests: "429",
  service_unavailable: "503",
}

const codesOfB2 = Object.keys(statusesOfB2).join("|")

const ofGoogle = (status: string | undefined, message: string | undefined) => ({
  error: { code: Number(status), message, errors: [{ domain: "global", reason: "", message }] },
})

export const storages: ReadonlyArray<Shape> = [
  {
    of: "rclone, with Backblaze B2",
    url: b2,
    pattern: new RegExp(`(?:^|: )([^\\n:]{1,300}) \\(([45]\\d\\d) (${codesOfB2}|[a-z]{3,20}_[a-z_]{3,30})\\)`, "m"),
    kept: ([, message, status, code]) => ({ status, body: { code, message, status: Number(status) } }),
  },
  {
    of: "a tool of Backblaze B2",
    url: `${b2}/b2_authorize_account`,
    pattern: /\b(unable to authorize account): {0,3}\((?:unauthorized|bad_auth_token)\)/,
    kept: ([, message]) => ({ status: "401", body: { code: "unauthorized", message, status: 401 } }),
  },
  {
    of: "a library of Backblaze B2",
    url: b2,
    pattern: new RegExp(`(?:^|: )([^\\n:]{0,300}?) ?\\((${codesOfB2})\\)`, "m"),
    kept: ([, message, code = ""]) => ({
      status: statusesOfB2[code],
      body: { code, message, status: Number(statusesOfB2[code]) },
    }),
  },
  {
    of: "a Backblaze B2 library for Go (restic)",
    url: b2,
    pattern: /\bb2_[a-z_]{3,40}: ([45]\d\d): ([^\n]{3,400})/,
    kept: ([, status, message = ""]) => {
      const code = Object.keys(statusesOfB2).find((one) => statusesOfB2[one] === status) ?? "bad_request"
      return { status, body: { code, message, status: Number(status) } }
    },
  },
  {
    of: "a Google Cloud Storage library",
    url: google,
    pattern: /([^\s:"]{3,200} does not have (?:serviceusage|resourcemanager)\.[\w.]{3,60} access to [^\n"]{3,200}?)(?= status_code|"|$)/m,
    kept: ([, message]) => ({ status: "403", body: ofGoogle("403", message) }),
  },
  {
    of: "Supabase's library for Dart",
    url: "https://project.supabase.co/storage/v1/object/",
    pattern: /\bStorageException\(message: ([^\n]{2,500}), statusCode: (\d{3}), error: ([^\n)]{0,100})\)/,
    kept: ([, message, status, error]) => ({ status, body: { statusCode: status, error, message } }),
  },
  {
    of: "Google's library for Python",
    url: google,
    pattern: /\b(\d{3}) (?:GET|HEAD|PUT|POST|PATCH|DELETE) (https:\/\/(?:storage|www)\.googleapis\.com\/(?:upload\/|download\/)?storage\/v1\/[^\s"'`<>]{1,4000}): ([^\n{<]{2,500})/,
    kept: ([, status, url, message]) => ({ status, url, body: ofGoogle(status, message?.trim()) }),
  },
  {
    of: "aiohttp, with Google Cloud Storage",
    url: google,
    pattern: /ClientResponseError: ([45]\d\d), message=["'](?:[A-Z][A-Za-z ]{2,30}: )?([^"'\n]{1,500})["'], url=(?:URL\()?["'](https:\/\/[\w.-]{1,60}\.googleapis\.com\/[^"'\s]{1,4000})/,
    kept: ([, status, message, url]) => ({ status, url, body: ofGoogle(status, message) }),
  },
  {
    of: "Google's library for resumable uploads",
    url: `${google}/b/-/o?uploadType=resumable`,
    pattern: /(Invalid request\. {1,3}(?:The number of bytes uploaded is required|According to the Content-Range header|There were \d{1,20} byte)[^\n]{0,400})/,
    kept: ([, message]) => ({ status: "400", body: ofGoogle("400", message) }),
  },
  {
    of: "Oracle's SDK for Java",
    url: "https://objectstorage.us-ashburn-1.oraclecloud.com/n",
    pattern: /\bBmcException: \((\d{3}), (\w{1,80}), (?:true|false)\) ([^\n]{1,500}?)(?: \(opc-request-id: [^)\n]{1,200}\))?(?:\n|$)/,
    kept: ([, status, code, message]) => ({ status, body: { code, message } }),
  },
  {
    of: "Oracle's SDK",
    url: "https://objectstorage.us-ashburn-1.oraclecloud.com/n",
    pattern: /\bServiceError:?\s{0,20}\{(?=[^{}]{0,4000}["']code["']: ["'](\w{1,80})["'])(?=[^{}]{0,4000}["']status["']: (\d{3}))(?=[^{}]{0,4000}["']message["']: (?:"([^"\n]{0,500})"|'([^'\n]{0,500})'))/,
    kept: ([, code, status, double, single]) => ({ status, body: { code, message: double ?? single } }),
  },
] // prettier-ignore
