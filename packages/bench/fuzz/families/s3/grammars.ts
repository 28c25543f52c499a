/**
 * The grammars of requests to S3 and of its responses.
 */
import * as PostPolicy from "@holdfast/s3/PostPolicy"
import * as G from "../../grammar.ts"

const prolog = G.one(
  "",
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  "<!DOCTYPE a [<!ENTITY x 'y'>]>",
  "<!-- a -->",
  "\ufeff",
  "  ",
)
export const element = (name: G.Grammar) => (random: Parameters<G.Grammar>[0]) => {
  const of = name(random)
  return `<${of}${G.one("", ' a="b"', " xmlns='c'")(random)}>${G.one(G.value, G.seq("<![CDATA[", G.value, "]]>"), "<a>b</a>")(random)}</${of}>`
}
const named = G.one(
  "Code",
  "Message",
  "RequestId",
  "HostId",
  "Resource",
  "StringToSign",
  "CanonicalRequest",
  "Condition",
  "ns:Code",
  "__proto__",
  G.word,
)
const xml: G.Grammar = G.seq(
  prolog,
  G.one("<Error>", "<ErrorResponse><Error>", "<s:Error a='b'>", "<html>"),
  G.some(element(named), 8),
  G.one("</Error>", "", "</Error></ErrorResponse>"),
)
const json = G.members({ Code: G.string(G.known), Message: G.string(G.value), Error: G.json(2) })
const page = G.seq(
  "<html><head><title>403</title></head><body><ul>",
  G.some(G.seq("<li>", named, ": ", G.value, "</li>"), 6),
  "</ul>",
)
export const answer = G.one(xml, xml, json, page, G.value)

const condition = G.one(
  G.members({ key: G.string(G.value), bucket: G.string(G.word) }),
  G.seq(
    '["',
    G.one("eq", "starts-with", "content-length-range", G.word),
    '","',
    G.one("$key", "$x-amz-meta-a", "0"),
    '",',
    G.json(1),
    "]",
  ),
)
const base64 =
  (grammar: G.Grammar): G.Grammar =>
  (random) =>
    PostPolicy.toBase64(grammar(random))
export const policyText = G.seq('{"expiration":"', G.date, '","conditions":[', G.some(condition, 6, ","), "]}")
export const policy = G.one(base64(policyText), policyText, G.word)
export const parameter = G.one(
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Signature",
  "X-Amz-Security-Token",
  "Expires",
  "Signature",
  "AWSAccessKeyId",
  G.word,
)
export const url = G.seq(
  G.one("https://b.s3.amazonaws.com/", "http://127.0.0.1:9000/", "", "//"),
  G.word,
  "?",
  G.some(G.seq(parameter, "=", G.value), 8, "&"),
)
export const xmlFrames = [
  ["<Error><Code>", "</Code></Error>"],
  ["<Error><Code>a\nb", "</Code></Error>"],
  ["<Error>", "</Error>"],
  ["<Error><Message>", ""],
  ["<?xml version='1.0'?><Error a='", "'><Code>A</Code></Error>"],
  ["<!DOCTYPE a [", "]><Error/>"],
  ["<ErrorResponse ", "><Error>"],
  ["<html><li>Code: ", "</li>"],
] as const
export const policyFrames = [
  ['{"conditions":[["starts-with","$key","', '"]]}'],
  ['{"conditions":[{"', '":"a"}]}'],
] as const
