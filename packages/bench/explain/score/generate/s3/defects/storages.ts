/**
 * Defects specific to storages or features: what a vendor lacks, where the bucket must be, and how encryption, locks, access
 * and parts are requested.
 */
import * as Refusals from "../refusals.ts"
import { isV4, type Defect, type World } from "../World.ts"
import { set, valueOf, type Refusal, type Wire } from "../wire.ts"

const isPut = ({ kind }: World): boolean => kind === "put4" || kind === "header4"
const at =
  (...names: ReadonlyArray<string>) =>
  (world: World): boolean =>
    names.includes(world.dialect.name)
const amazon = at("s3", "wasabi")

const refuse = (refusal: Refusal) => (world: World) => {
  world.storage.refusal ??= refusal
}

/** A header that is signed and sent, and the storage's objection to it. */
const header = (pairs: Readonly<Record<string, string>>, refusal: Refusal) => (world: World) => {
  for (const [name, value] of Object.entries(pairs)) set(world.plan.headers, name, value)
  const holds = ({ headers, query }: Wire) =>
    Object.keys(pairs).some((name) => [headers, query].some((one) => valueOf(one, name) !== undefined))
  world.storage.refusal ??= { ...refusal, holds }
}

const arn = "arn:aws:iam::111122223333:user/signer"

const key = {
  "x-amz-server-side-encryption-customer-algorithm": "AES256",
  "x-amz-server-side-encryption-customer-key": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
  "x-amz-server-side-encryption-customer-key-MD5": "rS0Gn8ivJ8hE7Fx2hS2hJw==",
}

