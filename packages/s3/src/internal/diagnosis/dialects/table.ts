/**
 * S3-compatible storage services, with their hosts and the unique features of their responses. Plain data.
 */

export interface Dialect {
  /**
   * The storage's id in `vendor.system`. The id is `s3` for Amazon's storage, and for storage services without an id of their
   * own.
   */
  readonly system: string
  /** The storage's human-readable name, which is the same as its name in `StorageMarks`. */
  readonly name: string
}

/** A storage service with its hosts. */
export interface Row extends Dialect {
  /** Its hosts. Group 1 captures the bucket, if the host contains it, and group 2 captures the region. */
  readonly hosts: ReadonlyArray<RegExp>
}

/**
 * Amazon's hosts: `bucket.s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`, and hosts of access points and
 * accelerated buckets.
 */
export const amazon =
  /^(?:(.+)\.)?(?:s3|s3-fips|s3-accelerate|s3-accesspoint(?:-fips)?|s3-outposts|s3express-[a-z0-9-]+)(?:[.-](?:dualstack|fips))?(?:[.-]((?:[a-z]{2,3}-)(?:[a-z]+-)+\d))?\.amazonaws\.com(?:\.cn)?$/

/** A pattern for a service host that may be preceded by a bucket. */
const at = (service: string): RegExp => new RegExp(`^(?:(.+)\\.)?${service}$`)

/**
 * The storages.
 *
 * **Details**
 *
 * The hosts come from the vendors' documentation of their endpoints. The first matching row takes precedence.
 */
