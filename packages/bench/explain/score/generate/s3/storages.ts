/**
 * The storages that speak S3: their hosts, keys, headers and documents, and their checks.
 *
 * Sources: the vendors' own pages on errors and compatibility (R2: developers.cloudflare.com/r2/api/error-codes; B2:
 * backblaze.com/docs/cloud-storage-s3-compatible-api; GCS: cloud.google.com/storage/docs/xml-api/reference-status; OSS:
 * alibabacloud.com/help/en/oss/developer-reference/error-responses; COS: cloud.tencent.com/document/product/436/7730; OBS:
 * support.huaweicloud.com/api-obs/obs_04_0115.html; IBM: cloud.ibm.com/apidocs/cos; OCI: docs.oracle.com, Object Storage
 * Amazon S3 Compatibility API), the sources of MinIO (cmd/api-errors.go) and Ceph (src/rgw/rgw_common.cc).
 */
import * as Chance from "../chance.ts"
import type { Dialect } from "./Dialect.ts"
import { amazonIds, amazonKey, cephIds, header, plainKey } from "./ids.ts"
import { words } from "./words.ts"

const standard = '<?xml version="1.0" encoding="UTF-8"?>\n'

const amazon: Dialect = {
  name: "s3",
  regions: ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1"],
  host: (region) => `s3.${region}.amazonaws.com`,
  inPath: false,
  keyId: amazonKey,
  ids: amazonIds,
  server: "AmazonS3",
  type: "application/xml",
  prolog: standard,
  lines: false,
  details: true,
  tokens: true,
  forms: true,
  version2: true,
  region: true,
  unsigned: true,
  future: true,
  words: {},
}

/** A storage like Ceph: no text besides the code, and neither region nor unsigned headers are checked. */
const ceph: Dialect = {
  ...amazon,
  name: "ceph",
  regions: ["default", "us-east-1"],
  host: (_, random) => `127.0.0.1:${random.pick([7480, 8000, 7580])}`,
  inPath: true,
  keyId: (random) => plainKey(random),
  ids: cephIds("default"),
  server: undefined,
  prolog: '<?xml version="1.0" encoding="UTF-8"?>',
  details: false,
  region: false,
  unsigned: false,
  future: false,
  words: words.ceph,
}

/** A storage with S3's texts without its details. */
const compatible: Dialect = { ...amazon, inPath: true, details: false, tokens: false, unsigned: false }

