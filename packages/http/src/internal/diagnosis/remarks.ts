/**
 * Remarks that refine a cause, to append to its detail.
 */
import type { HttpFacts } from "./facts.ts"

/** A remark about a loopback address. */
export const localOf = ({ failure, url }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/(?:^|[\s[])::1\b/.test(text))
    return " localhost became ::1 (IPv6), and the server may listen on 127.0.0.1 alone: name 127.0.0.1, or let it listen on both."
  return /^(?:localhost|127\.\d+\.\d+\.\d+)$/.test(url?.hostname ?? "") || /127\.0\.0\.1/.test(text)
    ? " The address is this machine itself; inside a container it is the container, not its host or its neighbours."
    : ""
}

/** A remark about HTTP/2 or HTTP/3, if the failure's text names it. */
export const versionOf = ({ failure }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/QUIC/i.test(text))
    return " It was a connection of HTTP/3 (QUIC, over UDP), which some networks and firewalls break: without HTTP/3 the request may pass."
  if (/too_many_pings/i.test(text))
    return " The server says too_many_pings: the client sends keepalive pings more often than the server permits (gRPC: keepalive time below the server's minimum, 5 minutes unless it is set)."
  return /http\/?2|h2 |GOAWAY|curl: \(92\)|REFUSED_STREAM/i.test(text)
    ? " The HTTP/2 stream was ended by the server or by an intermediary: a limit, a restart, or a fault of its HTTP/2; with HTTP/1.1 (curl --http1.1) the request may pass, or show the real error."
    : ""
}

/** A remark about a limit of the operating system, or a call that it rejected. */
export const localTrouble = ({ failure }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/EMFILE|ENFILE|too many open files/.test(text))
    return " This program has no file descriptors left: connections are not closed."
  if (/EADDRNOTAVAIL|assign requested address/.test(text)) return " No local port or address is left for it."
  return /EACCES|EPERM/.test(text)
    ? " The operating system forbids it: a local firewall or antivirus, or an app without the permission for the network."
    : ""
}

/** A remark about the reason why a handshake failed. */
export const handshakeOf = ({ failure }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/unrecognized[_ ]name/i.test(text)) return " The server has no site for the name in the handshake (SNI)."
  if (/renegotiation/i.test(text))
    return " The server is too old for OpenSSL 3: it knows no secure renegotiation (RFC 5746)."
  return /dh key too small/i.test(text) ? " The key exchange (DH) of the server is too weak for this client." : ""
}

/** Products that intercept TLS, as certificate issuers and messages name them. */
const interceptors =
  /zscaler|netskope|fortinet|fortigate|palo ?alto|blue ?coat|symantec|sophos|forcepoint|websense|mcafee|umbrella|kaspersky|avast|bitdefender|\beset\b|mitmproxy|charles|fiddler|burp/i

/** A remark about the certificate chain. */
export const chainOf = ({ failure }: HttpFacts): string => {
  const text = failure?.text ?? ""
  const [product] = interceptors.exec(text.slice(0, 2000)) ?? []
  if (product !== undefined)
    return ` ${product} intercepts the traffic of this network or machine and signs it with its own certificate.`
  const key = `${failure?.key ?? ""} ${text.slice(0, 2000)}`
  if (/SELF_SIGNED_CERT_IN_CHAIN|self[- ]signed certificate in (?:certificate )?chain/i.test(key))
    return " The chain ends in a root of its own: that of a proxy that inspects the traffic, or of a private authority."
  if (/DEPTH_ZERO|self[- ]?signed/i.test(key)) return " The certificate is signed by itself."
  if (/UNABLE_TO_VERIFY_LEAF|first certificate|PartialChain|incomplete/i.test(key))
    return " The server sends its own certificate without the intermediate one, as a rule; browsers fetch it, programs do not."
  if (/local issuer|UNABLE_TO_GET_ISSUER/i.test(key))
    return " The issuer is missing: an intermediate certificate that the server does not send, or a root that this machine does not have, such as that of a proxy that inspects the traffic."
  return ""
}

