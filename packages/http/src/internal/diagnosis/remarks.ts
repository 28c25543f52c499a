/**
 * Provides remarks that refine a cause and are appended to its detail.
 */
import type { HttpFacts } from "./facts.ts"

/** Returns a remark if the failure concerns a loopback address. */
export const localOf = ({ failure, url }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/(?:^|[\s[])::1\b/.test(text))
    return " localhost resolved to ::1 (IPv6), but the server might listen only on 127.0.0.1: use 127.0.0.1 in the URL, or make the server listen on both addresses."
  return /^(?:localhost|127\.\d+\.\d+\.\d+)$/.test(url?.hostname ?? "") || /127\.0\.0\.1/.test(text)
    ? " The address refers to this machine itself. Inside a container, the address refers to the container, not to its host or to other containers."
    : ""
}

/** Returns a remark about HTTP/2 or HTTP/3 if the failure's text mentions the protocol. */
export const versionOf = ({ failure }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/QUIC/i.test(text))
    return " The connection used HTTP/3 (QUIC, over UDP), which some networks and firewalls block or disrupt. The request might succeed without HTTP/3."
  if (/too_many_pings/i.test(text))
    return " The server reports too_many_pings: the client is sending keepalive pings more often than the server permits. In gRPC, the keepalive time is below the server's minimum, which is 5 minutes by default."
  return /http\/?2|h2 |GOAWAY|curl: \(92\)|REFUSED_STREAM/i.test(text)
    ? " The server or an intermediary ended the HTTP/2 stream because of a limit, a restart or a defect in its HTTP/2 implementation. With HTTP/1.1 (curl --http1.1), the request might succeed or reveal the actual error."
    : ""
}

/** Returns a remark about an operating system limit or about a system call that the operating system rejected. */
export const localTrouble = ({ failure }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/EMFILE|ENFILE|too many open files/.test(text))
    return " This program has no file descriptors left, usually because it does not close its connections."
  if (/EADDRNOTAVAIL|assign requested address/.test(text))
    return " No local port or address is available for the connection."
  return /EACCES|EPERM/.test(text)
    ? " The operating system does not permit the connection: a local firewall or antivirus program blocks it, or the app lacks the network permission."
    : ""
}

/** Returns a remark about the reason for a failed handshake. */
export const handshakeOf = ({ failure }: HttpFacts): string => {
  const text = failure?.text.slice(0, 2000) ?? ""
  if (/unrecognized[_ ]name/i.test(text)) return " The server has no site for the host name in the TLS handshake (SNI)."
  if (/renegotiation/i.test(text))
    return " The server is too old for OpenSSL 3: it does not support secure renegotiation (RFC 5746)."
  return /dh key too small/i.test(text)
    ? " The server's Diffie-Hellman key exchange (DH) is too weak for this client."
    : ""
}

/** Products that intercept TLS, under the names that appear in certificate issuers and error messages. */
const interceptors =
  /zscaler|netskope|fortinet|fortigate|palo ?alto|blue ?coat|symantec|sophos|forcepoint|websense|mcafee|umbrella|kaspersky|avast|bitdefender|\beset\b|mitmproxy|charles|fiddler|burp/i

/** Returns a remark about the certificate chain. */
export const chainOf = ({ failure }: HttpFacts): string => {
  const text = failure?.text ?? ""
  const [product] = interceptors.exec(text.slice(0, 2000)) ?? []
  if (product !== undefined)
    return ` ${product} intercepts the traffic of this network or machine and replaces the server's certificate with its own.`
  const key = `${failure?.key ?? ""} ${text.slice(0, 2000)}`
  if (/SELF_SIGNED_CERT_IN_CHAIN|self[- ]signed certificate in (?:certificate )?chain/i.test(key))
    return " The certificate chain ends in an untrusted root certificate, which belongs to a proxy that inspects the traffic or to a private certificate authority."
  if (/DEPTH_ZERO|self[- ]?signed/i.test(key)) return " The certificate is self-signed."
  if (/UNABLE_TO_VERIFY_LEAF|first certificate|PartialChain|incomplete/i.test(key))
    return " The usual reason is that the server sends its own certificate without the intermediate certificate. Browsers fetch a missing intermediate certificate, but other programs do not."
  if (/local issuer|UNABLE_TO_GET_ISSUER/i.test(key))
    return " The issuer's certificate is missing: either the server does not send an intermediate certificate, or this machine lacks a root certificate, such as the root certificate of a proxy that inspects the traffic."
  return ""
}

