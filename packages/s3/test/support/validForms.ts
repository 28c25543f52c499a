/**
 * Valid forms from separate code: nothing here uses the modules under test.
 */
import type { FormPart, Request } from "@holdfast/diagnosis/Exchange"

/** A source of numbers that is the same in every run (mulberry32). */
export const numbers = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    below,
    chance: (p: number): boolean => next() < p,
    pick: <A>(all: ReadonlyArray<A>): A => all[below(all.length)] as A,
    letters: (length: number, alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"): string =>
      Array.from({ length }, () => alphabet[below(alphabet.length)]).join(""),
    shuffled: <A>(all: ReadonlyArray<A>): Array<A> => {
      const copy = [...all]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1)
        ;[copy[i], copy[j]] = [copy[j] as A, copy[i] as A]
      }
      return copy
    },
  }
}

export type Numbers = ReturnType<typeof numbers>

/** A form before it is written, which a test of a broken one changes. */
export interface Draft {
  version: 2 | 4
  url: string
  headers: Record<string, string> | undefined
  /** The fields before the file; the value of `policy` is written last. */
  before: Array<[name: string, value: string]>
  after: Array<[name: string, value: string]>
  file: { name: string; filename?: string; size?: number; type?: string }
  expiration: string
  conditions: Array<unknown>
  /** The signing time, by the local clock. */
  at: number | undefined
  session: boolean
}

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64")

/** The request of a draft. */
export const request = (draft: Draft): Request => {
  const policy = encode(JSON.stringify({ expiration: draft.expiration, conditions: draft.conditions }))
  const part = ([name, value]: [string, string]): FormPart => ({
    name,
    value: name.toLowerCase() === "policy" && value === "POLICY" ? policy : value,
  })
  return {
    method: "POST",
    url: draft.url,
    ...(draft.headers === undefined ? {} : { headers: draft.headers }),
    form: [...draft.before.map(part), draft.file, ...draft.after.map(part)],
  }
}

const pad = (n: number): string => String(n).padStart(2, "0")

export const basic = (millis: number): string => {
  const date = new Date(millis)
  return (
    `${date.getUTCFullYear()}${pad(date.getUTCMonth() + 1)}${pad(date.getUTCDate())}` +
    `T${pad(date.getUTCHours())}${pad(date.getUTCMinutes())}${pad(date.getUTCSeconds())}Z`
  )
}

