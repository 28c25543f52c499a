/**
 * Long inputs of one shape: a repeated short text in a place that a reader examines.
 */
import type { Reader } from "./Reader.ts"

/** An input of any length. */
export interface Shape {
  readonly name: string
  readonly make: (length: number) => string
}

/** Repetitions that slow down some reader, through a quantifier, a lookahead or a search for an end. */
const units = [
  "a", "A", "1", " ", "\t", "\n", "\r\n", "a ", "a\n", "a    ", "word ", "aB", "aB1", "é", "\u{1f600}", "\ud800", "\u200b", "\u202e", "\0", "\u001b[",
  "<", ">", "<a>", "</a>", "<a", "<a ", "<a b=", "<a/>", "<!--", "<!--a-->", "-->", "<?", "<?a?>", "<!", "<![CDATA[", "<![CDATA[a]]>", "]]>",
  "<Code>", "<Error>", "<Error><Code>", "<Part>", "<Part><ETag>", "<li>", "<li>a:", "<script>", "<title>", "</script>",
  "&", "&amp;", "&#65;", "&#x41;", "&#", "&amp", "\"", "'", "\\", "\\\\", "\\\"", "\\u0041", "\\u", "\\ud83d",
  "{", "[", "{\"a\":", "[[", "]", "}", "\"a\":\"b\",", "\"a\",", ",", ":", ", ", ": ", "null,", "1,",
  "%", "%2", "%41", "%25", "%2525", "=", "a=", "a=b&", "&a", "?", "?a=", "?a=b ", ";", "; ", "a;", ";a=", ";a=b", "#", "@", "a@", ":a@",
  "/", "../", "//", "://", "http://", "https://a/b?c=d ", "-", "--", "--b\r\n", "--b--", "- ", "_", ".", "..", "a.", "a-", "a_",
  "a: b\n", "> a: b\n", "< a: b\n", "* a\n", "> \n", "HTTP/1.1 200 OK\n", "HTTP/1.1 200\n\n", "Content-Disposition: form-data; name=\"a\"\r\n\r\n", "name=\"",
  "curl ", "-H 'a: b' ", "-F a=b ", "-H ", "'a' ", "$'", "\\\n", "^\n",
  "token:", "token=", "token ", "secret: ", "password: a ", "Bearer ", "Bearer a ", "Basic  ", "eyJ", "eyJa.", ".eyJa", "AKIA", "AKIAIOSFODNN7",
  "hidden-", "[hidden-", "[hidden-1:2]", "[hidden-1", "aGlkZGVu", "aGlkZGVuLT", "abcdefgh", "abcdefgh ", "A1b2C3d4", "A1b2C3d4E5f6G7h8 ",
  "Mon, ", "GMT ", "1h", "1 h ", "P1D", "T", "Z", "0", "00", "0.", "-1", "+", "e1", "1.2.3-", "W/\"", "*", "**", "$", "${", "${filename}", "(", ")", "()", "|", "`",
] // prettier-ignore

const repeat = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, Math.max(0, length))

/** All shapes that a reader is tested with. */
export const of = ({ frames = [], units: own = [] }: Reader): ReadonlyArray<Shape> =>
  [["", ""] as const, ...frames].flatMap(([before, after]) =>
    [...own, ...units].flatMap((unit) =>
      ["", "x"].map((end) => ({
        name: `${JSON.stringify(unit)}${end === "" ? "" : " and x"}${before + after === "" ? "" : ` in ${JSON.stringify(`${before}…${after}`)}`}`,
        make: (length: number) =>
          before + repeat(unit, length - before.length - end.length - after.length) + end + after,
      })),
    ),
  )
