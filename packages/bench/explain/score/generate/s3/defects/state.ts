/**
 * Defects of the storage's state: what it has, permits or currently cannot do, and what it finds in the body.
 */
import { completion } from "../build.ts"
import * as Refusals from "../refusals.ts"
import { set, valueOf, type Refusal, type Wire } from "../wire.ts"
import { isForm, isUpload, type Defect, type World } from "../World.ts"

const always = (): boolean => true
const isAmazon = ({ dialect }: World): boolean => dialect.name === "s3" || dialect.name === "wasabi"
const notForm = (world: World): boolean => !isForm(world)
const isPut = ({ kind }: World): boolean => kind === "put4" || kind === "header4"

const refuse = (refusal: Refusal) => (world: World) => {
  world.storage.refusal ??= refusal
}

const busy = (refusal: Refusal) => (world: World) => {
  world.storage.busy ??= refusal
}

const arn = "arn:aws:iam::111122223333:user/signer"

/** A header that is signed and sent, and the storage's objection to it. */
const header = (name: string, value: string, refusal: Refusal) => (world: World) => {
  set(world.plan.headers, name, value)
  const holds = ({ headers, query }: Wire) => [headers, query].some((pairs) => valueOf(pairs, name) === value)
  world.storage.refusal ??= { ...refusal, holds }
}