/** The usual meaning of a status from a web server, a load balancer or a platform whose page gives no reason. */
const habits: ReadonlyArray<readonly [who: string, status: number, means: string]> = [
  ["nginx", 400, "nginx says so of a malformed request line, Host or header."],
  ["nginx", 403, "nginx says so of a file that it may not read, a directory without an index, and a deny rule."],
  ["nginx", 404, "nginx has no file and no location for this path, or the program behind it has no such path."],
  [
    "nginx",
    405,
    "nginx serves static files, and takes only GET and HEAD for them: no location passes this path on to the application.",
  ],
  [
    "nginx",
    500,
    "nginx says so of a mistake in its own configuration (a rewrite in a circle); its error log tells more.",
  ],
  [
    "nginx",
    503,
    "nginx says so of its limits (limit_req, limit_conn), and as an ingress of Kubernetes of a service without endpoints.",
  ],
  [
    "apache",
    400,
    "Apache says so of a malformed request line, a Host that is missing or not valid, or a header that is.",
  ],
  [
    "apache",
    403,
    "Apache says so of a file that it may not read, a directory without an index, a Require rule or a line of .htaccess.",
  ],
  ["apache", 413, "At Apache LimitRequestBody is the limit; with a client certificate it is SSLRenegBufferSize."],
  [
    "apache",
    500,
    "At Apache it is a mistake in .htaccess or a script that failed: the error log of the server tells which.",
  ],
  ["haproxy", 400, "HAProxy says so of a request that is malformed or has headers larger than its buffer."],
  ["iis", 405, "At IIS the WebDAV module or a handler without this verb is the usual reason."],
  ["alb", 400, "The load balancer says so of a malformed header, and of plain HTTP on an https listener."],
  ["alb", 404, "No rule of the listener fits, and its default is this fixed answer."],
  ["alb", 413, "A Lambda target takes 1 MB."],
  ["tomcat", 400, "Tomcat says so of characters in the URL that have to be percent-encoded."],
]

/** Hosts of platforms, with the usual meaning of a status without a body. */
const platforms: ReadonlyArray<readonly [host: RegExp, status: number, means: string]> = [
  [
    /^gmail\.googleapis\.com$/,
    400,
    "By a failed precondition Gmail means mostly a service account that acts for no user: it has no mailbox of its own, and needs domain-wide delegation with a user as subject.",
  ],
  [
    /^registry\.npmjs\.org$/,
    404,
    "The npm registry says so, too, of a publish without a valid token, or without the right to the package.",
  ],
  [
    /^huggingface\.co$/,
    401,
    "The Hub says so of a token that is not valid, and of a private or gated model to those who sent no token or have not accepted its terms.",
  ],
  [
    /\.lambda-url\.[\w-]+\.on\.aws$/,
    403,
    "The function URL wants a signature of IAM (AuthType AWS_IAM), or its resource policy does not permit lambda:InvokeFunctionUrl to this caller.",
  ],
  [
    /\.lambda-url\.[\w-]+\.on\.aws$/,
    502,
    "The Lambda function behind the URL failed, or gave an answer that is no HTTP answer; its log tells which.",
  ],
  [
    /\.execute-api\.[\w-]+\.amazonaws\.com$/,
    403,
    "API Gateway says so for a missing API key, a resource policy, a private API that is asked from outside its VPC, a custom domain without a mapping for this path, and a rule of AWS WAF.",
  ],
  [
    /\.a?\.?run\.app$/,
    503,
    "The container of Cloud Run behind it crashed, ran out of memory, did not start in time, or gave a malformed answer.",
  ],
  [
    /\.supabase\.(?:co|in)$/,
    540,
    "Supabase says so of a project that is paused, as on the free plan after a week without use.",
  ],
  [/(?:^|\.)linkedin\.com$/, 999, "LinkedIn says so to clients that it takes for automated (bots)."],
  [
    /\.azurewebsites\.net$/,
    503,
    "The application behind it is stopped, restarts, or has used up the quota of its plan.",
  ],
]

/** The usual meaning of this status from this author or platform; empty if it is unknown. */
export const byAuthor = ({ intermediary, status, url }: HttpFacts): string => {
  const habit =
    habits.find(([who, of]) => who === intermediary?.who && of === status) ??
    platforms.find(([host, of]) => of === status && host.test(url?.hostname ?? ""))
  return habit === undefined ? "" : ` ${habit[2]}`
}
