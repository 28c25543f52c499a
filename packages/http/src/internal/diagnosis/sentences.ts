/**
 * Recognizes messages from clients that did not receive a response: browsers, curl, OpenSSL, Go, Java, Python, .NET, Windows,
 * macOS.
 */

/**
 * Restricts a pattern to messages about the server's certificate. Alerts are excluded, because an alert means that the server
 * rejected the client's certificate.
 */
const ofServer = ({ source }: RegExp): RegExp => new RegExp(`^(?!.*(?:\\balert|remote error)).*(?:${source})`, "is")

/** The first matching pattern determines the key. */
const sentences: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /Proxy response \(\d{3}\)|CONNECT tunnel failed|proxy tunnel request to proxy|Tunnel connection failed|tunneling socket could not be established, statusCode=[345]|HTTP code \d{3} from proxy|Proxy Authentication Required|ERR_PROXY_AUTH|ERR_TUNNEL_CONNECTION_FAILED/i,
    "PROXY_REFUSED_*",
  ],
  [
    /(?:cannot|unable to|failed to|could not|couldn't) (?:connect to|resolve|reach) (?:the )?proxy|proxyconnect tcp|tunneling socket could not be established, cause=|ERR_(?:PROXY_CONNECTION_FAILED|SOCKS_CONNECTION)|ERR_MANDATORY_PROXY|proxy server is refusing connections/i,
    "proxy unreachable",
  ],
  [/^(?:.{0,200}\s)?query[A-Z]\w{0,9} E[A-Z]/s, "EAI_*"],
  [
    /TOO_MANY_REDIRECTS|too many redirects|(?:maximum|exceeded) \(?\d{1,4}\)? redirects|redirect count exceeded|max(?:imum )?redirects? (?:followed|reached|exceeded)|redirected too many times|stopped after \d{1,4} redirects|redirect loop/i,
    "redirect loop",
  ],
  [
    /incorrect header check|Z_(?:DATA|BUF)_ERROR|unknown compression method|invalid (?:stored block|block type|distance too far|code lengths)|gzip: invalid header|not a gzip(?:ped)? file|not in gzip format|magic number in gzip|CONTENT_DECODING_FAILED|CONTENT_ENCODING_ERROR|failed to decode (?:it|response)|ContentDecodingError|curl: \(61\)|(?:unrecognized|bad|unsupported) content[- ]encoding|zlib: invalid header|flate: corrupt|brotli: |decompression failed|Error -3 while decompressing/i,
    "bad encoding",
  ],
  [
    /unexpected end of (?:JSON )?(?:input|data)|JSON Parse error: Unexpected EOF|No content to map due to end-of-input|End of input at line 1 column 1|input does not contain any JSON tokens|Expecting value: line 1 column 1 \(char 0\)$|JSON\.parse: unexpected end/i,
    "empty as data",
  ],
  [
    /unexpected token '?<|invalid character '<' looking for|'<' is an invalid start of a value|unexpected character encountered while parsing value: <|Expecting value: line 1 column 1|JSON Parse error: Unrecognized token '<'|got <.{0,20}instead of JSON/i,
    "page as data",
  ],
  [
    /App Transport Security|CLEARTEXT (?:communication|HTTP traffic)|NSURLErrorDomain Code=-1022|ERR_CLEARTEXT_NOT_PERMITTED/i,
    "plain http forbidden",
  ],
  [
    /certificate[_ ]required|alert bad certificate|bad[_ ]certificate|ERR_(?:BAD_SSL_CLIENT_AUTH_CERT|SSL_CLIENT_AUTH\w{1,30})|could not load (?:PEM )?client certificate|problem with the local (?:SSL|client) certificate|SSL_ERROR_(?:HANDSHAKE_FAILURE|BAD_CERT|RX_CERTIFICATE_REQUIRED)_ALERT/i,
    "client certificate",
  ],
  [
    /\b(?:certificate|EE|CA) key too (?:weak|small)|md too weak|WEAK_(?:SIGNATURE|KEY)|WeakSignature/i,
    "weak certificate",
  ],
  [
    /error setting certificate (?:verify locations|file)|unable to load (?:CA|root)|CAfile: \S{1,200}.{0,20}(?:not found|no such)|could not find a suitable TLS CA certificate bundle/i,
    "UNABLE_TO_*",
  ],
  [
    /ssl_connect:? .{0,60}(?:reset|closed|SYSCALL)|SSL connection could not be established.{0,400}(?:connection reset|forcibly closed|connection aborted)/is,
    "unfinished handshake",
  ],
  [
    /connection from (?:the )?pool|PoolAcquire(?:Timeout|PendingLimit)Exception|Pool#acquire\(|Connection is not available, request timed out|acquire operation took longer|QueuePool limit|pool (?:is )?exhausted/i,
    "pool",
  ],
  [
    /\btask timed out after [\d.]{1,10} seconds|Sandbox\.Timedout|FUNCTION_INVOCATION_TIMEOUT|reached the maximum request timeout|function execution took \d{1,9} ms.{0,30}timeout|timeout value of [\d:.]{1,20} was exceeded by function/i,
    "function limit",
  ],
  [
    /URL using bad\/illegal format|unsupported protocol scheme|no host in request URL|Invalid URL|MissingSchema|No scheme supplied|Failed to parse URL/i,
    "InvalidUrlError",
  ],
  [
    /\b(?:connect|socket|dial)\b.{0,80}\b(?:EMFILE|ENFILE|EADDRNOTAVAIL|EACCES|EPERM|WSAEACCES)\b|too many open files|cannot assign requested address/,
    "connect *",
  ],
  [/expired or is not yet valid: current time \S{1,40} is before/i, "CERT_NOT_YET_VALID"],
  [
    /certificate has expired|ERR_CERT_DATE_INVALID|CertificateExpired|NotTimeValid|SEC_E_CERT_EXPIRED/i,
    "CERT_HAS_EXPIRED",
  ],
  [/certificate is not yet valid|CertificateNotYetValid/i, "CERT_NOT_YET_VALID"],
  [ofServer(/expired certificate|certificate (?:is )?expired|EXPIRED_CERTIFICATE|EXPIRED_ISSUER/), "CERT_HAS_EXPIRED"],
  [ofServer(/certificate not yet valid/), "CERT_NOT_YET_VALID"],
  [
    ofServer(/certificate (?:is |was |has been )?revoked|revoked certificate|ERR_CERT_REVOKED|REVOKED_CERTIFICATE/),
    "CERT_REVOKED",
  ],
  [
    /altnames|(?:host ?name|ip address|name)[ _]?mismatch|(?:host ?name|certificate|subject|ip address)[^\n]{0,200}doesn't match|certificate is (?:not )?valid for|subject ?name.* match|subject alternative (?:dns |ip )?names?.{0,40}(?:match|found|present)|COMMON_NAME_INVALID|CERT_DOMAIN|NotValidForName|RemoteCertificateNameMismatch|host ?name \S{1,255} not verified|any IP SANs|legacy Common Name|SEC_E_WRONG_PRINCIPAL/i,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  [/self[- ]signed certificate in (?:certificate )?chain/i, "SELF_SIGNED_CERT_IN_CHAIN"],
  [/self[- ]?signed/i, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [
    /unable to (?:get|verify|find).*(?:certificate|issuer|path)|unknown authority|unknown[ _]?(?:ca|issuer)\b|CERTIFICATE_VERIFY_FAILED|certificate problem|ERR_CERT_AUTHORITY|ERR_CERT_INVALID|UntrustedRoot|PartialChain|UNTRUSTED_ROOT|PKIX path|Trust anchor for certification path|establish trust relationship|NET_ERR_CERT|remote certificate (?:is invalid|was rejected)|certificate for this server is invalid|certificate verify failed|not trusted/i,
    "UNABLE_TO_*",
  ],
  [
    /wrong version number|packet length too long|not look like a TLS handshake|record too long|unrecognized SSL message|server gave HTTP response to HTTPS client|determine the frame size|corrupted frame was received|unexpected packet format|Unsupported or unrecognized SSL|not an SSL\/TLS record|InvalidContentType|EPROTO.{0,80}wrong version|ERR_SSL_PROTOCOL_ERROR|RX_RECORD_TOO_LONG/i,
    "ERR_SSL_WRONG_VERSION_NUMBER",
  ],
  [/ssl.*http request|malformed HTTP response "\\x15/i, "ERR_SSL_HTTP_REQUEST"],
  [
    /Received HTTP\/0\.9|malformed HTTP (?:response|status|version)|Invalid HTTP response|INVALID_HTTP_RESPONSE|BadStatusLine\(?: ?["']?(?!["'])\S|bad status line|invalid HTTP (?:version|status-code|header) parsed|received an invalid status line|protocol violation\.? Section=Response|does not start with a valid HTTP version/i,
    "HPE_*",
  ],
  [
    /handshake[_ ]failure|unrecognized[_ ]name|legacy renegotiation|dh key too small|could not create SSL\/TLS secure channel/i,
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
  ],
  [
    /alert:? protocol[_ ]version|unsupported protocol|no protocols available|no appropriate protocol|VERSION_OR_CIPHER/i,
    "ERR_SSL_UNSUPPORTED_PROTOCOL",
  ],
  // CPython reads and writes in these lines of its source; its handshake is in those about 1000.
  [/EOF occurred in violation of protocol \(_ssl\.c:2\d{3}\)/, "EPIPE"],
  [
    /handshake.*(?:EOF|closed|reset|timeout|timed out)|terminated the handshake|during (?:the )?(?:tls |ssl )?handshake|SSL_ERROR_SYSCALL|EOF occurred in violation|unexpected EOF or 0 bytes|an SSL error has occurred and a secure connection/i,
    "unfinished handshake",
  ],
  [
    /unsupported protocol scheme|missing protocol scheme|first path segment in URL cannot contain colon|invalid url\b|bad\/illegal format|malformed.{0,20}\bURL|no scheme supplied|MissingSchema|only absolute URLs are supported|failed to parse URL|ERR_INVALID_URL|URI is not absolute|no host (?:in|given|supplied|specified)|Invalid URI: The/i,
    "InvalidUrlError",
  ],
  [
    /temporary failure in name resolution|server misbehaving|DNS_TIMED_OUT|\blookup \S{1,255}(?: on .{0,200}|: )(?:i\/o timeout|read udp)/i,
    "EAI_*",
  ],
  [
    /could ?n[o']t (?:be )?resolve|(?:failed|unable) to resolve (?:host|address|name|"|')|failed to resolve(?! (?:ref|reference|image|source|module|import|component|plugin|entry)\b)|failed host lookup|no address associated|:nxdomain\b|no such host|name or service not known|nodename nor servname|NAME_NOT_RESOLVED|UnknownHost|UnresolvedAddress|getaddrinfo(?!ReqWrap)|hostname could not be found|remote name could not be resolved/i,
    "ENOTFOUND",
  ],
  [
    /connect(?:ion)? ?time|CONNECTION_TIMED_OUT|dial tcp.*timeout|did not properly respond after a period|open TCP connection to .{1,200} \(execution expired\)|failed to connect to .{1,200} after \d{4,6} ?ms(?!:)|Net::OpenTimeout/i,
    "connect ETIMEDOUT",
  ],
  [
    /connection refused|CONNECTION_REFUSED|actively refused|:econnrefused\b|(?<!\[Errno \d{1,3}\] )connect call failed|failed to connect to (?:localhost|127\.0\.0\.1|\[?::1)/i,
    "ECONNREFUSED",
  ],
  [/broken pipe|send failure/i, "EPIPE"],
  [
    /reset by peer|connection reset|CONNECTION_RESET|CONNECTION_CLOSED|EMPTY_RESPONSE|socket hang up|other side closed|empty reply|remote(?: end)? ?(?:closed|disconnected)|connection aborted|server disconnected|forcibly closed|response ended prematurely|failed to respond|connection was lost|HTTP2_[A-Z_]{3,40}|QUIC_[A-Z_]{3,40}|NGHTTP2_[A-Z_]{3,40}|HTTP\/2 stream|GOAWAY|stream (?:error|was reset)|REFUSED_STREAM|IncompleteMessage|connection closed before|server closed idle connection|client connection lost|end of file reached|unexpected end of file from server|underlying connection was closed|expected to be kept alive was closed|(?:network )?connection (?:was )?lost\b|premature(?:ly)? closed|peer closed connection|remote party closed/i,
    "ECONNRESET",
  ],
  [/timed? ?out|timeout|time-out|deadline exceeded|execution expired|took too long/i, "RequestTimedOut"],
  [/unreachable|no route to host|INTERNET_DISCONNECTED|NETWORK_CHANGED|appears to be offline/i, "connect *"],
  [
    /^(?:TypeError: )?terminated$|premature close|INCOMPLETE_CHUNKED|CONTENT_LENGTH_MISMATCH|transfer closed|IncompleteRead|unexpected EOF|unexpected end of stream|premature end of|download (?:was )?incomplete/i,
    "TruncatedBody",
  ],
  [/(?:^|: )EOF(?:$|["'\s)])/, "ECONNRESET"],
  [
    /failed to fetch|\bload failed|NetworkError when|^(?:(?:Axios)?Error: |ERR_NETWORK: )?network ?error$|ERR_FAILED|CORS request did not succeed|^XMLHttpRequest error/i,
    "browser",
  ],
  [/fetch failed/i, "fetch failed"],
  [/abort|operation was cancell?ed|context cancell?ed/i, "UND_ERR_DESTROYED"],
]

/** Matches messages that report a failed TLS handshake without giving a reason. */
const handshake = /SSLHandshakeException|(?:ssl|tls)\b.{0,20}handshake (?:has )?failed/i

/** Matches messages that report a failed connection without giving a reason. */
const noConnection =
  /all connection attempts failed|is the computer able to access|unable to connect to the remote server|(?:failed|unable|could not|could ?n[o']t|cannot) (?:to )?connect\b|connection (?:attempt )?failed/i

/** Returns the key of the transport row for a message that does not give a reason. */
export const vagueOf = (text: string): string | undefined => {
  if (handshake.test(text)) return "EPROTO"
  return noConnection.test(text) ? "no connection" : undefined
}

/** Returns the key of the transport row for a message. */
export const keyOf = (text: string): string | undefined => sentences.find(([pattern]) => pattern.test(text))?.[1]

/** Matches console messages about CORS. Firefox prints "CORS request did not succeed" if there is no connection. */
const cors =
  /blocked by CORS policy|Cross-Origin Request Blocked|Access-Control-Allow-(?:Origin|Headers|Methods|Credentials)|due to access control checks|Preflight response is not successful|response (?:for|to) preflight|\bCORS (?:policy|header|preflight|error|Missing)/i

/** Matches console messages about requests that the browser blocked. */
const unsent =
  /violates the (?:following|document's) Content Security Policy|Refused to connect (?:to|because)|ERR_BLOCKED_BY_(?:CLIENT|CSP|ADMINISTRATOR|PRIVATE_NETWORK)|blocked:mixed-content|Mixed Content|(?:Blocked loading|Loading) mixed (?:\(insecure\) )?(?:active|display) content|not allowed to (?:run|display) insecure content|blocked by (?:the )?(?:client|content blocker)/i

/** Returns the key of the transport row for a request that the browser blocked. */
export const ofBrowser = (text: string): string | undefined => {
  if (unsent.test(text)) return "blocked by the page"
  return cors.test(text) && !/CORS request did not succeed/i.test(text) ? "CORS" : undefined
}

/**
 * Maps curl's exit codes to keys, for output that does not contain curl's message (curl.se/libcurl/c/libcurl-errors.html).
 */
const curl: Readonly<Record<string, string>> = {
  "1": "UND_ERR_NOT_SUPPORTED",
  "3": "InvalidUrlError",
  "5": "proxy unreachable",
  "6": "ENOTFOUND",
  "7": "no connection",
  "16": "ECONNRESET",
  "18": "TruncatedBody",
  "28": "RequestTimedOut",
  "35": "EPROTO",
  "47": "redirect loop",
  "51": "ERR_TLS_CERT_ALTNAME_INVALID",
  "52": "ECONNRESET",
  "55": "EPIPE",
  "56": "ECONNRESET",
  "58": "client certificate",
  "60": "UNABLE_TO_*",
  "77": "UNABLE_TO_*",
  "92": "ECONNRESET",
  "95": "ECONNRESET",
  "97": "proxy unreachable",
}

/**
 * Returns the key of the transport row for curl's exit code. For example, the output contains `curl: (6)` or `CURLcode = 6`.
 */
export const ofCurl = (text: string): string | undefined => {
  const [, code = ""] = /\b(?:curl: \(|CURLcode ?[=:] ?)(\d{1,2})\b/i.exec(text) ?? []
  return Object.hasOwn(curl, code) ? curl[code] : undefined
}
