/**
 * What the pages and sentences of intermediaries mean: the one grammar of their words.
 */
import type { Who } from "./answerers.ts"

/** What an intermediary says. */
export type PageCause =
  | "bot"
  | "firewall"
  | "country"
  | "method"
  | "route"
  | "origin"
  | "bad gateway"
  | "timeout"
  | "no backend"
  | "circuit"
  | "too large"
  | "headers too large"
  | "plain port"
  | "address"
  | "address limit"
  | "rate"
  | "quota"
  | "api key"
  | "access"
  | "client closed"
  | "bad request line"
  | "expired link"
  | "server failed"
  | "client certificate"
  | "sign-in"

/** A sentence of an intermediary. */
export interface Page {
  /** Who says it; several may share a sentence. */
  readonly who: ReadonlyArray<Who>
  /** The words, tags removed. */
  readonly text?: RegExp
  /** The status, where the words are not enough or there are none. */
  readonly status?: ReadonlyArray<number>
  readonly cause: PageCause
  /** What it means, as the end of a sentence that begins with the name: `blocks the country of the request`. */
  readonly means: string
  /** Whether the sentence is documented to have this meaning alone. */
  readonly isSure: boolean
}

const page =
  (...who: ReadonlyArray<Who>) =>
  (cause: PageCause, means: string, text: RegExp | undefined, status?: ReadonlyArray<number>, isSure = true): Page => ({
    who,
    cause,
    means,
    isSure,
    ...(text === undefined ? {} : { text }),
    ...(status === undefined ? {} : { status }),
  })

const cloudfront = page("cloudfront")
const cloudflare = page("cloudflare")
const envoy = page("envoy")
const nginx = page("nginx")
const haproxy = page("haproxy")
const alb = page("alb")
const gateway = page("apigateway")

/** A number of Cloudflare's own, on its pages, in its text and in its JSON. */
const edgeError = (numbers: string): RegExp =>
  new RegExp(`(?:error(?: code)?:? ?|"error_code" ?: ?)(?:${numbers})\\b`, "i")