const hex = "0123456789abcdef"
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** One valid form. */
export const draft = (r: Numbers): Draft => {
  const version = r.chance(0.7) ? 4 : 2
  const isSdk = version === 4 && r.chance(0.4)
  const session = r.chance(0.5)
  const bucket = r.pick(["talks", "rushes-2026", "my.dotted.bucket", `b${r.below(1e6)}x`])
  const region = r.pick([
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "ap-northeast-1",
    ...(version === 4 ? ["eu-central-1"] : []),
  ])
  const url = r.pick([
    `https://${bucket}.s3.amazonaws.com/`,
    `https://${bucket}.s3.${region}.amazonaws.com/`,
    `https://s3.${region}.amazonaws.com/${bucket}`,
    `https://s3.dualstack.${region}.amazonaws.com/${bucket}/`,
    `http://127.0.0.1:7480/${bucket}`,
    `https://storage.example.org/${bucket}`,
    `https://${bucket}.minio.example.net/`,
    `https://uploads.example.com/`,
  ])
  const at = Date.UTC(2026, r.below(12), 1 + r.below(28), r.below(24), r.below(60), r.below(60))
  const signed = at - r.below(3_600_000) + (r.chance(0.1) ? 600_000 : 0)
  const until = at + 1000 + r.below(7 * 86_400_000)
  const iso = new Date(until).toISOString()
  const keyId = session
    ? r.chance(0.7)
      ? `ASIA${r.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`
      : r.letters(19)
    : r.chance(0.8)
      ? `AKIA${r.letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`
      : r.pick(["minioadmin", "GK31c2f218a2e44f485b94239e", "root"])
  const conditions: Array<unknown> = []
  const fields: Array<[string, string]> = []
  const cased = (name: string): string => (r.chance(0.1) ? name.toUpperCase() : name)
  const exact = (name: string, value: string): void => {
    const shown = cased(name)
    conditions.push(r.chance(0.5) ? { [shown]: value } : [r.pick(["eq", "EQ"]), `$${shown}`, value])
  }
  const begins = (name: string, value: string): void => {
    const length = r.pick([0, 1, Math.floor(value.length / 2), value.length])
    // Half of a surrogate pair is not a prefix that a signer writes.
    conditions.push([
      "starts-with",
      `$${cased(name)}`,
      [...value]
        .slice(0, length)
        .join("")
        .replace(/\p{Surrogate}$/u, ""),
    ])
  }
  const either = (name: string, value: string): void => (r.chance(0.5) ? exact(name, value) : begins(name, value))
  const add = (name: string, value: string): void => void fields.push([name, value])

  if (isSdk && r.chance(0.8)) add("bucket", bucket)
  exact("bucket", bucket)

  const filename = r.pick([
    "clip.mov",
    "C:\\footage\\clip.mov",
    "Фильм №1.mp4",
    "日本.mov",
    "a b+c%20.mxf",
    "x".repeat(120),
  ])
  const prefix = r.pick(["", "up/", "users/é/", "2026/11/21/", `${r.letters(36, `${hex}-`)}/`, `${r.letters(48)}/`])
  const named = r.chance(0.3)
  const key =
    prefix + (named ? "${filename}" : r.pick(["talk.mov", "ролик.mp4", `${r.letters(40)}.mov`, "a,b;c=d&e.mov"]))
  add("key", key)
  if (named) conditions.push(["starts-with", "$key", prefix])
  else either("key", key)

  if (r.chance(0.5)) {
    const type = r.pick(["video/quicktime", "image/png", "image/jpg,image/gif,image/png", "text/plain; charset=utf-8"])
    add(r.pick(["Content-Type", "content-type"]), type)
    if (r.chance(0.5)) exact("Content-Type", type)
    else conditions.push(["starts-with", "$Content-Type", r.pick(["", `${type.split("/")[0]}/`])])
  }
  for (let n = r.below(4); n > 0; n--) {
    const name = `x-amz-meta-${r.pick(["tag", "Owner", "take", "camera-id"])}${n}`
    const value = r.pick([
      "",
      "A",
      "Zürich 🎬",
      "1,2,3",
      r.letters(30),
      r.letters(60),
      "a  b",
      "Bearer abcdefgh",
      "%41%2F",
    ])
    add(name, value)
    either(name, value)
  }
  if (r.chance(0.3)) {
    add("acl", "public-read")
    either("acl", "public-read")
  }
  if (r.chance(0.3)) {
    add("success_action_status", "201")
    exact("success_action_status", "201")
  }
  if (r.chance(0.2)) {
    const target = "https://example.org/done?take=1&token=abcdefghij"
    add("success_action_redirect", target)
    either("success_action_redirect", target)
  }
  if (r.chance(0.1)) {
    const tags = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>"
    add("tagging", tags)
    exact("tagging", tags)
  }
  if (r.chance(0.1)) {
    add("x-amz-server-side-encryption", "AES256")
    exact("x-amz-server-side-encryption", "AES256")
  }
  if (r.chance(0.3)) add(`x-ignore-${r.pick(["note", "Name"])}`, r.pick(["", "whatever", "x".repeat(5000)]))

  const size = r.below(10_000_000)
  if (r.chance(0.5)) conditions.push(["content-length-range", r.below(size + 1), size + r.below(1000)])

  const proof: Array<[string, string]> = []
  const title = (name: string): string =>
    isSdk ? name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase()) : name
  const put = (name: string, value: string, isSigned = true): void => {
    proof.push([title(name), value])
    if (isSigned) exact(name, value)
  }
  if (version === 4) {
    put("x-amz-algorithm", "AWS4-HMAC-SHA256")
    put("x-amz-credential", `${keyId}/${basic(signed).slice(0, 8)}/${region}/s3/aws4_request`)
    put("x-amz-date", basic(signed))
  } else {
    proof.push(["AWSAccessKeyId", keyId])
  }
  if (session) put("x-amz-security-token", r.letters(200 + r.below(900), base64) + "==")
  proof.push([title("policy"), "POLICY"])
  proof.push(
    version === 4 ? [title("x-amz-signature"), r.letters(64, hex)] : ["signature", `${r.letters(27, base64)}=`],
  )

  const file: Draft["file"] = { name: r.chance(0.05) ? "File" : "file", size }
  if (named || r.chance(0.9)) file.filename = filename
  if (r.chance(0.5)) file.type = r.pick(["video/quicktime", "application/octet-stream"])
  const after: Array<[string, string]> = r.chance(0.2) ? [[r.pick(["submit", "x-extra", "filename"]), "Upload"]] : []
  return {
    version,
    url,
    headers: r.chance(0.5)
      ? {
          host: new URL(url).host,
          "content-type": `multipart/form-data; boundary=${r.pick(["----WebKitFormBoundary7MA4YWxkTrZu0gW", '"a b"', "XbOuNd"])}`,
          "content-length": String(size + 2000),
        }
      : undefined,
    before: r.shuffled([...fields, ...proof]),
    after,
    file,
    expiration: r.chance(0.5) ? iso : iso.replace(/\.\d+Z$/, "Z").replace(/:\d\dZ$/, ":59Z"),
    conditions: r.shuffled(conditions),
    at: r.chance(0.8) ? at : undefined,
    session,
  }
}
