/**
 * Lists features that S3-compatible storage services lack, the pages that document this, and the requests that use these
 * features.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../facts.ts"

/** An S3 feature that a storage service can lack. */
export type Feature =
  | "acls"
  | "checksums"
  | "forms"
  | "kms"
  | "locks"
  | "path style"
  | "signed chunks"
  | "tags"
  | "version 2"
  | "versions"

const minio = "https://min.io/docs/minio/linux/reference/s3-api-compatibility.html"
const hetzner = "https://docs.hetzner.com/storage/object-storage/supported-actions/"
const r2 = "https://developers.cloudflare.com/r2/api/s3/api/"
const b2 = "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api"
const gcs = "https://cloud.google.com/storage/docs/interoperability"
const oci = "https://docs.oracle.com/en-us/iaas/Content/Object/Tasks/s3compatibleapi.htm"
const oss = "https://help.aliyun.com/en/oss/developer-reference/compatibility-with-amazon-s3"
const ossChunks = "https://www.alibabacloud.com/help/en/oss/user-guide/0017-00000804"
const supabase = "https://supabase.com/docs/guides/storage/s3/compatibility"
const garage = "https://garagehq.deuxfleurs.fr/documentation/reference-manual/s3-compatibility/"

/** The features that each storage service lacks, keyed by the service's name, each with its source. */
export const lacks: Readonly<Record<string, Readonly<Partial<Record<Feature, string>>>>> = {
  "Cloudflare R2": {
    acls: r2,
    forms: "https://developers.cloudflare.com/r2/api/s3/presigned-urls/",
    kms: r2,
    locks: r2,
    tags: r2,
    "version 2": "https://developers.cloudflare.com/r2/api/s3/tokens/",
    versions: r2,
  },
  "Backblaze B2": { checksums: b2, forms: b2, kms: b2, tags: b2, "version 2": b2 },
  "Google Cloud Storage": { checksums: gcs, "signed chunks": gcs, tags: gcs },
  "Oracle Object Storage": { acls: oci, checksums: oci, forms: oci, kms: oci, locks: oci, "version 2": oci },
  "Alibaba Cloud OSS": { checksums: oss, "path style": oss, "signed chunks": ossChunks },
  "Tencent COS": { "path style": "https://github.com/langgenius/dify/pull/2934" },
  "Huawei OBS": { "path style": "https://support.huaweicloud.com/intl/en-us/api-obs/obs_errorcode_0014.html" },
  "Supabase Storage": {
    acls: supabase,
    forms: supabase,
    kms: supabase,
    locks: supabase,
    tags: supabase,
    "version 2": supabase,
    versions: supabase,
  },
  "Volcengine TOS": { "path style": "https://github.com/iterative/dvc/issues/10256" },
  Garage: { acls: garage, kms: garage, locks: garage, tags: garage, "version 2": garage, versions: garage },
}

/** Bucket settings for which a storage service has no operation, as names of query parameters, with the source. */
const settings: Readonly<Record<string, { readonly names: ReadonlyArray<string>; readonly source: string }>> = {
  MinIO: {
    names: [
      "accelerate",
      "analytics",
      "cors",
      "intelligent-tiering",
      "inventory",
      "logging",
      "metrics",
      "ownershipControls",
      "publicAccessBlock",
      "requestPayment",
      "website",
    ],
    source: minio,
  },
  "Hetzner Object Storage": {
    names: [
      "accelerate",
      "analytics",
      "intelligent-tiering",
      "inventory",
      "logging",
      "metrics",
      "notification",
      "ownershipControls",
      "replication",
      "requestPayment",
      "restore",
      "select",
      "torrent",
      "website",
    ],
    source: hetzner,
  },
}

/** The page that documents that the storage lacks a feature. `undefined` if the storage has the feature or is unknown. */
export const lackOf = ({ dialect }: Pick<S3Facts, "dialect">, feature: Feature): string | undefined =>
  Object.hasOwn(lacks, dialect.name) ? lacks[dialect.name]?.[feature] : undefined

const headers: Readonly<Partial<Record<Feature, RegExp>>> = {
  acls: /^x-amz-(?:acl|grant-[a-z-]+)$/,
  checksums: /^x-amz-(?:checksum-[a-z0-9]+|sdk-checksum-algorithm|trailer)$/,
  kms: /^x-amz-server-side-encryption-aws-kms-key-id$/,
  locks: /^x-amz-object-lock-[a-z-]+$/,
  tags: /^x-amz-tagging$/,
}