export const states: ReadonlyArray<Defect> = [
  {
    name: "bucket-missing",
    codes: ["HF-S3-PLACE-005"],
    fits: always,
    before: ({ storage }) => {
      storage.bucket = false
    },
  },
  {
    name: "version-4-only",
    codes: ["HF-S3-SIGN-020"],
    fits: ({ dialect, kind }) => dialect.name === "s3" && (kind === "put2" || kind === "post2"),
    before: (world) => {
      world.storage.region = "eu-central-1"
      world.plan.host = "s3.eu-central-1.amazonaws.com"
      world.storage.busy ??= Refusals.version4Only
    },
  },
  {
    name: "object-missing",
    codes: ["HF-S3-SVC-025"],
    fits: ({ kind }) => kind === "get4" || kind === "head4",
    before: ({ storage }) => {
      storage.object = false
    },
  },
  {
    name: "permission-missing",
    codes: ["HF-S3-PERM-007", "HF-S3-POST-063", "HF-S3-PERM-001"],
    fits: always,
    before: refuse(Refusals.denied),
  },
  {
    name: "permission-named",
    codes: ["HF-S3-PERM-001"],
    fits: (world) => isAmazon(world) && isPut(world),
    before: refuse(
      Refusals.make(
        "denied",
        403,
        "AccessDenied",
        `User: ${arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::takes/in/a.mp4" because no identity-based policy allows the s3:PutObject action`,
      ),
    ),
  },
  {
    name: "kms-denied",
    codes: ["HF-S3-PERM-005", "HF-S3-PERM-001"],
    fits: (world) => isAmazon(world) && isPut(world),
    before: header(
      "x-amz-server-side-encryption",
      "aws:kms",
      Refusals.make(
        "denied",
        403,
        "AccessDenied",
        `User: ${arn} is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab because no identity-based policy allows the kms:GenerateDataKey action`,
      ),
    ),
  },
  {
    name: "acl-denied",
    codes: ["HF-S3-PERM-002", "HF-S3-PERM-007"],
    fits: (world) => isAmazon(world) && isPut(world),
    before: header("x-amz-acl", "public-read", Refusals.denied),
  },
  {
    name: "acl-off",
    codes: ["HF-S3-PERM-003"],
    fits: (world) => isAmazon(world) && isPut(world),
    before: header(
      "x-amz-acl",
      "public-read",
      Refusals.make("acl", 400, "AccessControlListNotSupported", "The bucket does not allow ACLs"),
    ),
  },
  {
    name: "storage-class-unknown",
    codes: ["HF-S3-SVC-021"],
    fits: isPut,
    before: header(
      "x-amz-storage-class",
      "WARM",
      Refusals.make("class", 400, "InvalidStorageClass", "The storage class you specified is not valid", {
        StorageClassRequested: "WARM",
      }),
    ),
  },
  {
    name: "precondition",
    codes: ["HF-S3-SVC-006"],
    fits: isPut,
    before: header(
      "If-None-Match",
      "*",
      Refusals.make(
        "precondition",
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        {
          Condition: "If-None-Match",
        },
      ),
    ),
  },
  {
    name: "digest-of-other-bytes",
    codes: ["HF-S3-BODY-012"],
    fits: isPut,
    before: header(
      "Content-MD5",
      "XrY7u+Ae7tCTyyK7j1rNww==",
      Refusals.make("digest", 400, "BadDigest", "The Content-MD5 you specified did not match what we received.", {
        ExpectedDigest: "5eb63bbbe01eeed093cb22bb8f5acdc3",
        CalculatedDigest: "1B2M2Y8AsgTpgAmY7PhCfg==",
      }),
    ),
  },
  {
    name: "digest-in-hex",
    codes: ["HF-S3-BODY-011"],
    fits: isPut,
    before: header(
      "Content-MD5",
      "5eb63bbbe01eeed093cb22bb8f5acdc3",
      Refusals.make("digest", 400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {
        "Content-MD5": "5eb63bbbe01eeed093cb22bb8f5acdc3",
      }),
    ),
  },
  {
    name: "body-incomplete",
    codes: ["HF-S3-BODY-003"],
    fits: isUpload,
    before: refuse(
      Refusals.make(
        "incomplete",
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      ),
    ),
    after: (wire) => {
      set(wire.headers, "Content-Length", String(wire.size))
      wire.sent = wire.size >> 1
    },
  },
  {
    name: "body-stalled",
    codes: ["HF-S3-BODY-004", "HF-S3-BODY-003"],
    fits: isUpload,
    before: refuse(
      Refusals.make(
        "stalled",
        400,
        "RequestTimeout",
        "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
      ),
    ),
  },
  {
    name: "list-out-of-order",
    codes: ["HF-S3-MPU-004"],
    fits: ({ kind }) => kind === "complete4",
    before: refuse({
      ...Refusals.make(
        "order",
        400,
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      ),
      holds: ({ body }) => body !== completion,
    }),
    after: (wire) => {
      wire.body = completion.replace(/(<Part>.*?<\/Part>)(<Part>.*?<\/Part>)/, "$2$1")
    },
    onTheWay: (wire) => {
      wire.body = completion
    },
  },
  {
    name: "etag-other",
    codes: ["HF-S3-MPU-006"],
    fits: ({ kind }) => kind === "complete4",
    before: refuse(
      Refusals.make(
        "part",
        400,
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        {
          PartNumber: "2",
        },
      ),
    ),
  },
  {
    name: "upload-gone",
    codes: ["HF-S3-MPU-007"],
    fits: ({ kind }) => kind === "complete4" || kind === "part4",
    before: refuse(
      Refusals.make(
        "upload",
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      ),
    ),
  },
  {
    name: "part-too-small",
    codes: ["HF-S3-MPU-001"],
    fits: ({ kind }) => kind === "complete4",
    before: refuse(
      Refusals.make("small", 400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
        ProposedSize: "1048576",
        MinSizeAllowed: "5242880",
        PartNumber: "1",
      }),
    ),
  },
  {
    name: "conflict",
    codes: ["HF-S3-SVC-005"],
    fits: notForm,
    before: refuse(
      Refusals.make(
        "conflict",
        409,
        "OperationAborted",
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
      ),
    ),
  },
  {
    name: "slow-down",
    codes: ["HF-S3-SVC-002", "HF-S3-SVC-003", "HF-HTTP-LIMIT-005"],
    fits: always,
    before: busy(Refusals.make("slowDown", 503, "SlowDown", "Please reduce your request rate.")),
  },
  {
    name: "unavailable",
    codes: ["HF-S3-SVC-003"],
    fits: always,
    before: busy(Refusals.make("unavailable", 503, "ServiceUnavailable", "Service is not available")),
  },
  {
    name: "internal-error",
    codes: ["HF-S3-SVC-004"],
    fits: always,
    before: busy(
      Refusals.make("internal", 500, "InternalError", "We encountered an internal error. Please try again."),
    ),
  },
]
