/**
 * Recognizes pages and messages from CDNs, firewalls and content filters.
 */
import { type Page, page } from "./page.ts"

const cloudfront = page("cloudfront")
const cloudflare = page("cloudflare")
const akamai = page("akamai")
const squid = page("squid")

/** Matches a Cloudflare error number on a page, in plain text or in JSON. */
const edgeError = (numbers: string): RegExp =>
  new RegExp(`(?:error(?: code)?:? ?|"error_code" ?: ?)(?:${numbers})\\b`, "i")

/** Matches the number before the first dot in an Akamai reference. The page may encode the reference with HTML entities. */
const reference = (numbers: string): RegExp =>
  new RegExp(`reference(?:\\s|&#32;){0,3}(?:#|&#35;)(?:${numbers})(?:\\.|&#46;)`, "i")

/** The known pages. The first page that matches is used. */
export const edges: ReadonlyArray<Page> = [
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/troubleshooting-response-errors.html
  cloudfront("server failed", "could not execute the distribution's function (Lambda@Edge or CloudFront Functions): the function failed, is not valid, or is not allowed to run", /lambda function (?:result|associated)|lambda(?:validation|execution|limitexceeded)error|function(?:execution|validation|throttled)error|cloudfront function associated/i),
  cloudfront("timeout", "timed out while connecting to the origin or waiting for its response", undefined, [504], false),
  cloudfront("country", "blocks requests from the client's country", /configured to block access from your country/i),
  cloudfront("method", "is not configured to allow this method at this path", /not configured to allow the http request method/i),
  cloudfront("firewall", "blocked the request because of a rule in its web application firewall (AWS WAF)", /request blocked\./i),
  cloudfront("expired link", "rejects the signed URL or cookie because its policy has expired or does not match the request", /access denied.{0,40}(?:signed|expired)|missing key-?pair|malformed policy/i, [403], false),
  cloudfront("route", "does not have a distribution for this host name, or received the request over a protocol that it does not accept", /bad request\.|could not be satisfied.{0,400}alternate domain|invalid viewer/i, [400, 403, 421], false),
  cloudfront("origin", "could not connect to the origin: the origin refused the connection or is unreachable, or its TLS certificate was rejected", /wasn't able to connect to the origin|either the attempt failed or the origin closed the connection|origin closed the connection|unable to (?:connect to|resolve) the origin|wasn't able to resolve the origin|failed to contact the origin|ssl protocols or ciphers/i),
  cloudfront("origin", "did not receive a usable response from the origin", undefined, [502], false),
  cloudfront("circuit", "does not have the capacity to handle the request, or its function failed", undefined, [503], false),
  // https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/
  cloudflare("bot", "requires a browser check (challenge) that a program cannot pass", /just a moment|checking your browser|enable javascript and cookies|managed challenge|attention required.{0,400}captcha|verify you are human/i),
  cloudflare("bot", "treats the client as a bot: its browser check rejects the client's User-Agent signature (error 1010)", edgeError("1010")),
  cloudflare("country", "blocks requests from this country or region (error 1009)", edgeError("1009")),
  cloudflare("address limit", "limits requests from this IP address (error 1015); the API behind Cloudflare has its own limits", edgeError("1015")),
  cloudflare("firewall", "blocked the request because of one of its firewall rules", /you have been blocked|sorry, you have been blocked/i),
  cloudflare("firewall", "blocked the request because a firewall rule or address list of the site forbids it (error 1005 to 1012, 1020)", edgeError("100[5-8]|101[12]|1020|1106")),
  cloudflare("plain port", "", /plain http request was sent to https port/i, [400]),
  cloudflare("headers too large", "rejects the headers or cookies because they are too long", /request header or cookie too large/i),
  cloudflare("origin", "cannot resolve the server's host name (error 1016)", edgeError("1016")),
  cloudflare("origin", "does not have a running tunnel to the server (error 1033)", edgeError("1033")),
  cloudflare("route", "has a DNS record for this host that points to one of Cloudflare's own IP addresses (error 1000)", edgeError("1000")),
  cloudflare("route", "received a request that was addressed to an IP address instead of a host name (error 1003)", edgeError("1003")),
  cloudflare("route", "rejects a CNAME that points to a host in another account (error 1014)", edgeError("1014")),
  cloudflare("route", "did not find a Worker at this address: a Worker called another Worker in its own account by its public address, or no Worker is deployed (error 1042)", edgeError("1042")),
  cloudflare("route", "does not have a site for this host name, or cannot resolve the host name (error 1001, 1002, 1004, 1013, 1018, 1023, 1034)", edgeError("100[124]|101[38]|1023|1034")),
  cloudflare("server failed", "ran the site's Worker, which threw an exception (error 1101)", edgeError("1101")),
  cloudflare("server failed", "ran the site's Worker, which exceeded a limit on CPU time, memory or another resource (error 1102)", edgeError("1102")),
  cloudflare("server failed", "ran the site's own edge program (Worker), which failed (error 1103, 1104)", edgeError("110[34]")),
  cloudflare("quota", "rejects the request because the account has reached the daily request limit (100,000) of the free plan for Workers (error 1027)", edgeError("1027")),
  cloudflare("circuit", "has too many queued requests for the server (error 1200)", edgeError("1200")),
  cloudflare("too large", "rejects bodies that exceed the size limit of the site's plan (100 MB unless a larger limit was purchased)", undefined, [413]),
  cloudflare("timeout", "timed out waiting for the upstream server", undefined, [524, 504], false),
  cloudflare("bad gateway", "did not receive a usable response from the upstream server", undefined, [502], false),
  // https://docs.fastly.com, https://learn.microsoft.com/azure/application-gateway, /frontdoor
  page("fastly")("route", "does not have a service for this domain", /unknown domain/i),
  page("fastly", "varnish")("timeout", "timed out waiting for the upstream server", /(?:first byte|between bytes|backend fetch).{0,20}timeout|connection timed out/i),
  page("fastly", "varnish")("no backend", "considers the upstream server unhealthy", /backend (?:is )?unhealthy|no healthy backends?|backend\.max_conn|all backends failed/i),
  page("fastly", "varnish")("bad gateway", "did not receive a usable response from the upstream server", undefined, [502, 503], false),
  page("appgateway")("bad gateway", "does not have a healthy upstream server, or did not receive a usable response from one", undefined, [502], false),
  page("appgateway")("timeout", "timed out waiting for the upstream server", undefined, [504]),
  page("appgateway", "frontdoor")("firewall", "blocked the request because of a rule in its web application firewall", undefined, [403], false),
  page("frontdoor")("route", "does not have a route or endpoint for this host and path", undefined, [404], false),
  page("frontdoor")("origin", "could not reach the upstream server", /our services aren't available/i, undefined, false),
  page("frontdoor")("origin", "could not reach the upstream server", undefined, [502, 503, 504], false),
  page("gfe")("access", "rejects the caller. A Cloud Run service or a function requires an identity token from a caller with the Invoker role. Google's own services block the client's IP address, network or country", /your client does not have permission to get url|the request was not auth(?:enticated|orized to invoke)/i, [401, 403], false),
  page("gfe")("firewall", "rejected the request because the client's address, its country or text in the request matches a rule in the site's security policy (Cloud Armor)", /^\s*(?:403 )?403 forbidden\s*$/i, [403], false),
  page("gfe")("no backend", "does not have a healthy upstream server", /no healthy upstream/i),
  page("gfe")("route", "does not serve anything at this host and path", undefined, [404], false),
  page("gfe")("bad gateway", "did not receive a usable response from the upstream server", undefined, [502, 503], false),
  page("gfe")("too large", "rejects a body of this size", undefined, [413]),
  page("cloudflareaccess")("sign-in", "requires an interactive sign-in, or a service token in CF-Access-Client-Id and CF-Access-Client-Secret", undefined),
  page("iap")("sign-in", "requires an interactive sign-in, or an identity token with the proxy's client id as its audience", undefined),
  page("easyauth")("sign-in", "requires an interactive sign-in, or a token in the Authorization header", undefined, undefined, false),
  // Firewalls and bot defenses
  page("datadome", "perimeterx", "ddosguard")("bot", "treats the client as a bot and requires a browser check", undefined),
  page("imperva")("bot", "treats the client as a bot and either requires a browser check or blocks the client", undefined, undefined, false),
  page("awswaf")("bot", "requires a browser check (challenge) that a program cannot pass", undefined, [202, 405]),
  // https://gist.github.com/chrisvanpatten/dc02f0d5727369801dc7e9e6fded1837, the numbers of Akamai's error strings
  akamai("timeout", "timed out waiting for the origin's response (reference 1, ERR_READ_TIMEOUT)", reference("1"), [500, 502, 503, 504]),
  akamai("origin", "did not receive a valid response from the origin, which closed the connection or sent nothing (reference 3, 4 or 15)", reference("3|4|15"), [500, 502, 503, 504]),
  akamai("origin", "could not connect to the origin: the origin or its firewall refused the connection (reference 6, ERR_CONNECT_FAIL)", reference("6"), [500, 502, 503, 504]),
  akamai("route", "does not have a configuration (property) for this host name (reference 9, ERR_INVALID_URL)", reference("9"), [400, 404]),
  akamai("route", "does not have a configuration (property) for this host name", /invalid url/i, [400]),
  akamai("origin", "could not resolve the origin's host name (DNS; reference 11, ERR_DNS_FAIL)", reference("11"), [500, 502, 503, 504]),
  akamai("origin", "could not resolve the origin's host name (DNS)", /dns failure/i),
  akamai("origin", "received an empty response from the origin", /zero size object/i),
  akamai("firewall", "rejected the request because of its referrer (reference 24, ERR_REFERER_DENIED)", reference("24"), [403]),
  akamai("origin", "does not accept the origin's TLS certificate (reference 30, ERR_FWD_SSL_HANDSHAKE)", reference("30"), [500, 502, 503, 504]),
  akamai("timeout", "timed out connecting to the origin (reference 97, ERR_CONNECT_TIMEOUT)", reference("97"), [500, 502, 503, 504]),
  akamai("firewall", "rejected the request under its own rules (reference 18, ERR_ACCESS_DENIED). A firewall or bot protection rule matches the address, the User-Agent or text in the request, or the site admits clients from only some countries", reference("18"), [403]),
  akamai("firewall", "rejected the request under its own rules", /access denied/i, [403], false),
  akamai("bad request line", "could not parse the request because its request line or a header is malformed", undefined, [400], false),
  akamai("origin", "could not reach the upstream server", undefined, [502, 503, 504], false),
  page("sucuri", "f5", "modsecurity", "wordfence")("firewall", "blocked the request because of one of its firewall rules", undefined),
  // The names of Squid's error pages, in X-Squid-Error and at the end of each page: https://wiki.squid-cache.org/Features/CustomErrors
  squid("firewall", "does not permit this destination, port or method under its access rules (http_access; ERR_ACCESS_DENIED)", /err_access_denied|access control configuration prevents/i, [403]),
  squid("firewall", "is not allowed to forward the request: its own rules or those of the next proxy forbid it", /err_(?:forwarding_denied|cannot_forward|no_relay)|unable to forward this request/i),
  squid("origin", "could not resolve the server's host name (DNS)", /err_dns_fail|unable to determine ip address/i),
  squid("origin", "could not establish a TLS connection to the server, or does not accept the server's certificate", /err_secure_connect_fail|failed to establish a secure connection/i),
  squid("origin", "could not connect to the server", /err_connect_fail|connection to .{1,200} failed/i),
  squid("timeout", "timed out waiting for the server", /err_(?:read_timeout|lifetime_exp|gateway_failure)|read timeout|lifetime expired/i),
  squid("origin", "received an empty or malformed response from the server", /err_(?:zero_size_object|read_error|invalid_resp|write_error)|zero sized reply|read error/i),
  squid("too large", "rejects a request or response body that exceeds its limit (request_body_max_size, reply_body_max_size)", /err_too_big|(?:request|reply) is too large/i),
  squid("bad request line", "could not parse the request line or a header", /err_(?:invalid_req|invalid_url|unsup_req|unsup_httpversion|protocol_unknown)|invalid (?:request|url)|missing or incorrect/i, [400, 501, 505]),
  squid("headers too large", "rejects the headers because they are too long", /err_request_header_too_large|request header is too large/i),
] // prettier-ignore
