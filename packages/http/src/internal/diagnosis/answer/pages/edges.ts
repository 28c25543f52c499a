/**
 * Pages and messages of content networks, firewalls and filters.
 */
import { type Page, page } from "./page.ts"

const cloudfront = page("cloudfront")
const cloudflare = page("cloudflare")
const akamai = page("akamai")
const squid = page("squid")

/** A Cloudflare error number on a page, in a text or in JSON. */
const edgeError = (numbers: string): RegExp =>
  new RegExp(`(?:error(?: code)?:? ?|"error_code" ?: ?)(?:${numbers})\\b`, "i")

/** The number before the first dot of Akamai's reference; the page may write it with HTML entities. */
const reference = (numbers: string): RegExp =>
  new RegExp(`reference(?:\\s|&#32;){0,3}(?:#|&#35;)(?:${numbers})(?:\\.|&#46;)`, "i")

/** The first match counts. */
export const edges: ReadonlyArray<Page> = [
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/troubleshooting-response-errors.html
  cloudfront("server failed", "ran the function of the distribution (Lambda@Edge or CloudFront Functions), which failed, is not valid, or may not be run", /lambda function (?:result|associated)|lambda(?:validation|execution|limitexceeded)error|function(?:execution|validation|throttled)error|cloudfront function associated/i),
  cloudfront("timeout", "could not connect to the origin in time, or waited too long for its answer", undefined, [504], false),
  cloudfront("country", "blocks the country that the request came from", /configured to block access from your country/i),
  cloudfront("method", "is set up to refuse this method here", /not configured to allow the http request method/i),
  cloudfront("firewall", "blocked the request by a rule of its web application firewall (AWS WAF)", /request blocked\./i),
  cloudfront("expired link", "refuses the signed URL or cookie: its policy has expired or does not fit", /access denied.{0,40}(?:signed|expired)|missing key-?pair|malformed policy/i, [403], false),
  cloudfront("route", "has no distribution for this host name, or it was asked over a protocol that it refuses", /bad request\.|could not be satisfied.{0,400}alternate domain|invalid viewer/i, [400, 403, 421], false),
  cloudfront("origin", "could not connect to the origin: it refuses, is not reachable, or its TLS certificate is not accepted", /wasn't able to connect to the origin|either the attempt failed or the origin closed the connection|origin closed the connection|unable to (?:connect to|resolve) the origin|wasn't able to resolve the origin|failed to contact the origin|ssl protocols or ciphers/i),
  cloudfront("origin", "got no usable answer from the origin", undefined, [502], false),
  cloudfront("circuit", "has no capacity for the request, or its function failed", undefined, [503], false),
  // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/
  cloudflare("bot", "demands a browser check (challenge) that a program cannot pass", /just a moment|checking your browser|enable javascript and cookies|managed challenge|attention required.{0,400}captcha|verify you are human/i),
  cloudflare("bot", "takes the client for a bot: its browser check refuses the signature of this client, as its User-Agent gives it (error 1010)", edgeError("1010")),
  cloudflare("country", "blocks the country or region of the request (error 1009)", edgeError("1009")),
  cloudflare("address limit", "limits the requests of this IP address (error 1015); the limits of the API behind it are others", edgeError("1015")),
  cloudflare("firewall", "blocked the request by a rule of its firewall", /you have been blocked|sorry, you have been blocked/i),
  cloudflare("firewall", "blocked the request: a firewall rule of the site, or its list of addresses, forbids it (error 1005 to 1012, 1020)", edgeError("100[5-8]|101[12]|1020|1106")),
  cloudflare("plain port", "", /plain http request was sent to https port/i, [400]),
  cloudflare("headers too large", "refuses the headers or cookies for their length", /request header or cookie too large/i),
  cloudflare("origin", "cannot find the server by name (error 1016)", edgeError("1016")),
  cloudflare("origin", "has no running tunnel to the server (error 1033)", edgeError("1033")),
  cloudflare("route", "has a DNS record for this host that points at an IP address of Cloudflare itself (error 1000)", edgeError("1000")),
  cloudflare("route", "was asked by an IP address in place of a host name (error 1003)", edgeError("1003")),
  cloudflare("route", "refuses a CNAME to a host of another account (error 1014)", edgeError("1014")),
  cloudflare("route", "has no Worker to ask here: a Worker asked another one of its own account by its public address, or none is deployed (error 1042)", edgeError("1042")),
  cloudflare("route", "has no site for this host name, or cannot resolve it (error 1001, 1002, 1004, 1013, 1018, 1023, 1034)", edgeError("100[124]|101[38]|1023|1034")),
  cloudflare("server failed", "ran the site's Worker, which threw an exception (error 1101)", edgeError("1101")),
  cloudflare("server failed", "ran the site's Worker, which exceeded its limit of CPU time, memory or other resources (error 1102)", edgeError("1102")),
  cloudflare("server failed", "ran the site's own program at the edge (Worker), which failed (error 1103, 1104)", edgeError("110[34]")),
  cloudflare("quota", "has counted the daily limit of requests of the free plan for Workers (100,000) to its end (error 1027)", edgeError("1027")),
  cloudflare("circuit", "has too many requests in its queue for the server (error 1200)", edgeError("1200")),
  cloudflare("too large", "refuses bodies above the size of the site's plan (100 MB where nothing else was bought)", undefined, [413]),
  cloudflare("timeout", "waited too long for the server behind it", undefined, [524, 504], false),
  cloudflare("bad gateway", "got no usable answer from the server behind it", undefined, [502], false),
  // https://docs.fastly.com, https://learn.microsoft.com/azure/application-gateway, /frontdoor
  page("fastly")("route", "has no service for this domain", /unknown domain/i),
  page("fastly", "varnish")("timeout", "waited too long for the server behind it", /(?:first byte|between bytes|backend fetch).{0,20}timeout|connection timed out/i),
  page("fastly", "varnish")("no backend", "holds the server behind it to be unhealthy", /backend (?:is )?unhealthy|no healthy backends?|backend\.max_conn|all backends failed/i),
  page("fastly", "varnish")("bad gateway", "got no usable answer from the server behind it", undefined, [502, 503], false),
  page("appgateway")("bad gateway", "has no healthy server behind it, or got no usable answer from it", undefined, [502], false),
  page("appgateway")("timeout", "waited too long for the server behind it", undefined, [504]),
  page("appgateway", "frontdoor")("firewall", "blocked the request by a rule of its web application firewall", undefined, [403], false),
  page("frontdoor")("route", "has no route or endpoint for this host and path", undefined, [404], false),
  page("frontdoor")("origin", "could not reach the server behind it", /our services aren't available/i, undefined, false),
  page("frontdoor")("origin", "could not reach the server behind it", undefined, [502, 503, 504], false),
  page("gfe")("access", "refuses the caller: a service on Cloud Run or a function wants an identity token of someone with the role Invoker; at Google's own services the IP address, network or country of the client is blocked", /your client does not have permission to get url|the request was not auth(?:enticated|orized to invoke)/i, [401, 403], false),
  page("gfe")("firewall", "refused the request by a rule of the site's security policy (Cloud Armor): its address, country or words", /^\s*(?:403 )?403 forbidden\s*$/i, [403], false),
  page("gfe")("no backend", "has no healthy server behind it", /no healthy upstream/i),
  page("gfe")("route", "has nothing under this host and path", undefined, [404], false),
  page("gfe")("bad gateway", "got no usable answer from the server behind it", undefined, [502, 503], false),
  page("gfe")("too large", "refuses a body of this size", undefined, [413]),
  page("cloudflareaccess")("sign-in", "wants a person to sign in, or a service token in CF-Access-Client-Id and CF-Access-Client-Secret", undefined),
  page("iap")("sign-in", "wants a person to sign in, or an identity token for its own client id as audience", undefined),
  page("easyauth")("sign-in", "wants a person to sign in, or a token in the header Authorization", undefined, undefined, false),
  // Firewalls and bot defences
  page("datadome", "perimeterx", "ddosguard")("bot", "takes the client for a bot and demands a check in a browser", undefined),
  page("imperva")("bot", "takes the client for a bot and demands a check in a browser, or blocks it", undefined, undefined, false),
  page("awswaf")("bot", "demands a browser check (challenge) that a program cannot pass", undefined, [202, 405]),
  // https://gist.github.com/chrisvanpatten/dc02f0d5727369801dc7e9e6fded1837, the numbers of Akamai's error strings
  akamai("timeout", "waited too long for the answer of the origin (reference 1, ERR_READ_TIMEOUT)", reference("1"), [500, 502, 503, 504]),
  akamai("origin", "got no valid answer from the origin, which closed the connection or sent nothing (reference 3, 4 or 15)", reference("3|4|15"), [500, 502, 503, 504]),
  akamai("origin", "could not connect to the origin: it or its firewall refuses the connection (reference 6, ERR_CONNECT_FAIL)", reference("6"), [500, 502, 503, 504]),
  akamai("route", "has no configuration (property) for this host name (reference 9, ERR_INVALID_URL)", reference("9"), [400, 404]),
  akamai("route", "has no configuration (property) for this host name", /invalid url/i, [400]),
  akamai("origin", "could not resolve the name of the origin (DNS; reference 11, ERR_DNS_FAIL)", reference("11"), [500, 502, 503, 504]),
  akamai("origin", "could not resolve the name of the origin (DNS)", /dns failure/i),
  akamai("origin", "got an empty answer from the origin", /zero size object/i),
  akamai("firewall", "refused the request by its referrer (reference 24, ERR_REFERER_DENIED)", reference("24"), [403]),
  akamai("origin", "does not accept the TLS certificate of the origin (reference 30, ERR_FWD_SSL_HANDSHAKE)", reference("30"), [500, 502, 503, 504]),
  akamai("timeout", "could not connect to the origin in time (reference 97, ERR_CONNECT_TIMEOUT)", reference("97"), [500, 502, 503, 504]),
  akamai("firewall", "refused the request by its rules: a rule of the firewall or of the bot defence fits the address, the User-Agent or the words of the request, or the site admits only some countries (reference 18, ERR_ACCESS_DENIED)", reference("18"), [403]),
  akamai("firewall", "refused the request by its rules", /access denied/i, [403], false),
  akamai("bad request line", "could not read the request: its request line or a header is malformed", undefined, [400], false),
  akamai("origin", "could not reach the server behind it", undefined, [502, 503, 504], false),
  page("sucuri", "f5", "modsecurity", "wordfence")("firewall", "blocked the request by a rule of its firewall", undefined),
  // The names of Squid's error pages, in X-Squid-Error and at the end of each page: https://wiki.squid-cache.org/Features/CustomErrors
  squid("firewall", "does not permit this destination, port or method by its access rules (http_access; ERR_ACCESS_DENIED)", /err_access_denied|access control configuration prevents/i, [403]),
  squid("firewall", "may not forward the request: its own rules or those of the next proxy forbid it", /err_(?:forwarding_denied|cannot_forward|no_relay)|unable to forward this request/i),
  squid("origin", "could not find the server by name (DNS)", /err_dns_fail|unable to determine ip address/i),
  squid("origin", "could not make a TLS connection to the server, or does not accept its certificate", /err_secure_connect_fail|failed to establish a secure connection/i),
  squid("origin", "could not connect to the server", /err_connect_fail|connection to .{1,200} failed/i),
  squid("timeout", "waited too long for the server", /err_(?:read_timeout|lifetime_exp|gateway_failure)|read timeout|lifetime expired/i),
  squid("origin", "got an empty or broken answer from the server", /err_(?:zero_size_object|read_error|invalid_resp|write_error)|zero sized reply|read error/i),
  squid("too large", "refuses a body or an answer above its limit (request_body_max_size, reply_body_max_size)", /err_too_big|(?:request|reply) is too large/i),
  squid("bad request line", "could not read the request line or a header", /err_(?:invalid_req|invalid_url|unsup_req|unsup_httpversion|protocol_unknown)|invalid (?:request|url)|missing or incorrect/i, [400, 501, 505]),
  squid("headers too large", "refuses the headers for their length", /err_request_header_too_large|request header is too large/i),
] // prettier-ignore
