/**
 * Lists the intermediaries that may respond in place of the server, and the signs that identify them: their pages, their
 * messages, and the headers that they add only to their own responses. Headers that show only that a response passed through
 * an intermediary (`via`, `cf-ray`, `x-cache`) do not count as signs.
 */

/** An intermediary between the client and the server. */
export interface Answerer {
  readonly name: string
  /** A human-readable description of the intermediary's role in relation to the server. */
  readonly role: string
  /**
   * `filter`: a filter in the client's network. `edge`: a network in front of the server. `proxy`: a proxy that runs next to
   * the server. `host`: the platform that hosts the server.
   */
  readonly kind: "filter" | "edge" | "proxy" | "host"
}

const filter = (name: string, role = "a filter in the client's network"): Answerer => ({ name, role, kind: "filter" })
const edge = (name: string, role = ""): Answerer => ({ name, role, kind: "edge" })
const proxy = (name: string, role = "a proxy in front of the server"): Answerer => ({ name, role, kind: "proxy" })
const host = (name: string, role = "the server's platform"): Answerer => ({ name, role, kind: "host" })

/** The known intermediaries, keyed by ID. */
export const answerers = {
  zscaler: filter("Zscaler"),
  fortigate: filter("FortiGate"),
  bluecoat: filter("Blue Coat ProxySG"),
  paloalto: filter("a Palo Alto firewall"),
  umbrella: filter("Cisco Umbrella"),
  cisco: filter("Cisco Secure Web Appliance"),
  sophos: filter("Sophos"),
  mcafee: filter("McAfee Web Gateway"),
  forcepoint: filter("Forcepoint"),
  netskope: filter("Netskope"),
  checkpoint: filter("a Check Point firewall"),
  sonicwall: filter("a SonicWall firewall"),
  watchguard: filter("a WatchGuard firewall"),
  barracuda: filter("Barracuda"),
  securly: filter("a school's filter"),
  antivirus: filter("antivirus software", "on the client's machine"),
  dnsfilter: filter("a filtering name service"),
  squid: filter("Squid", "a proxy"),
  localproxy: filter("a local proxy", ""),
  blockpage: filter("a web filter"),
  cloudfront: edge("CloudFront"),
  cloudflare: edge("Cloudflare"),
  fastly: edge("Fastly"),
  akamai: edge("Akamai"),
  imperva: edge("Imperva"),
  sucuri: edge("Sucuri"),
  datadome: edge("DataDome"),
  ddosguard: edge("DDoS-Guard"),
  perimeterx: edge("HUMAN Bot Defender"),
  bunny: edge("bunny.net"),
  frontdoor: edge("Azure Front Door"),
  gfe: edge("Google Front End"),
  awswaf: edge("AWS WAF"),
  cloudflareaccess: edge("Cloudflare Access"),
  iap: edge("Google's Identity-Aware Proxy"),
  easyauth: edge("Azure App Service Authentication"),
  wordfence: proxy("Wordfence", "a firewall in the application"),
  hostcheck: proxy("the application's own host name check", ""),
  f5: edge("an F5 firewall"),
  modsecurity: proxy("ModSecurity", "a firewall on the server"),
  alb: proxy("AWS Application Load Balancer", ""),
  apigateway: proxy("Amazon API Gateway", ""),
  appgateway: proxy("Azure Application Gateway", ""),
  apim: proxy("Azure API Management", ""),
  envoy: proxy("Envoy"),
  haproxy: proxy("HAProxy", "a load balancer in front of the server"),
  nginx: proxy("nginx"),
  varnish: proxy("Varnish", "a cache in front of the server"),
  traefik: proxy("Traefik"),
  gonet: proxy("a Go program", "possibly Traefik, Caddy or the server itself"),
  caddy: proxy("Caddy"),
  kong: proxy("Kong", "an API gateway in front of the server"),
  apisix: proxy("Apache APISIX", "an API gateway in front of the server"),
  tyk: proxy("Tyk", "an API gateway in front of the server"),
  openshift: proxy("the router of OpenShift", ""),
  apache: proxy("Apache", "the web server or a proxy in front of it"),
  iis: proxy("IIS", "the web server"),
  tomcat: proxy("Tomcat", "the application server"),
  litespeed: proxy("LiteSpeed", "the web server"),
  httpsys: proxy("HTTP.sys", "the HTTP layer of Windows"),
  heroku: host("Heroku's router", ""),
  render: host("Render's router", ""),
  vercel: host("Vercel", ""),
  netlify: host("Netlify", ""),
  fly: host("Fly.io's proxy", ""),
  cloudrun: host("Google Cloud Run", ""),
  railway: host("Railway's edge", ""),
  appservice: host("Azure App Service", ""),
  githubpages: host("GitHub Pages", ""),
  lambda: host("AWS Lambda", ""),
  ngrok: host("ngrok", "a tunnel in front of the server"),
} as const satisfies Readonly<Record<string, Answerer>>