export const storages: ReadonlyArray<Defect> = [
  {
    name: "checksum-header-not-taken",
    codes: ["HF-S3-BODY-015", "HF-S3-BODY-014"],
    fits: (world) => at("b2")(world) && isPut(world),
    before: header(
      { "x-amz-checksum-crc32": "q8l1Xg==", "x-amz-sdk-checksum-algorithm": "CRC32" },
      Refusals.make(
        "checksum",
        400,
        "InvalidArgument",
        "Unsupported header 'x-amz-checksum-crc32' received for this API call.",
      ),
    ),
  },
  {
    name: "parts-not-of-one-length",
    codes: ["HF-S3-MPU-008"],
    fits: (world) => at("r2")(world) && world.kind === "complete4",
    before: refuse(Refusals.make("parts", 400, "InvalidPart", "All non-trailing parts must have the same length.")),
  },
  {
    name: "acceleration-off",
    codes: ["HF-S3-PLACE-009"],
    fits: (world) => at("s3")(world) && world.kind === "put4",
    before: (world) => {
      world.plan.host = "s3-accelerate.amazonaws.com"
      world.storage.refusal ??= Refusals.make(
        "acceleration",
        400,
        "InvalidRequest",
        "S3 Transfer Acceleration is not configured on this bucket",
      )
    },
  },
  {
    name: "bucket-elsewhere",
    codes: ["HF-S3-PLACE-002"],
    fits: at("s3"),
    before: (world) => {
      world.storage.busy ??= Refusals.make(
        "elsewhere",
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
        { Endpoint: `${world.bucket}.s3-eu-west-3.amazonaws.com`, Bucket: world.bucket },
      )
    },
  },
  {
    name: "public-access-blocked",
    codes: ["HF-S3-PERM-009", "HF-S3-PERM-002", "HF-S3-PERM-001"],
    fits: (world) => at("s3")(world) && isPut(world),
    before: header(
      { "x-amz-acl": "public-read" },
      Refusals.make(
        "denied",
        403,
        "AccessDenied",
        `User: ${arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::takes/in/a.mp4" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.`,
      ),
    ),
  },
  {
    name: "tags-denied",
    codes: ["HF-S3-PERM-004", "HF-S3-PERM-001"],
    fits: (world) => at("s3")(world) && isPut(world),
    before: header(
      { "x-amz-tagging": "reel=A001" },
      Refusals.make(
        "denied",
        403,
        "AccessDenied",
        `User: ${arn} is not authorized to perform: s3:PutObjectTagging on resource: "arn:aws:s3:::takes/in/a.mp4" because no identity-based policy allows the s3:PutObjectTagging action`,
      ),
    ),
  },
  {
    name: "tags-not-valid",
    codes: ["HF-S3-SVC-022"],
    fits: (world) => amazon(world) && isPut(world),
    before: header(
      { "x-amz-tagging": "aws:reel=A001" },
      Refusals.make("tag", 400, "InvalidTag", "System tags cannot be added/updated by requester"),
    ),
  },
  {
    name: "acl-not-valid",
    codes: ["HF-S3-SVC-023"],
    fits: (world) => amazon(world) && isPut(world),
    before: header(
      { "x-amz-acl": "public" },
      Refusals.make("acl", 400, "InvalidArgument", "", { ArgumentName: "x-amz-acl", ArgumentValue: "public" }),
    ),
  },
  {
    name: "lock-without-configuration",
    codes: ["HF-S3-SVC-024"],
    fits: (world) => amazon(world) && isPut(world),
    before: header(
      { "x-amz-object-lock-mode": "COMPLIANCE", "x-amz-object-lock-retain-until-date": "2027-11-29T00:00:00Z" },
      Refusals.make("lock", 400, "InvalidRequest", "Bucket is missing Object Lock Configuration"),
    ),
  },
  {
    name: "customer-key-of-another-object",
    codes: ["HF-S3-SVC-020", "HF-S3-SVC-030"],
    fits: (world) => amazon(world) && (world.kind === "get4" || world.kind === "part4"),
    before: header(
      key,
      Refusals.make(
        "encryption",
        400,
        "InvalidRequest",
        "The provided encryption parameters did not match the ones used originally.",
      ),
    ),
  },
  {
    name: "kms-key-disabled",
    codes: ["HF-S3-SVC-020"],
    fits: (world) => amazon(world) && isPut(world),
    before: header(
      { "x-amz-server-side-encryption": "aws:kms" },
      Refusals.make(
        "kms",
        400,
        "KMS.DisabledException",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled.",
      ),
    ),
  },
  {
    name: "key-too-long",
    codes: ["HF-S3-PLACE-006"],
    fits: isV4,
    before: (world) => {
      world.key = `in/${"k".repeat(1030)}`
      world.storage.refusal ??= Refusals.make("keyLength", 400, "KeyTooLongError", "Your key is too long", {
        Size: "1033",
        MaxSizeAllowed: "1024",
      })
    },
  },
  {
    name: "part-number-out-of-range",
    codes: ["HF-S3-MPU-002"],
    fits: ({ dialect, kind }) => kind === "part4" && dialect.name !== "ceph" && dialect.name !== "spaces",
    before: (world) => {
      set(world.plan.query, "partNumber", "10001")
      world.storage.refusal ??= Refusals.make(
        "partNumber",
        400,
        "InvalidArgument",
        "Part number must be an integer between 1 and 10000, inclusive",
        { ArgumentName: "partNumber", ArgumentValue: "10001" },
      )
    },
  },
  {
    name: "list-empty",
    codes: ["HF-S3-MPU-003"],
    fits: ({ kind }) => kind === "complete4",
    before: refuse(
      Refusals.make(
        "xml",
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
      ),
    ),
    after: (wire, { storage }) => {
      wire.body = "<CompleteMultipartUpload></CompleteMultipartUpload>"
      wire.size = wire.body.length
      // Signed as it was sent: only the list is wrong.
      storage.busy ??= storage.refusal
    },
  },
  {
    name: "account-suspended",
    codes: ["HF-S3-PERM-010"],
    fits: at("ceph", "spaces", "wasabi"),
    before: (world) => {
      world.storage.busy ??= at("wasabi")(world)
        ? Refusals.make("suspended", 403, "AccountProblem", "There is a problem with your account.")
        : Refusals.make("suspended", 403, "UserSuspended", "")
    },
  },
  {
    name: "storage-full",
    codes: ["HF-S3-SVC-007"],
    fits: (world) => at("ceph", "minio", "spaces")(world) && isPut(world),
    before: (world) => {
      world.storage.refusal ??= at("minio")(world)
        ? Refusals.make(
            "full",
            507,
            "XMinioStorageFull",
            "Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.",
          )
        : Refusals.make("full", 403, "QuotaExceeded", "")
    },
  },
  {
    name: "digest-not-signed",
    codes: ["HF-S3-SIGN-001"],
    fits: (world) => at("s3", "minio")(world) && world.kind === "header4",
    after: ({ headers }) => {
      if (valueOf(headers, "Content-MD5") === undefined) headers.push(["Content-MD5", "q0jocDd+XZ++EWY5SeIpsA=="])
    },
  },
]
