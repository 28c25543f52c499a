import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { codes, denied, explain, first, mismatch, mute, own, put, refused, url } from "../../../support/requests.ts"

const withHeader = (name: string, value: string) =>
  put({ url: url({ "X-Amz-SignedHeaders": `host;${name}` }), headers: { [name]: value, "Content-Length": "1000" } })

describe("a permission", () => {
  it("names the missing permission if the server names it", () => {
    for (const [message, action, code] of [
      [
        'User: arn:aws:iam::123456789012:user/app is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::talks/talk.mov" with an explicit deny in a resource-based policy',
        "s3:PutObject",
        "HF-S3-PERM-001",
      ],
      [
        "User: arn:aws:iam::123456789012:user/app is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:123456789012:key/x because no identity-based policy allows the kms:GenerateDataKey action",
        "kms:GenerateDataKey",
        "HF-S3-PERM-005",
      ],
      [
        "app@project.example.com does not have storage.objects.create access to the Google Cloud Storage object.",
        "storage.objects.create",
        "HF-S3-PERM-001",
      ],
    ] as const) {
      for (const request of [put(), own(), undefined]) {
        assert.strictEqual(explain(request, refused(403, "AccessDenied", message)).code, code)
        assert.include(explain(request, refused(403, "AccessDenied", message)).detail, action)
      }
      assert.strictEqual(first(put(), refused(403, "AccessDenied", message)), `${code} certain`)
    }
    const garage = refused(403, "AccessDenied", "Forbidden: Operation is not allowed for this key.")
    assert.strictEqual(first(put(), garage), "HF-S3-PERM-001 likely")
    assert.notInclude(codes(put(), mismatch), "HF-S3-PERM-001")
  })

  it("considers the permission for ACLs, tags or KMS likely to be missing if the request uses them", () => {
    for (const [name, value, code] of [
      ["x-amz-acl", "public-read", "HF-S3-PERM-002"],
      ["x-amz-tagging", "a=b", "HF-S3-PERM-004"],
      ["x-amz-server-side-encryption", "aws:kms", "HF-S3-PERM-005"],
    ] as const) {
      assert.strictEqual(first(withHeader(name, value), denied), `${code} likely`)
      assert.include(codes(withHeader(name, value), mute), code)
      assert.notInclude(codes(withHeader(name, value), mismatch), code)
      assert.notInclude(codes(put(), denied), code)
    }
    assert.notInclude(codes(withHeader("x-amz-acl", "private"), denied), "HF-S3-PERM-002")
    assert.notInclude(codes(withHeader("x-amz-server-side-encryption", "AES256"), denied), "HF-S3-PERM-005")
  })

  it("considers a missing permission the likely cause of a plain denial, and a possible cause of an error without a message", () => {
    assert.strictEqual(first(put(), denied), "HF-S3-PERM-007 likely")
    assert.include(explain(put(), denied).detail, "s3:PutObject")
    assert.strictEqual(first(put({ method: "GET" }), denied), "HF-S3-PERM-007 likely")
    assert.include(explain(put({ method: "GET" }), denied).detail, "list the bucket")
    // Ceph names the bucket only after it has read it, so it knows the caller.
    assert.strictEqual(first(put(), refused(403, "AccessDenied", "", { BucketName: "talks" })), "HF-S3-PERM-007 likely")
    assert.include(codes(put(), mute), "HF-S3-PERM-007")
    assert.strictEqual(explain(put(), mute).confidence, "possible")
    assert.strictEqual(first(undefined, denied), "HF-S3-PERM-007 possible")
  })
})

describe("other reasons for denied access", () => {
  it("attributes a denial to disabled ACLs", () => {
    for (const code of ["AccessControlListNotSupported", "InvalidBucketAclWithObjectOwnership"]) {
      assert.strictEqual(first(withHeader("x-amz-acl", "public-read"), refused(400, code)), "HF-S3-PERM-003 certain")
      assert.strictEqual(first(undefined, refused(400, code)), "HF-S3-PERM-003 certain")
    }
  })

  it("include locks", () => {
    const answer = refused(403, "AccessDenied", "Access Denied because object protected by object lock.")
    assert.strictEqual(first(put({ method: "DELETE" }), answer), "HF-S3-PERM-006 certain")
    assert.strictEqual(first(undefined, answer), "HF-S3-PERM-006 certain")
  })

  it("attributes a denial to a blocked account", () => {
    for (const code of ["UserSuspended", "AccountProblem", "NotSignedUp", "InvalidPayer"]) {
      assert.strictEqual(first(put(), refused(403, code)), "HF-S3-PERM-010 certain", code)
      assert.strictEqual(first(undefined, refused(403, code)), "HF-S3-PERM-010 certain", code)
    }
    assert.notInclude(codes(put(), denied), "HF-S3-PERM-010")
  })

  it("attributes a denial to a disabled bucket, which a copy may name by mistake", () => {
    const answer = refused(403, "AllAccessDisabled", "All access to this object has been disabled")
    assert.strictEqual(first(undefined, answer), "HF-S3-PERM-017 certain")
    const copy = put({ headers: { "x-amz-copy-source": "uploads/still.png", "Content-Length": "0" } })
    assert.include(explain(copy, answer).detail, '"uploads"')
  })

  it("derives the reason for a denial from the operation if an SDK preserved nothing else", () => {
    const request = (operation: string) => ({ operation })
    assert.include(explain(request("GetObjectTagging"), denied).detail, "s3:GetObjectTagging")
    assert.include(explain(request("PutBucketPolicy"), denied).detail, "Block Public Access")
    assert.include(explain(request("ListBuckets"), denied).detail, "s3:ListAllMyBuckets")
  })

  it("attributes a denial to the missing permission that lets Google sign for a service account", () => {
    const message = "Permission 'iam.serviceAccounts.signBlob' denied on resource (or it may not exist)."
    assert.strictEqual(first(undefined, refused(403, "AccessDenied", message)), "HF-S3-PERM-001 certain")
  })

  it("attributes a denial to another service that lacks permission to write to the bucket", () => {
    const message = "Access Denied for bucket: logs-in. Please check S3bucket permission"
    assert.include(explain(undefined, refused(400, "InvalidConfigurationRequest", message)).detail, "load balancer")
  })
})

describe("a Google Cloud KMS key", () => {
  it("explains that Google's service agent, not the caller, lacks access to the KMS key", () => {
    const message =
      "Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key."
    const body = JSON.stringify({
      error: { code: 403, message, errors: [{ message, domain: "global", reason: "forbidden" }] },
    })
    const explanation = Diagnosis.explain({
      request: {
        method: "POST",
        url: "https://storage.googleapis.com/upload/storage/v1/b/takes/o",
        headers: { authorization: "Bearer x" },
      },
      response: { status: 403, headers: { "content-type": "application/json" }, body },
    })
    assert.strictEqual(explanation.code, "HF-S3-PERM-005")
    assert.include(explanation.detail, "service agent")
  })
})
