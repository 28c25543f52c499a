/**
 * Defects that make the received request differ from the signed one, by the sender or in transit.
 */
import * as Chance from "../../chance.ts"
import { set, valueOf } from "../wire.ts"
import { isForm, isUpload, isUrl, isV4, type Defect, type World } from "../World.ts"

const isUrl4 = (world: World): boolean => isUrl(world) && isV4(world)
const isOwnServer = ({ dialect }: World): boolean => dialect.name === "minio" || dialect.name === "ceph"

/** A header that is not signed when it is added to a signed request. */
const stray = ["x-amz-acl", "x-amz-meta-note", "x-amz-storage-class"]

export const requests: ReadonlyArray<Defect> = [
  {
    name: "header-not-signed",
    codes: ["HF-S3-SIGN-001"],
    fits: (world) => isUpload(world) && isV4(world),
    after: ({ headers }, { random }) => {
      const name = random.pick(stray)
      if (valueOf(headers, name) === undefined) headers.push([name, "private"])
    },
  },
  {
    name: "signed-header-not-sent",
    codes: ["HF-S3-SIGN-002"],
    fits: (world) => isUpload(world) && isV4(world),
    before: ({ plan }) => {
      set(plan.headers, "x-amz-acl", "private")
    },
    after: ({ headers }) => {
      set(headers, "x-amz-acl", undefined)
    },
  },
  {
    name: "content-type-other",
    codes: ["HF-S3-SIGN-013"],
    fits: (world) => isUpload(world),
    before: ({ plan }) => {
      set(plan.headers, "Content-Type", "video/mp4")
    },
    after: ({ headers }, { random }) => {
      set(headers, "Content-Type", random.pick(["application/octet-stream", "application/x-www-form-urlencoded"]))
    },
  },
  {
    name: "content-type-not-sent",
    codes: ["HF-S3-SIGN-002", "HF-S3-SIGN-013"],
    fits: (world) => isUpload(world),
    before: ({ plan }) => {
      set(plan.headers, "Content-Type", "video/mp4")
    },
    after: ({ headers }) => {
      set(headers, "Content-Type", undefined)
    },
  },
  {
    name: "method-other",
    codes: ["HF-S3-SIGN-011", "HF-S3-PLACE-007"],
    fits: isUrl,
    after: (wire, { kind, random }) => {
      wire.method = kind === "get4" ? "HEAD" : kind === "head4" ? "GET" : random.pick(["POST", "GET"])
    },
  },
  {
    name: "form-to-a-url",
    codes: ["HF-S3-SIGN-011", "HF-S3-SIGN-012", "HF-S3-SIGN-013"],
    fits: (world) => world.kind === "put4",
    before: ({ plan }) => {
      set(plan.headers, "Content-Type", "video/mp4")
    },
    after: (wire, { random }) => {
      set(wire.headers, "Content-Type", `multipart/form-data; boundary=----WebKitFormBoundary${Chance.hex(random, 16)}`)
      wire.form = [{ name: "file", filename: "clip.mp4", size: wire.size, type: "video/mp4" }]
    },
  },
  {
    name: "path-twice",
    codes: ["HF-S3-SIGN-014"],
    fits: (world) => !isForm(world) && /[^\w./~-]/.test(world.key),
    after: (wire) => {
      wire.path = wire.path.replaceAll("%", "%25")
    },
  },
  {
    name: "parameter-added",
    codes: ["HF-S3-SIGN-015"],
    fits: isUrl4,
    after: ({ query }, { random }) => {
      const [name, value] = random.pick(["utm_source=mail", "t=1795284000", "download=1"]).split("=")
      query.push([name ?? "", value ?? ""])
    },
  },
  {
    name: "host-other",
    codes: ["HF-S3-SIGN-016", "HF-S3-SIGN-010"],
    fits: (world) => world.dialect.name === "s3" && !isForm(world) && isV4(world),
    after: (wire, { bucket, plan }) => {
      wire.host = `${bucket}.s3.dualstack.${plan.region}.amazonaws.com`
    },
  },
  {
    name: "proxy-changes-host",
    codes: ["HF-S3-SIGN-010", "HF-S3-SIGN-016"],
    fits: (world) => isOwnServer(world) && !isForm(world) && isV4(world),
    before: ({ front, plan }) => {
      plan.host = "files.example.net"
      front.push(["Server", "nginx/1.24.0"])
    },
    onTheWay: (wire, { random }) => {
      wire.host = random.pick(["127.0.0.1:9000", "minio:9000", "backend", "10.0.0.7:7480"])
    },
  },
  {
    name: "proxy-drops-port",
    codes: ["HF-S3-SIGN-010", "HF-S3-SIGN-016"],
    fits: (world) => isOwnServer(world) && !isForm(world) && isV4(world),
    before: ({ front, plan }) => {
      plan.host = "files.example.net:8443"
      front.push(["Server", "nginx/1.24.0"])
    },
    onTheWay: (wire) => {
      wire.host = "files.example.net"
    },
  },
  {
    name: "proxy-changes-path",
    codes: ["HF-S3-SIGN-010", "HF-S3-SIGN-016", "HF-S3-SIGN-022"],
    fits: (world) => (isOwnServer(world) || world.dialect.name === "s3") && !isForm(world) && isV4(world),
    before: ({ dialect, front, plan }) => {
      if (dialect.name === "s3") return
      plan.host = "files.example.net"
      front.push(["Server", "nginx/1.24.0"])
    },
    onTheWay: (wire, { bucket, random }) => {
      wire.path = random.pick([
        `/${bucket}${wire.path}`,
        `/storage${wire.path}`,
        wire.path.replace(/^\/[^/]+/, "") || "/",
      ])
    },
  },
  {
    name: "proxy-changes-type",
    codes: ["HF-S3-SIGN-010", "HF-S3-SIGN-013"],
    fits: (world) => isUpload(world) && isV4(world),
    before: ({ front, plan }) => {
      set(plan.headers, "Content-Type", "text/plain")
      front.push(["Via", "1.1 proxy.example.net"])
    },
    onTheWay: ({ headers }) => {
      set(headers, "Content-Type", "text/plain; charset=utf-8")
    },
  },
  {
    name: "signed-headers-malformed",
    codes: ["HF-S3-URL-009"],
    fits: (world) => isUrl4(world) && isUpload(world),
    before: ({ plan }) => {
      set(plan.headers, "Content-Type", "video/mp4")
    },
    after: ({ query }, { random }) => {
      const names = decodeURIComponent(valueOf(query, "X-Amz-SignedHeaders") ?? "").split(";")
      const text = random.pick([names.toReversed().join(";"), names.join(",")])
      set(query, "X-Amz-SignedHeaders", encodeURIComponent(text))
      // The signer signed the text as it is there, so that the server's text differs.
      const signature = valueOf(query, "X-Amz-Signature") ?? ""
      set(query, "X-Amz-Signature", [...signature].toReversed().join(""))
    },
  },
  {
    name: "body-without-length",
    codes: ["HF-S3-BODY-001", "HF-S3-POST-006"],
    fits: (world) => isUpload(world),
    after: (wire) => {
      wire.headers.push(["Transfer-Encoding", "chunked"])
    },
  },
]