/** The ID of a known intermediary. */
export type Who = keyof typeof answerers

/** A sign that identifies the software that wrote the response. All specified conditions must be met. */
export interface Sign {
  readonly who: Who
  /** The name of a header and, optionally, a pattern for its value. */
  readonly header?: readonly [name: string, value?: RegExp]
  /** A pattern for the body, including its tags. */
  readonly body?: RegExp
  /** Whether the sign applies to a response with the given status. */
  readonly status?: (status: number) => boolean
  /** A header that must be absent. */
  readonly lacks?: string
  /**
   * Whether the page must also mention that access is blocked. Without this condition, any page that contains the
   * intermediary's name could match.
   */
  readonly isBlock?: true
}

const failed = (status: number): boolean => status >= 400
const notOk = (status: number): boolean => status >= 300
const redirects = (status: number): boolean => status >= 300 && status < 400
const gateway = (status: number): boolean => status >= 502 && status <= 504
const ownRange = (status: number): boolean => (status >= 520 && status <= 527) || status === 530

/** Words that occur on the block pages of web filters. */
export const blocks =
  /\bblock(?:ed|s)?\b|\bden(?:ied|ies)\b|violat|restrict|not (?:allowed|permitted)|categor|forbidden|policy|acceptable use/i

/**
 * All known signs. The first sign that matches is used. Responses from the server itself do not contain any of these signs.
 */