const subresources: Readonly<Partial<Record<Feature, ReadonlyArray<string>>>> = {
  acls: ["acl"],
  locks: ["object-lock", "retention", "legal-hold"],
  tags: ["tagging"],
  versions: ["versioning", "versions", "versionId"],
}

/** Evidence that a request uses a feature. The evidence is empty if the request does not use the feature. */
export const asksFor = (facts: S3Facts, feature: Feature): ReadonlyArray<Evidence> => {
  const { exchange, form, header, query, url } = facts
  if (feature === "forms") {
    return form === undefined
      ? []
      : [{ at: "request.form", name: "form", observed: `${form.parts.length} fields`, expected: "PUT with the bytes" }]
  }
  if (feature === "signed chunks") {
    const hash = header("x-amz-content-sha256") ?? ""
    return hash.startsWith("STREAMING-")
      ? [{ at: "request.headers.x-amz-content-sha256", name: "x-amz-content-sha256", observed: hash }]
      : []
  }
  const pattern = headers[feature]
  const sent = Object.entries(exchange.request?.headers ?? {}).flatMap(([name, observed]) =>
    pattern?.test(name.toLowerCase()) === true ? [{ at: `request.headers.${name.toLowerCase()}`, name, observed }] : [],
  )
  const parameters = [...(url?.searchParams ?? [])].flatMap(([name, observed]) =>
    pattern?.test(name.toLowerCase()) === true ? [{ at: `request.url?${name}`, name, observed }] : [],
  )
  const asked = (subresources[feature] ?? []).flatMap((name) => {
    const observed = query(name)
    return observed === undefined ? [] : [{ at: `request.url?${name}`, name, observed }]
  })
  const encryption = header("x-amz-server-side-encryption")
  const isKms = feature === "kms" && encryption?.startsWith("aws:kms") === true && sent.length === 0
  return [
    ...sent,
    ...parameters,
    ...asked,
    ...(isKms
      ? [
          {
            at: "request.headers.x-amz-server-side-encryption",
            name: "x-amz-server-side-encryption",
            observed: encryption,
          },
        ]
      : []),
  ]
}

/** A feature that a request uses but the storage lacks. */
export interface Missing {
  /** The name of the feature in messages: `acls`, `the setting cors of a bucket`. */
  readonly feature: string
  readonly source: string
  readonly evidence: ReadonlyArray<Evidence>
}

/** All features that a request uses but the storage lacks. */
export const missing = (facts: S3Facts): ReadonlyArray<Missing> => [
  ...features.flatMap((feature) => {
    const source = lackOf(facts, feature)
    const evidence = source === undefined ? [] : asksFor(facts, feature)
    return source === undefined || evidence.length === 0 ? [] : [{ feature, source, evidence }]
  }),
  ...missingSettings(facts),
]

/**
 * The missing features for which a storage service documents or reports an error. The storage may silently ignore the other
 * features.
 */
const refuses: Readonly<Record<string, ReadonlyArray<Feature>>> = {
  "Cloudflare R2": ["acls", "forms", "kms", "locks", "tags"],
  "Backblaze B2": ["forms", "tags"],
}

/** Header values that a storage service accepts although it lacks the header's feature. */
const harmless = ({ name, observed }: Evidence): boolean => name.toLowerCase() === "x-amz-acl" && observed === "private"

/** Features that a request uses and that the storage is known to reject. */
export const refused = (facts: S3Facts): ReadonlyArray<Missing> => [
  ...((Object.hasOwn(refuses, facts.dialect.name) ? refuses[facts.dialect.name] : undefined) ?? []).flatMap(
    (feature) => {
      const source = lackOf(facts, feature)
      const evidence = asksFor(facts, feature).filter((one) => !harmless(one))
      return source === undefined || evidence.length === 0 ? [] : [{ feature, source, evidence }]
    },
  ),
  ...(facts.method === "PUT" ? missingSettings(facts) : []),
]

const missingSettings = ({ dialect, query }: S3Facts): ReadonlyArray<Missing> => {
  const { names, source } = (Object.hasOwn(settings, dialect.name) ? settings[dialect.name] : undefined) ?? {
    names: [],
    source: "",
  }
  return names.flatMap((name) => {
    const observed = query(name)
    return observed === undefined
      ? []
      : [
          {
            feature: `the setting ${name} of a bucket`,
            source,
            evidence: [{ at: `request.url?${name}`, name, observed }],
          },
        ]
  })
}

const features: ReadonlyArray<Feature> = [
  "forms",
  "acls",
  "checksums",
  "signed chunks",
  "kms",
  "locks",
  "tags",
  "versions",
]