/** All storages. */
export const dialects: ReadonlyArray<Dialect> = [
  amazon,
  {
    ...compatible,
    name: "r2",
    regions: ["auto"],
    host: (_, random) => `${Chance.hex(random, 32)}.r2.cloudflarestorage.com`,
    keyId: (random) => Chance.hex(random, 32),
    ids: (random) => ({ headers: [["CF-RAY", `${Chance.hex(random, 16)}-FRA`]], elements: [] }),
    server: "cloudflare",
    prolog: '<?xml version="1.0" encoding="UTF-8"?>',
    forms: false,
    version2: false,
    words: words.r2,
  },
  {
    ...compatible,
    name: "b2",
    regions: ["us-west-004", "eu-central-003"],
    host: (region) => `s3.${region}.backblazeb2.com`,
    keyId: (random) => `004${Chance.hex(random, 12)}0000000001`,
    ids: (random) => {
      const id = Chance.hex(random, 16)
      return {
        headers: [
          ["x-amz-request-id", id],
          ["x-amz-id-2", Chance.letters(random, 34, Chance.plain)],
        ],
        elements: [],
      }
    },
    server: "nginx",
    prolog: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
    lines: true,
    forms: false,
    version2: false,
    words: words.b2,
  },
  {
    ...compatible,
    name: "gcs",
    regions: ["auto", "us-central1"],
    host: () => "storage.googleapis.com",
    keyId: (random) => `GOOG1E${Chance.letters(random, 48, Chance.upper)}EXAMPLE`,
    ids: (random) => ({
      headers: [["X-GUploader-UploadID", `AE${Chance.letters(random, 40, Chance.plain)}`]],
      elements: [],
    }),
    server: "UploadServer",
    type: "application/xml; charset=UTF-8",
    prolog: "<?xml version='1.0' encoding='UTF-8'?>",
    region: false,
    version2: false,
    forms: false,
    words: words.gcs,
  },
  {
    ...compatible,
    name: "minio",
    regions: ["us-east-1"],
    host: (_, random) => random.pick(["127.0.0.1:9000", "minio.example.net", "minio:9000"]),
    keyId: (random) => `minio-user-${Chance.hex(random, 4)}`,
    ids: header(
      "X-Amz-Request-Id",
      (random) => `17${Chance.letters(random, 14, Chance.hexadecimal).toUpperCase()}`,
      "RequestId",
    ),
    server: "MinIO",
    prolog: standard,
    version2: false,
    unsigned: true,
    words: words.minio,
  },
  ceph,
  {
    ...amazon,
    name: "wasabi",
    regions: ["us-east-1", "eu-central-1"],
    host: (region) => (region === "us-east-1" ? "s3.wasabisys.com" : `s3.${region}.wasabisys.com`),
    keyId: (random) => plainKey(random),
    server: "WasabiS3/7.19.4263 (head7)",
    tokens: false,
    words: words.wasabi,
  },
  {
    ...ceph,
    name: "spaces",
    regions: ["nyc3", "fra1"],
    host: (region) => `${region}.digitaloceanspaces.com`,
    inPath: false,
    keyId: (random) => `DO${Chance.letters(random, 11, Chance.upper)}EXAMPLE`,
    ids: cephIds("nyc3"),
    tokens: false,
    words: words.ceph,
  },
  {
    ...compatible,
    name: "scaleway",
    regions: ["fr-par", "nl-ams"],
    host: (region) => `s3.${region}.scw.cloud`,
    keyId: (random) => `SCW${Chance.letters(random, 10, Chance.upper)}EXAMPLE`,
    ids: header("x-amz-request-id", (random) => `txg${Chance.hex(random, 20)}`, "RequestId"),
    server: undefined,
    words: {},
  },
  {
    ...compatible,
    name: "ovh",
    regions: ["gra", "sbg"],
    host: (region) => `s3.${region}.io.cloud.ovh.net`,
    keyId: (random) => Chance.hex(random, 32),
    ids: header("x-amz-request-id", (random) => `tx${Chance.hex(random, 21)}`, "RequestId"),
    server: undefined,
    words: {},
  },
  {
    ...compatible,
    name: "ibm",
    regions: ["eu-de", "us-south"],
    host: (region) => `s3.${region}.cloud-object-storage.appdomain.cloud`,
    keyId: (random) => Chance.hex(random, 32),
    ids: (random) => {
      const id = Chance.uuid(random)
      return {
        headers: [
          ["X-Clv-Request-Id", id],
          ["x-amz-request-id", id],
        ],
        elements: [["RequestId", id]],
      }
    },
    server: "Cleversafe",
    prolog: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    version2: false,
    words: words.ibm,
  },
  {
    ...compatible,
    name: "oci",
    regions: ["us-ashburn-1", "eu-frankfurt-1"],
    host: (region) => `inventedspace.compat.objectstorage.${region}.oraclecloud.com`,
    keyId: (random) => Chance.hex(random, 40),
    ids: (random) => ({
      headers: [
        ["opc-request-id", `fra-1:${Chance.hex(random, 24)}`],
        ["x-api-id", "s3-compatible"],
      ],
      elements: [],
    }),
    server: undefined,
    forms: false,
    version2: false,
    words: words.oci,
  },
  {
    ...compatible,
    name: "oss",
    regions: ["oss-cn-beijing", "oss-eu-central-1"],
    host: (region) => `${region}.aliyuncs.com`,
    inPath: false,
    keyId: (random) => `LTAI5t${Chance.letters(random, 11, Chance.plain)}EXAMPLE`,
    ids: header("x-oss-request-id", (random) => Chance.hex(random, 24).toUpperCase(), "RequestId"),
    server: "AliyunOSS",
    lines: true,
    words: words.oss,
  },
  {
    ...compatible,
    name: "cos",
    regions: ["ap-guangzhou", "eu-frankfurt"],
    host: (region) => `cos.${region}.myqcloud.com`,
    inPath: false,
    keyId: (random) => `AKID${Chance.letters(random, 25, Chance.plain)}EXAMPLE`,
    ids: (random) => {
      const id = Chance.letters(random, 28, Chance.plain)
      return { headers: [["x-cos-request-id", id]], elements: [["RequestId", id]] }
    },
    server: "tencent-cos",
    lines: true,
    words: words.cos,
  },
  {
    ...compatible,
    name: "obs",
    regions: ["ap-southeast-1", "eu-west-101"],
    host: (region) => `obs.${region}.myhuaweicloud.com`,
    inPath: false,
    keyId: (random) => plainKey(random),
    ids: (random) => {
      const id = Chance.hex(random, 32).toUpperCase()
      return {
        headers: [
          ["x-obs-request-id", id],
          ["x-obs-id-2", Chance.letters(random, 32, Chance.base64)],
        ],
        elements: [["RequestId", id]],
      }
    },
    server: "OBS",
    prolog: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
    words: words.obs,
  },
  {
    ...compatible,
    name: "supabase",
    regions: ["eu-central-1", "us-east-1"],
    host: (_, random) => `${Chance.letters(random, 20, Chance.lower)}.supabase.co`,
    keyId: (random) => Chance.hex(random, 32),
    ids: (random) => ({ headers: [["sb-request-id", Chance.uuid(random)]], elements: [] }),
    server: "cloudflare",
    prolog: "",
    forms: false,
    version2: false,
    words: words.supabase,
  },
]
