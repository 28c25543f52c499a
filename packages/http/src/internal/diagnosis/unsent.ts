/**
 * Lists messages from clients that refuse to send a request, each with its meaning and its row in the transport table.
 */

/** A client's message and its meaning. */
interface Unsent {
  readonly pattern: RegExp
  readonly key: string
  /** In sentences. */
  readonly meaning: (text: string) => string
}

/** The first matching entry applies. */
const table: ReadonlyArray<Unsent> = [
  {
    // Node, Go, requests, http.client, aiohttp, OkHttp, .NET, Java, hyper, fetch.
    pattern:
      /invalid character in header|ERR_INVALID_CHAR|invalid header (?:field )?value|invalid header name b?['"]|InvalidHeaderValue|is not valid header value|failed to parse header value|(?:leading whitespace|return character).{0,80}header|new-?line characters are not allowed in header|unexpected char 0x[\da-f]{1,8} at \d{1,6} in|illegal character.{0,40}header|header (?:field )?value (?:can not|cannot|must not|can't) (?:include|contain)|request headers must contain only ASCII|invalid (?:http header|control) characters|to a ByteString|non ISO-8859-1 code point|non ascii characters found in S3 metadata/i,
    key: "UND_ERR_INVALID_ARG",
    meaning: (text) =>
      `A header's value holds a character that no header may have: one that is not ASCII (names of files and metadata have to be encoded, with percent signs for instance), or the line end (newline) of what was copied into it.${
        /authorization|AWS4-HMAC|bearer|\bAWS \S/i.test(text)
          ? " It is Authorization: a key, secret or token came with its line end from a file, an environment variable or a secret (echo instead of echo -n)."
          : ""
      }`,
  },
  {
    pattern: /duplex (?:option|member) (?:is required|must be)|duplex.{0,40}must be specified/i,
    key: "UND_ERR_INVALID_ARG",
    meaning: () => 'The body is a stream, and fetch accepts a stream only with the option duplex: "half".',
  },
  {
    pattern: /GET\/HEAD method cannot have body|body not allowed for GET/i,
    key: "UND_ERR_INVALID_ARG",
    meaning: () => "fetch does not send a body with GET or HEAD.",
  },
  {
    pattern: /larger than maxBodyLength|ERR_FR_MAX_BODY_LENGTH_EXCEEDED/i,
    key: "EncodeError",
    meaning: () =>
      "The body exceeds the client's own limit (maxBodyLength in axios and follow-redirects, 10 MB by default): raise the limit, or send large files in parts.",
  },
  {
    // Go, undici, Java (AWS SDK v1 and v2), Apache, OkHttp, .NET, hyper.
    pattern:
      /ContentLength=\d{1,18} with Body length \d{1,18}|body length does not match content-length|request content was only \d{1,18} bytes|data read has a different length than the expected|(?:insufficient|too many) (?:data|bytes) written|expected \d{1,18} bytes but received \d{1,18}|request content bytes, but Content-Length promised|would exceed (?:the )?Content-Length|more data than specified in the Content-Length|payload claims content-length/i,
    key: "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
    meaning: () =>
      "If the client read too few bytes or none, an earlier attempt or a digest calculation had already consumed the stream, which was not rewound to its start.",
  },
]

const find = (text: string): Unsent | undefined => table.find(({ pattern }) => pattern.test(text))

/** Returns the key of the transport row for a failure whose text states that the request was not sent. */
export const keyOf = (text: string): string | undefined => find(text)?.key

/** The maximum number of characters that are searched in the text of a failure. */
const longest = 2000

/** Returns the meaning of a failure's text in complete sentences. */
export const meaningOf = (text: string): string | undefined => {
  const words = text.slice(0, longest)
  return find(words)?.meaning(words)
}