/** The usual meaning of a status from a web server, a load balancer or a platform whose page does not state a reason. */
const habits: ReadonlyArray<readonly [who: string, status: number, means: string]> = [
  ["nginx", 400, "nginx sends this status if the request line, the Host or another header is malformed."],
  [
    "nginx",
    403,
    "nginx sends this status for a file that it lacks permission to read, for a directory without an index, and for a request that matches a deny rule.",
  ],
  [
    "nginx",
    404,
    "nginx has no file or location for this path, or the application behind nginx does not serve this path.",
  ],
  [
    "nginx",
    405,
    "nginx serves static files at this path and accepts only GET and HEAD for them: no location passes this path to the application.",
  ],
  [
    "nginx",
    500,
    "nginx sends this status if its own configuration contains a mistake, such as a rewrite loop. The nginx error log contains the details.",
  ],
  [
    "nginx",
    503,
    "nginx sends this status if the client exceeds a limit (limit_req, limit_conn). As a Kubernetes ingress, nginx also sends this status for a service without endpoints.",
  ],
  [
    "apache",
    400,
    "Apache sends this status for a malformed request line, a missing or invalid Host, or an invalid header.",
  ],
  [
    "apache",
    403,
    "Apache sends this status if it lacks permission to read a file, if a directory has no index, or if a Require rule or a line in .htaccess denies access.",
  ],
  [
    "apache",
    413,
    "In Apache, LimitRequestBody sets the limit. If the server requests a client certificate, SSLRenegBufferSize sets the limit.",
  ],
  [
    "apache",
    500,
    "In Apache, this status means that .htaccess contains a mistake or that a script failed. The server's error log identifies the cause.",
  ],
  ["haproxy", 400, "HAProxy sends this status for a malformed request or for headers that are larger than its buffer."],
  ["iis", 405, "In IIS, the usual reason is the WebDAV module or a handler that does not allow this verb."],
  ["alb", 400, "The load balancer sends this status for a malformed header and for plain HTTP on an HTTPS listener."],
  [
    "alb",
    404,
    "No rule of the load balancer's listener matches the request, and the listener's default action returns this fixed response.",
  ],
  ["alb", 413, "A Lambda target takes 1 MB."],
  ["tomcat", 400, "Tomcat sends this status if the URL contains characters that must be percent-encoded."],
]

/** Platform hosts, each with the usual meaning of a status that the platform sends without a body. */
const platforms: ReadonlyArray<readonly [host: RegExp, status: number, means: string]> = [
  [
    /^gmail\.googleapis\.com$/,
    400,
    "Gmail usually reports a failed precondition for a service account that does not act for a user. A service account has no mailbox of its own, so it needs domain-wide delegation with a user as the subject.",
  ],
  [
    /^registry\.npmjs\.org$/,
    404,
    "The npm registry also sends this status if a package is published without a valid token or without permission for the package.",
  ],
  [
    /^huggingface\.co$/,
    401,
    "The Hugging Face Hub sends this status for an invalid token. The Hugging Face Hub also sends this status for a private or gated model if the request has no token or if the user has not accepted the model's terms.",
  ],
  [
    /\.lambda-url\.[\w-]+\.on\.aws$/,
    403,
    "The function URL requires an IAM signature (AuthType AWS_IAM), or its resource policy does not grant this caller lambda:InvokeFunctionUrl.",
  ],
  [
    /\.lambda-url\.[\w-]+\.on\.aws$/,
    502,
    "The Lambda function behind the URL failed or did not return a valid HTTP response. The function's log shows whether it failed or returned an invalid response.",
  ],
  [
    /\.execute-api\.[\w-]+\.amazonaws\.com$/,
    403,
    "API Gateway sends this status for a missing API key, a resource policy that denies access, a request to a private API from outside its VPC, a custom domain without a mapping for this path, or an AWS WAF rule that blocks the request.",
  ],
  [
    /\.a?\.?run\.app$/,
    503,
    "The Cloud Run container crashed, ran out of memory, did not start in time, or returned a malformed response.",
  ],
  [
    /\.supabase\.(?:co|in)$/,
    540,
    "Supabase sends this status for a paused project. On the free plan, Supabase pauses a project after a week without use.",
  ],
  [/(?:^|\.)linkedin\.com$/, 999, "LinkedIn sends this status to clients that it considers automated (bots)."],
  [
    /\.azurewebsites\.net$/,
    503,
    "The application on Azure is stopped, is restarting, or has used up the quota of its plan.",
  ],
]

/**
 * Returns the usual meaning of a status for the author or platform that sent it, or an empty string if the meaning is
 * unknown.
 */
export const byAuthor = ({ intermediary, status, url }: HttpFacts): string => {
  const habit =
    habits.find(([who, of]) => who === intermediary?.who && of === status) ??
    platforms.find(([host, of]) => of === status && host.test(url?.hostname ?? ""))
  return habit === undefined ? "" : ` ${habit[2]}`
}