/** The pages; the first that holds decides. */
export const pages: ReadonlyArray<Page> = [
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
  // https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags
  envoy("circuit", "did not send it on: its circuit breaker for the server is open, too many requests or connections at once (overflow)", /reset reason:? overflow|envoy overloaded/i),
  envoy("no backend", "has no healthy server behind it", /no healthy upstream/i),
  envoy("bad gateway", "could not make a TLS connection to the server behind it, which speaks plain HTTP there: TLS is switched on for a port without it (WRONG_VERSION_NUMBER)", /wrong_version_number/i),
  envoy("bad gateway", "does not accept the certificate of the server behind it", /certificate_verify_failed/i),
  envoy("bad gateway", "could not make a TLS connection to the server behind it: mode or certificates of mutual TLS differ on the two sides", /tls[_ ]error/i, undefined, false),
  envoy("bad gateway", "and the server behind it speak other versions of the protocol (HTTP/1.1 and HTTP/2), or its answer is malformed", /reset reason:? protocol error/i, undefined, false),
  envoy("bad gateway", "could not connect to the server behind it: it refuses the connection, or nothing listens on that port", /connection failure.{0,60}delayed connect error: 111/i),
  envoy("bad gateway", "could not connect to the server behind it", /reset reason:? (?:remote |local )?connection failure/i, undefined, false),
  envoy("timeout", "could not connect to the server behind it in time", /reset reason:? connection timeout/i),
  envoy("bad gateway", "lost the connection to the server behind it before an answer came, which may have acted on the request", /upstream connect error or disconnect\/reset before headers/i, undefined, false),
  envoy("timeout", "waited too long for the server behind it", /upstream request timeout/i),
  envoy("timeout", "ended the request for its age or its silence", /stream timeout|(?:duration|idle) timeout/i, undefined, false),
  envoy("access", "refused the request by its own access policy (RBAC)", /rbac: access denied/i),
  envoy("access", "could not get the public keys (JWKS) to check the token with", /^\s*jwks /i),
  envoy("access", "refused the token: its issuer is not one that is configured", /^\s*jwt issuer/i),
  envoy("access", "refused the token, which has expired", /^\s*jwt is expired/i),
  envoy("access", "refused the request: it carries no token (JWT)", /^\s*jwt is missing/i),
  envoy("access", "refused the token of the request by its own check", /^\s*jwt /i),
  envoy("access", "refused the request, as an external authorization service (ext_authz) or a policy told it to", undefined, [403], false),
  envoy("route", "has no route for this host and path", undefined, [404], false),
  envoy("rate", "limits the requests, as its rate limit service told it to", undefined, [429], false),
  envoy("rate", "limits the requests itself (its local rate limit)", /local_rate_limited/i),
  envoy("too large", "refuses a body above its buffer", /payload too large/i, [413]),
  envoy("bad gateway", "has no answer from the server behind it", undefined, [502, 503], false),
  // https://nginx.org/en/docs/http/ngx_http_core_module.html, ngx_http_ssl_module.html#errors
  nginx("route", "shows its default page: no server block (virtual host) is set up for this host name", /welcome to nginx/i),
  nginx("plain port", "", /plain http request was sent to https port/i, [400]),
  nginx("headers too large", "refuses headers or cookies above large_client_header_buffers", /request header or cookie too large/i),
  page("nginx", "cloudflare")("client certificate", "wants a certificate of the client, and it was not sent or not accepted", /no required ssl certificate was sent|the ssl certificate error/i),
  nginx("bad gateway", "got an answer whose headers (cookies) are larger than its proxy_buffer_size: the upstream's headers are too big for the buffer", /upstream sent too big header/i),
  nginx("no backend", "holds every server behind it to be down", /no live upstreams/i),
  nginx("bad gateway", "could not connect to the server behind it, or find it", /connect\(\) failed|could not be resolved|ssl_do_handshake\(\) failed/i),
  nginx("bad gateway", "lost the connection to the server behind it before the answer was whole", /upstream prematurely closed|recv\(\) failed/i, undefined, false),
  nginx("headers too large", "refuses a URL or headers above large_client_header_buffers", /client sent too (?:large request|long)/i),
  nginx("too large", "refuses bodies above client_max_body_size", undefined, [413]),
  nginx("bad gateway", "got no usable answer from the server behind it: it is down or restarting, the port or the socket in proxy_pass is wrong or closed to it (SELinux), or it closed the connection", undefined, [502], false),
  nginx("timeout", "waited too long for the server behind it (proxy_read_timeout or fastcgi_read_timeout, 60 s unless set)", undefined, [504]),
  // https://www.haproxy.com/documentation/haproxy-configuration-manual/latest/#8.5
  haproxy("no backend", "has no server that passes its health check", /no server is available to handle this request/i),
  haproxy("bad gateway", "got no usable answer from the server behind it", /returned an invalid or incomplete response/i),
  haproxy("timeout", "waited too long for the server behind it", /didn't respond in time/i),
  haproxy("firewall", "refuses the request by its own rules", /forbidden by administrative rules/i),
  haproxy("rate", "counts the requests of this client itself", /you have sent too many requests/i),
  haproxy("no backend", "has no server for the request", undefined, [503], false),
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
  alb("client closed", "", undefined, [460]),
  alb("headers too large", "refuses an X-Forwarded-For header with more than 30 addresses", undefined, [463]),
  alb("bad gateway", "got no usable answer from the target: it closed the kept-alive connection, reset it, or spoke no HTTP", undefined, [502], false),
  alb("no backend", "has no registered target that can take the request", undefined, [503], false),
  alb("timeout", "could not connect to the target in time, or waited too long for its answer", undefined, [504], false),
  alb("firewall", "refuses the request by its rules or by AWS WAF", undefined, [403], false),
  alb("access", "could not sign the person in: its identity provider refused or failed", undefined, [561]),
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
  gateway("route", "has no resource with this path and method in this stage", /missing authentication token/i, [403]),
  gateway("access", "found credentials in the Authorization header that are no AWS signature", /not a valid key=value pair|requires 'credential'/i, [403]),
  gateway("access", "refused the caller by its authorizer or its resource policy", /user is not authorized|explicit deny|anonymous is not authorized/i),
  gateway("access", "refused the token of the request by its authorizer", /unauthorized|incoming token/i, [401], false),
  gateway("api key", "refuses the caller: no valid API key in the header x-api-key, a usage plan without this stage, or a rule of AWS WAF", /^\{?\W{0,4}message\W{0,6}forbidden|^forbidden$/i, [403], false),
  gateway("quota", "has counted the quota of this API key's usage plan to its end", /limit exceeded/i, [429]),
  gateway("rate", "throttles the caller, the stage or the account", /too many requests/i, [429]),
  gateway("timeout", "waited too long for the integration behind it (29 s unless it is raised)", /endpoint request timed out/i),
  gateway("too large", "takes no body above 10 MB", /request too long/i, [413]),
  gateway("route", "has no route with this path and method", /not found/i, [404], false),
  gateway("bad gateway", "could not read the answer of the function or the server behind it", /internal server error/i, [500, 502], false),
  page("apim")("api key", "wants a valid subscription key in Ocp-Apim-Subscription-Key", /access denied due to (?:missing|invalid) subscription key/i),
  page("kong")("route", "has no route for this host, path and method", /no route matched/i),
  page("kong")("api key", "wants an API key", /no api key found/i),
  page("kong")("rate", "counts the requests of this client itself", /api rate limit exceeded/i),
  page("kong")("no backend", "has no healthy server behind it", /failure to get a peer/i),
  page("kong")("timeout", "waited too long for the server behind it", /upstream server is timing out/i),
  page("kong")("origin", "cannot find the server behind it by name", /name resolution failed/i),
  page("kong")("too large", "refuses a body of this size", /request size limit exceeded/i),
  page("kong")("address", "refuses the IP address of the caller", /ip address is not allowed/i),
  page("kong", "apisix", "tyk")("access", "refused the caller: the key or token is not valid, or its consumer may not use this service", /invalid authentication credentials|^\W{0,3}message\W{0,6}unauthorized|cannot consume this service|access to this api has been disallowed|key not authori[sz]ed|authorization field missing|invalid (?:token|credentials)/i, [401, 403], false),
  page("apisix")("route", "has no route for this host, path and method", /404 route not found/i),
  page("apisix", "tyk")("api key", "wants an API key", /missing api key/i),
  page("tyk")("quota", "has counted the quota of this key to its end", /quota exceeded/i),
  page("apisix", "tyk")("rate", "counts the requests of this client itself", undefined, [429], false),
  page("kong")("bad gateway", "got no usable answer from the server behind it", /invalid response was received/i, undefined, false),
  page("traefik")("no backend", "has no healthy server behind it", /no available server/i),
  page("traefik", "gonet")("route", "has no route for this host and path", /404 page not found/i, [404], false),
  page("traefik", "gonet", "caddy")("bad gateway", "could not reach the server behind it", undefined, [502], false),
  page("traefik", "gonet", "caddy")("timeout", "waited too long for the server behind it", undefined, [504], false),
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
  page("gfe")("no backend", "has no healthy server behind it", /no healthy upstream/i),
  page("gfe")("route", "has nothing under this host and path", undefined, [404], false),
  page("gfe")("bad gateway", "got no usable answer from the server behind it", undefined, [502, 503], false),
  page("gfe")("too large", "refuses a body of this size", undefined, [413]),
  // Platforms
  // https://devcenter.heroku.com/articles/error-codes
  page("heroku")("quota", "stopped the application: the free running time (dyno hours) of the account is exhausted (H82)", /\bcode=H82\b/),
  page("heroku")("timeout", "waited longer for the application than it allows: 30 s for the first byte, 55 s between bytes (H12, H15, H28)", /\bcode=H(?:12|15|28)\b/),
  page("heroku")("timeout", "could not connect to the application in time, or it took more than 60 s to start (H19, H20)", /\bcode=H(?:19|20)\b/),
  page("heroku")("no backend", "has no running web process (dyno) of the application, or it is in maintenance (H14, H80)", /\bcode=H(?:14|80)\b/),
  page("heroku")("bad gateway", "got no answer from the application: it crashed, closed or refused the connection, or wrote no valid response (H10, H13, H17, H18, H21)", /\bcode=H(?:10|13|17|18|21)\b/),
  page("heroku")("circuit", "has too many requests or connections waiting for the application (H11, H22)", /\bcode=H(?:11|22)\b/),
  page("heroku")("client closed", "saw the client close the connection before the application had answered (H27)", /\bcode=H27\b/),
  page("heroku")("route", "has an application for this host without any code (H81)", /\bcode=H81\b/),
  page("heroku")("server failed", "had an error of its own platform (H99)", /\bcode=H99\b/),
  page("heroku")("route", "has no application for this host name", /no such app/i),
  // https://devcenter.heroku.com/articles/error-codes
  page("heroku")("quota", "has counted the free running time (dyno hours) of the account to its end", /\bh8[0-3]\b|quota exhausted/i),
  page("heroku")("timeout", "waited 30 s for the application, and gave up (H12)", /\bh12\b/i),
  page("heroku")("timeout", "ended a connection that was silent for 55 s (H15, H28)", /\bh(?:15|28)\b/i),
  page("heroku")("no backend", "has no web dyno that runs for this application (H14)", /\bh14\b/i),
  page("heroku")("no backend", "waited for the application to start, which took too long (H20, H99)", /\bh(?:20|99)\b/i, undefined, false),
  page("heroku")("bad gateway", "has an application that crashed (H10): its log tells why; often it does not listen on $PORT", /\bh10\b/i),
  page("heroku")("bad gateway", "lost the connection to the application before an answer came (H13, H18), or could not connect to it (H19, H21)", /\bh(?:13|18|19|21)\b/i, undefined, false),
  page("heroku")("bad gateway", "got an answer of the application that breaks the rules of HTTP (H17, H25)", /\bh(?:17|25)\b/i),
  page("heroku")("client closed", "", /\bh27\b/i),
  page("heroku")("route", "has the application blocked or switched off (H16, H22, H31)", /\bh(?:16|22|31)\b/i, undefined, false),
  page("heroku")("no backend", "has the application in maintenance (H80 and alike)", /maintenance/i, undefined, false),
  page("heroku")("bad gateway", "got no answer from the application: it crashed, sleeps or did not answer within 30 s", undefined, [503], false),
  page("vercel")("timeout", "ended the function at its time limit", /function_invocation_timeout|gateway_timeout/i, undefined, false),
  page("vercel")("route", "has no deployment for this host and path", undefined, [404], false),
  page("vercel")("too large", "refuses a body above 4.5 MB for a function", undefined, [413], false),
  page("vercel")("server failed", "ran the site's function, which failed", undefined, [500], false),
  page("netlify", "githubpages", "render", "fly", "railway", "appservice")("route", "has no site for this host name or path", undefined, [404], false),
  page("cloudflareaccess")("sign-in", "wants a person to sign in, or a service token in CF-Access-Client-Id and CF-Access-Client-Secret", undefined),
  page("iap")("sign-in", "wants a person to sign in, or an identity token for its own client id as audience", undefined),
  page("easyauth")("sign-in", "wants a person to sign in, or a token in the header Authorization", undefined, undefined, false),
  page("lambda")("timeout", "ended the function at its time limit", /task timed out/i),
  page("lambda")("server failed", "ran the function, which failed: it threw, has no such module or handler, or ran out of memory", undefined, [500, 502], false),
  page("ngrok")("no backend", "has no running agent for this address: the tunnel is offline", /err_ngrok_(?:3200|3204|334)\b/i),
  page("ngrok")("bad gateway", "reached the agent of the tunnel, which could not connect to the local server: it is not running, or on another port", /err_ngrok_80\d\d\b/i),
  page("ngrok")("bot", "shows browsers a warning page first; the header ngrok-skip-browser-warning, with any value, passes it", /err_ngrok_6024\b/i),
  page("ngrok")("rate", "limits the requests of its plan", /err_ngrok_7\d\d\b/i, undefined, false),
  page("openshift")("no backend", "has no route for this host name, or no running pod behind it", undefined),
  page("hostcheck")("route", "refuses the host name of the request, which is not on the application's list of allowed hosts", undefined),
  page("appservice")("address", "refuses the IP address of the caller (access restrictions)", /blocked your access/i, [403], false),
  page("vercel")("server failed", "found that the request came back to itself: an infinite loop of rewrites or functions", /infinite_loop_detected/i),
  page("vercel")("no backend", "has the deployment paused or disabled by its owner or for its usage and billing", /deployment_(?:paused|disabled)/i),
  page("appservice")("no backend", "has the application stopped", /web app is stopped|web app - unavailable/i),
  page("render")("no backend", "has the service suspended, by its owner or for its billing", /suspend/i, undefined, false),
  page("render", "fly", "railway", "netlify")("bad gateway", "got no answer from the application", undefined, [502, 503], false),
  // Web servers
  page("iis")("too large", "refuses bodies above maxAllowedContentLength (404.13)", /404\.13\b|exceeds the request content length/i),
  page("iis")("headers too large", "refuses the URL or its query above maxUrl or maxQueryString", /404\.1[45]\b/i),
  page("iis")("firewall", "refuses the request by its request filtering or its list of addresses", /404\.(?:5|6|7|8|10|11|18|19)\b|403\.(?:6|8|501|502|503)\b/i),
  page("iis")("method", "refuses this method or this kind of file here", /404\.3\b|405\.0\b/i),
  page("iis")("route", "shows its default page: no site is set up for this host name", /iis windows/i),
  page("iis")("bad gateway", "could not start the application (ASP.NET Core): the process failed at its start, or its runtime is not installed", /502\.5\b|500\.3[0-9]\b/i),
  page("iis")("bad gateway", "got no usable answer from the program behind it", /502\.[35]\b|500\.3\d/i, undefined, false),
  page("httpsys")("route", "has no site for this host name", /invalid hostname/i, [400, 404]),
  page("httpsys")("headers too large", "refuses the headers or the URL for their length", /request too long|field too long|header(?:s)? too long/i),
  page("httpsys", "iis")("no backend", "has no running application for the request: its application pool is stopped or crashes at its start", undefined, [503], false),
  page("apache")("route", "shows its default page: no site (virtual host) is set up for this host name", /default page|test page|it works!/i, [200], false),
  page("apache")("no backend", "could not connect to the server behind it, or has no worker left for the request", /temporarily unable to service your request/i, [503], false),
  page("apache")("bad gateway", "got no usable answer from the server behind it", /proxy server received an invalid response|proxy server could not handle/i, undefined, false),
  page("apache")("headers too large", "refuses the headers for their length", /size of a request header field exceeds server limit/i),
  page("apache")("bad gateway", "got no usable answer from the server behind it", undefined, [502], false),
  page("apache")("timeout", "waited too long for the server behind it", undefined, [504], false),
  page("tomcat")("headers too large", "refuses the headers for their length (maxHttpHeaderSize)", /request header is too large/i),
  page("tomcat")("bad request line", "refuses the request line: a character in the URL has to be percent-encoded", /invalid character found in (?:the request target|method name)/i, undefined, false),
  page("litespeed")("firewall", "refuses the request by a rule of its own", undefined, [403, 415], false),
  // Firewalls and bot defences
  page("datadome", "perimeterx", "ddosguard")("bot", "takes the client for a bot and demands a check in a browser", undefined),
  page("imperva")("bot", "takes the client for a bot and demands a check in a browser, or blocks it", undefined, undefined, false),
  page("awswaf")("bot", "demands a browser check (challenge) that a program cannot pass", undefined, [202, 405]),
  page("akamai")("firewall", "refused the request by its rules", /access denied/i, [403], false),
  page("akamai")("origin", "could not reach the server behind it", undefined, [502, 503, 504], false),
  page("sucuri", "f5", "modsecurity", "wordfence")("firewall", "blocked the request by a rule of its firewall", undefined),
  // Squid's own error pages: https://wiki.squid-cache.org/Features/CustomErrors
  page("squid")("origin", "could not find the server by name (DNS)", /unable to determine ip address/i),
  page("squid")("origin", "could not reach the server", /connection to .{1,200} failed|unable to determine ip address|read timeout|zero sized reply/i, undefined, false),
] // prettier-ignore

/** Finds what the author of an answer says. */
export const read = (who: Who, text: string, status: number): Page | undefined =>
  pages.find(
    (one) =>
      one.who.includes(who) &&
      (one.status === undefined || one.status.includes(status)) &&
      (one.text === undefined || one.text.test(text)),
  )