export const signs: ReadonlyArray<Sign> = [
  // Filters in the client's network or machine, named on their pages.
  { who: "zscaler", header: ["location", /\bzscaler\w{0,10}\.(?:net|com)\b/i], status: redirects },
  { who: "zscaler", header: ["server", /zscaler/i], status: failed },
  { who: "zscaler", body: /zscaler/i, isBlock: true },
  { who: "fortigate", body: /fortiguard|fortigate|fortinet|web filter violation/i, isBlock: true },
  { who: "bluecoat", body: /blue ?coat|proxysg|symantec web security|request was denied because of its content categor/i, isBlock: true },
  { who: "bluecoat", header: ["x-bluecoat-via"], status: failed },
  { who: "paloalto", body: /palo ?alto|access to the web page you were trying to visit has been blocked in accordance/i, isBlock: true },
  { who: "umbrella", body: /cisco umbrella|opendns/i, isBlock: true },
  { who: "cisco", body: /cisco (?:ironport|web security|secure web)|ironport/i, isBlock: true },
  { who: "sophos", body: /sophos/i, isBlock: true },
  { who: "mcafee", body: /mcafee web gateway|mwg-internal|skyhigh secure web/i, isBlock: true },
  { who: "forcepoint", body: /forcepoint|websense/i, isBlock: true },
  { who: "netskope", body: /netskope/i, isBlock: true },
  { who: "checkpoint", body: /check ?point|usercheck/i, isBlock: true },
  { who: "sonicwall", body: /sonicwall/i, isBlock: true },
  { who: "watchguard", body: /watchguard/i, isBlock: true },
  { who: "barracuda", body: /barracuda/i, isBlock: true },
  { who: "securly", body: /securly|goguardian|lightspeed|smoothwall|contentkeeper|iboss/i, isBlock: true },
  { who: "antivirus", body: /kaspersky|\beset\b|avast|bitdefender|norton|mcafee webadvisor|f-secure|trend micro/i, isBlock: true },
  { who: "dnsfilter", body: /pi-hole|nextdns|adguard|quad9|cleanbrowsing|dnsfilter/i, isBlock: true },
  { who: "squid", header: ["x-squid-error"] },
  { who: "squid", header: ["server", /^squid/i], status: failed },
  { who: "squid", body: /generated [^<>]{1,80} by [^<>]{1,200}\(squid|the requested url could not be retrieved/i, status: failed },
  { who: "localproxy", body: /tinyproxy|privoxy|mitmproxy|charles proxy|burp suite|fiddler/i, status: failed },
  // Firewalls and bot defenses in front of servers.
  { who: "imperva", body: /incapsula incident id|_incapsula_resource|imperva/i, status: failed },
  { who: "ddosguard", header: ["server", /^ddos-guard/i], status: failed },
  { who: "datadome", header: ["x-datadome"], status: failed },
  { who: "datadome", body: /captcha-delivery\.com/i, status: failed },
  { who: "perimeterx", body: /px-captcha|perimeterx|_pxappid/i, status: failed },
  { who: "sucuri", body: /sucuri website firewall/i, status: failed },
  { who: "f5", body: /the requested url was rejected\. please consult with your administrator/i },
  { who: "modsecurity", body: /mod_?security|not acceptable! an appropriate representation of the requested resource/i, status: failed },
  { who: "awswaf", header: ["x-amzn-waf-action"] },
  { who: "wordfence", body: /generated by wordfence/i, status: failed },
  // Sign-in pages in front of the server.
  { who: "cloudflareaccess", header: ["cf-access-domain"], status: notOk },
  { who: "cloudflareaccess", header: ["location", /\.cloudflareaccess\.com\/|\/cdn-cgi\/access\/login/i], status: redirects },
  { who: "cloudflareaccess", body: /cloudflare access<\/title>/i, status: failed },
  { who: "iap", header: ["x-goog-iap-generated-response"], status: notOk },
  { who: "easyauth", header: ["location", /login\.windows\.net\/|\/\.auth\/login\//i], status: redirects },
  // Tunnels and functions, which name their errors in a header.
  { who: "ngrok", header: ["ngrok-error-code"] },
  { who: "lambda", body: /^\s*\{\s*"error(?:Type|Message)"\s*:/, status: failed },
  { who: "openshift", body: /application is not available<\/(?:title|h1)>[\s\S]{0,2000}route matching this hostname/i, status: failed },
  { who: "hostcheck", body: /^\s*invalid host header\s*$/i },
  { who: "hostcheck", body: /blocked (?:hosts?: |request\. this host)|invalid http_host header/i, status: failed },
  // Content networks.
  { who: "cloudfront", body: /generated by cloudfront/i, status: failed },
  { who: "cloudfront", header: ["server", /^cloudfront$/i], status: failed },
  { who: "cloudflare", header: ["cf-mitigated"] },
  { who: "cloudflare", body: /"cloudflare_error" ?: ?true/ },
  { who: "cloudflare", header: ["server", /^cloudflare/i], body: /^\s*error code: \d{3,4}\s*$/i },
  { who: "cloudflare", body: /<center>cloudflare(?:-nginx)?<\/center>|\bcf-error-(?:details|code|footer)|cf-(?:wrapper|browser-verification)|cloudflare ray id|attention required! \| cloudflare|used cloudflare to restrict access/i, status: failed },
  { who: "cloudflare", header: ["server", /^cloudflare/i], body: /<title>(?:just a moment|attention required|please wait)/i, status: failed },
  { who: "cloudflare", header: ["cf-ray"], status: ownRange },
  { who: "cloudflare", header: ["server", /^cloudflare/i], status: ownRange },
  { who: "cloudflare", body: /^\s*error code: (?:1\d{3}|5[23]\d)\s*$/i, status: failed },
  { who: "fastly", body: /fastly error:/i },
  { who: "fastly", header: ["x-served-by", /^cache-/i], body: /varnish cache server|guru meditation/i, status: failed },
  { who: "varnish", body: /varnish cache server|guru meditation/i, status: failed },
  { who: "akamai", header: ["server", /^akamaighost/i], status: failed },
  { who: "akamai", body: /edgesuite\.net|reference\s*(?:#|&#35;)[\da-f]{1,4}[.\w]/i, status: failed },
  { who: "bunny", header: ["server", /^bunnycdn/i], body: /bunny/i, status: failed },
  { who: "frontdoor", header: ["x-azure-externalerror"] },
  { who: "frontdoor", header: ["x-azure-ref"], body: /our services aren't available right now|the request is blocked|azure ref/i, status: failed },
  { who: "frontdoor", body: /our services aren't available right now/i, status: failed },
  { who: "gfe", header: ["server", /^(?:gfe|google frontend)/i], body: /<html|server error|no healthy upstream/i, status: failed },
  { who: "gfe", body: /^<!doctype html><meta charset="?utf-8"?><meta name="?viewport"? content="[^"]{1,80}"><title>(\d{3})<\/title>\1 /i, status: failed },
  { who: "gfe", body: /your client does not have permission to get url|that’s an error|that&rsquo;s an error|the server encountered a temporary error and could not complete your request/i, status: failed },
  // Load balancers and gateways beside the server.
  { who: "alb", header: ["server", /^awselb/i] },
  { who: "apigateway", header: ["x-amz-apigw-id"], body: /^\s*\{\s*"message"\s*:\s*(?:null|"(?:forbidden|missing authentication token|unauthorized|endpoint request timed out|internal server error|too many requests|limit exceeded|request too long|unsupported media type|user is not authorized|the incoming token|not found|service unavailable))/i, status: failed },
  { who: "apigateway", header: ["x-amz-apigw-id"], body: /^\s*\{\s*"[mM]essage"\s*:/, status: (status) => status === 403 || status === 429 || status === 504 },
  { who: "apigateway", header: ["x-amzn-errortype", /^(?:MissingAuthenticationToken|IncompleteSignature)Exception/], body: /^\s*\{\s*"message"\s*:/, status: (status) => status === 403 },
  { who: "apigateway", header: ["apigw-requestid"], body: /^\s*\{\s*"message"\s*:\s*"(?:forbidden|unauthorized|not found|internal server error|service unavailable|too many requests)"\s*\}\s*$/i },
  { who: "appgateway", header: ["server", /^microsoft-azure-application-gateway/i], status: failed },
  { who: "appgateway", body: /microsoft-azure-application-gateway/i, status: failed },
  { who: "apim", body: /access denied due to (?:missing|invalid) subscription key/i },
  { who: "envoy", body: /^\s*(?:upstream connect error or disconnect\/reset before headers|no healthy upstream|upstream request timeout|rbac: access denied|local_rate_limited|stream timeout|envoy overloaded|jwt (?:is missing|verification fails|issuer is not configured|is expired)|downstream (?:duration|idle) timeout|payload too large$|failed to authenticate)/i },
  { who: "envoy", header: ["server", /^(?:envoy|istio-envoy)/i], body: /^\s*$/, status: gateway },
  { who: "envoy", body: /^\s*jwks? /i, status: (status) => status === 401 },
  { who: "envoy", header: ["x-envoy-ratelimited"], status: (status) => status === 429 },
  { who: "envoy", header: ["server", /^(?:envoy|istio-envoy)/i], body: /^\s*$/, lacks: "x-envoy-upstream-service-time", status: (status) => status === 404 || status === 403 || status === 426 },
  { who: "haproxy", body: /<h1>\d{3} [\w -]{1,40}<\/h1>\s{0,4}(?:no server is available to handle this request|the server (?:returned an invalid or incomplete response|didn't respond in time)|your browser (?:sent an invalid request|didn't send a complete request in time)|request forbidden by administrative rules|you need a valid user and password|you have sent too many requests)/i },
  { who: "haproxy", header: ["server", /^haproxy/i], status: gateway },
  { who: "nginx", body: /<title>welcome to nginx!?/i },
  { who: "apache", body: /<title>apache2? (?:\w{1,20} )?(?:default page|http server test page)|<h1>it works!<\/h1>\s{0,4}<\/body>/i },
  { who: "iis", body: /<title>iis (?:windows|\d)/i },
  { who: "nginx", body: /<hr ?\/?>\s{0,4}<center>\s{0,4}(?:nginx|openresty|tengine|angie)/i },
  { who: "nginx", header: ["server", /^(?:nginx|openresty|tengine)/i], body: /^\s*$/, status: (status) => gateway(status) || status === 413 || status === 400 },
  { who: "nginx", header: ["server", /^(?:nginx|openresty|tengine)/i], body: /^\s*<html/i, status: (status) => gateway(status) || status === 413 },
  { who: "kong", header: ["server", /^kong/i], body: /no route matched|invalid response was received from the upstream|upstream server is timing out|failure to get a peer|no api key found|api rate limit exceeded/i },
  { who: "kong", body: /no route matched with those values|failure to get a peer from the ring-balancer/i },
  { who: "kong", header: ["server", /^kong/i], body: /^\s*\{\s*"message"/, status: failed },
  { who: "apisix", header: ["server", /^apisix/i], body: /^\s*\{\s*"(?:error_msg|message)"/, status: failed },
  { who: "tyk", header: ["x-generator", /^tyk/i], status: failed },
  { who: "traefik", body: /^\s*no available server\s*$/i, status: gateway },
  { who: "traefik", header: ["server", /^traefik/i], status: failed },
  { who: "gonet", body: /^\s*(?:bad gateway|gateway timeout|404 page not found)\s*$/i, status: failed },
  { who: "caddy", header: ["server", /^caddy/i], body: /^\s*$/, status: gateway },
  // Platforms.
  { who: "heroku", header: ["server", /^heroku/i], status: failed },
  { who: "heroku", body: /herokucdn\.com\/error-pages|heroku \| (?:application error|no such app)/i, status: failed },
  { who: "render", header: ["x-render-routing", /no-server|error|suspend|rate-limited|deploy|hibernate/i] },
  { who: "vercel", header: ["x-vercel-error"] },
  { who: "netlify", header: ["server", /^netlify/i], body: /not found - request id|site not found|page not found/i, status: failed },
  { who: "fly", header: ["fly-request-id"], body: /^\s*(?:$|\[?P[A-Z]\d\d\b|instance |could not |error\.message)/i, status: gateway },
  { who: "cloudrun", body: /^\s*(?:the request (?:was aborted because there was no available instance|has been terminated because it has reached the maximum request timeout|failed because either the http response was malformed|was not (?:authenticated|authorized to invoke))|memory limit of [\d.]{1,8} ?mi?b exceeded|rate exceeded\.\s*$|response size was too large|(?:the user-provided )?container (?:failed to|called exit|terminated))/i, status: failed },
  { who: "railway", header: ["x-railway-fallback", /true/i] },
  { who: "railway", header: ["server", /^railway-edge/i], body: /application failed to respond|not found/i, status: failed },
  { who: "githubpages", body: /there isn't a github pages site here/i },
  { who: "appservice", body: /error 403 - this web app is stopped|azurewebsites\.net[^<>]{0,200}not found|web app - unavailable|404 web site not found/i, status: failed },
  // Web servers, which may be the server itself.
  { who: "httpsys", header: ["server", /^microsoft-httpapi/i] },
  { who: "iis", body: /iis \d{1,2}\.\d (?:detailed )?error|internet information services|http error \d{3}\.\d{1,2} - |<h2>\d{3} - [\w ,:.'-]{3,80}\.?<\/h2>/i, status: failed },
  { who: "apache", body: /<address>\s{0,4}apache|apache\/\d[^<>]{0,200} server at /i },
  { who: "apache", header: ["server", /^apache/i], body: /the proxy server (?:received an invalid response|could not handle)|<h1>(?:proxy error|service unavailable|bad gateway|gateway timeout)/i, status: failed },
  { who: "tomcat", body: /request header is too large|invalid character found in (?:the request target|method name)/i, status: failed },
  { who: "litespeed", body: /litespeed (?:web server|technologies)/i, status: failed },
  // Pages of filters that name no product.
  { who: "blockpage", body: /(?:web ?page|website|site|access|content|url) (?:has been |is |was )?(?:blocked|denied) (?:by|due to|because of|in accordance with) (?:your |the |our )?(?:organi[sz]ation|company|school|network|administrator|it |internet|acceptable|web ?filter|content filter|security policy)/i, status: (status) => status === 200 || failed(status) },
] // prettier-ignore