export const table = [
  { system: "s3", name: "Amazon S3", hosts: [amazon] },
  {
    system: "r2",
    name: "Cloudflare R2",
    hosts: [at("[^.]{20,64}(?:\\.(?:eu|us|fedramp))?\\.r2\\.cloudflarestorage\\.com"), /^pub-[^.]+\.r2\.dev$/],
  },
  {
    system: "b2",
    name: "Backblaze B2",
    hosts: [
      at("s3\\.([a-z]+-[a-z]+-\\d{3})\\.backblazeb2\\.com"),
      /^(?:f\d{3}|api\d{0,3})\.backblazeb2\.com$/,
      /^(?:pod-[\d-]+|api\d{0,3})\.backblaze(?:b2)?\.com$/,
    ],
  },
  {
    system: "gcs",
    name: "Google Cloud Storage",
    hosts: [
      at("(?:commondata)?storage(?:\\.([a-z]+-[a-z]+\\d+)\\.rep)?\\.googleapis\\.com"),
      /^(?:storage\.cloud\.google|(?:www|content-storage|firebasestorage)\.googleapis)\.com$/,
    ],
  },
  { system: "wasabi", name: "Wasabi", hosts: [at("s3(?:\\.([a-z]+-[a-z]+-\\d(?:-\\d)?))?\\.wasabisys\\.com")] },
  {
    system: "spaces",
    name: "DigitalOcean Spaces",
    hosts: [at("([a-z]{3}\\d)(?:\\.cdn)?\\.digitaloceanspaces\\.com")],
  },
  { system: "scaleway", name: "Scaleway Object Storage", hosts: [at("s3\\.([a-z]{2}-[a-z]{3})\\.scw\\.cloud")] },
  {
    system: "ovh",
    name: "OVHcloud Object Storage",
    hosts: [at("s3\\.([a-z0-9-]+)(?:\\.(?:io|perf))?\\.cloud\\.ovh\\.(?:net|us)")],
  },
  {
    system: "ibm",
    name: "IBM Cloud Object Storage",
    hosts: [
      at(
        "s3\\.(?:private\\.|direct\\.)?([a-z0-9-]+)\\.cloud-object-storage\\.(?:appdomain\\.cloud|test\\.appdomain\\.cloud)",
      ),
      at("s3[.-](?:api\\.)?([a-z0-9-]*)\\.?objectstorage\\.(?:softlayer|service\\.networklayer)\\.(?:net|com)"),
    ],
  },
  {
    system: "oci",
    name: "Oracle Object Storage",
    hosts: [
      // The label before `compat` is the tenancy's namespace, not a bucket.
      /^[^.]+\.compat\.objectstorage\.([a-z0-9-]+)\.(?:oraclecloud|oci\.customer-oci)\.com$/,
      at("vhcompat\\.objectstorage\\.([a-z0-9-]+)\\.oci\\.customer-oci\\.com"),
      /^(?:[^.]+\.)?objectstorage\.[a-z0-9-]+\.(?:oraclecloud|oci\.customer-oci)\.com$/,
    ],
  },
  {
    system: "oss",
    name: "Alibaba Cloud OSS",
    hosts: [at("(?:s3\\.)?(oss-[a-z0-9-]+?)(?:-internal)?\\.aliyuncs\\.com")],
  },
  {
    system: "cos",
    name: "Tencent COS",
    hosts: [
      at("cos\\.accelerate\\.(?:myqcloud\\.com|tencentcos\\.cn)"),
      at("cos(?:-internal)?\\.([a-z0-9-]+)\\.(?:myqcloud\\.com|tencentcos\\.cn)"),
    ],
  },
  {
    system: "obs",
    name: "Huawei OBS",
    hosts: [at("obs\\.([a-z0-9-]+)\\.(?:myhuaweicloud\\.(?:com|eu)|otc\\.t-systems\\.com)")],
  },
  {
    system: "supabase",
    name: "Supabase Storage",
    hosts: [/^[a-z0-9]+\.(?:storage\.)?supabase\.(?:co|in|red|net)$/],
  },
  {
    system: "azure",
    name: "Azure Blob Storage",
    hosts: [
      /^[a-z0-9]{3,24}(?:-secondary)?\.(?:z\d{1,2}\.)?(?:blob|dfs)\.(?:core|storage)\.(?:windows|azure|chinacloudapi|usgovcloudapi)\.(?:net|cn)$/,
    ],
  },
  { system: "cloudfront", name: "CloudFront", hosts: [/^[a-z0-9]+\.cloudfront\.net$/] },
  { system: "minio", name: "MinIO", hosts: [/^play\.min\.io$/] },
  { system: "ceph", name: "Ceph", hosts: [] },
  { system: "s3", name: "Garage", hosts: [] },
  { system: "s3", name: "SeaweedFS", hosts: [] },
  { system: "s3", name: "LocalStack", hosts: [at("(?:s3\\.)?localhost\\.localstack\\.cloud")] },
  { system: "s3", name: "Yandex Object Storage", hosts: [at("storage\\.yandexcloud\\.net")] },
  { system: "s3", name: "Akamai Object Storage", hosts: [at("([a-z]{2}-[a-z]+-\\d)\\.linodeobjects\\.com")] },
  { system: "s3", name: "Vultr Object Storage", hosts: [at("([a-z]{3}\\d)\\.vultrobjects\\.com")] },
  { system: "s3", name: "Hetzner Object Storage", hosts: [at("([a-z]{3}\\d)\\.your-objectstorage\\.com")] },
  { system: "s3", name: "Storj", hosts: [at("gateway\\.(?:[a-z0-9]+\\.)?storjshare\\.io")] },
  { system: "s3", name: "Volcengine TOS", hosts: [at("tos-s3-([a-z0-9-]+)\\.(?:i?volces)\\.com")] },
  { system: "s3", name: "Baidu BOS", hosts: [at("(?:s3\\.)?([a-z]{2,4})\\.bcebos\\.com")] },
  { system: "s3", name: "Tigris", hosts: [at("(?:fly\\.storage\\.tigris\\.dev|t3\\.storage(?:api)?\\.(?:dev|io))")] },
  {
    system: "s3",
    name: "IDrive e2",
    hosts: [/^[a-z0-9]{4}\.[a-z0-9]+\.idrivee2-\d{1,3}\.com$/, at("s3\\.([a-z]+-[a-z]+-\\d)\\.idrivee2\\.com")],
  },
  { system: "s3", name: "Internet Archive", hosts: [/^s3\.us\.archive\.org$/] },
  { system: "s3", name: "IONOS Object Storage", hosts: [at("s3[.-]([a-z]+-[a-z]+-\\d)\\.ionoscloud\\.com")] },
  { system: "s3", name: "Exoscale Object Storage", hosts: [at("sos-([a-z]{2}-[a-z]+-\\d)\\.exo\\.io")] },
  { system: "s3", name: "Contabo Object Storage", hosts: [at("([a-z]+\\d)\\.contabostorage\\.com")] },
  { system: "s3", name: "Cloudian HyperStore", hosts: [] },
  { system: "s3", name: "OpenStack Swift", hosts: [] },
  { system: "s3", name: "NetApp StorageGRID", hosts: [] },
  { system: "s3", name: "Dell ECS", hosts: [] },
] as const satisfies ReadonlyArray<Row>

/** The name of a storage service in the table. */
export type Name = (typeof table)[number]["name"]
