/**
 * Finds failures that occur between a proxy and the server behind it and that a retry does not resolve.
 */
import type { Fix, Found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "./facts.ts"
import { onPage } from "./rule.ts"

/**
 * Fixes for response headers that do not fit into the proxy's buffer
 * (nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size).
 */
const headers: ReadonlyArray<Fix> = [
  {
    text: "raise proxy_buffer_size (fastcgi_buffer_size for FastCGI), together with proxy_buffers and proxy_busy_buffers_size",
    safety: "check first",
  },
  { text: "change the application so that it sets fewer or smaller cookies and headers", safety: "check first" },
]

/** nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name */
const tlsOfNginx: ReadonlyArray<Fix> = [
  {
    text: "set `proxy_ssl_server_name on`; also set proxy_ssl_name if the server's name differs from the one in proxy_pass",
    safety: "check first",
  },
  {
    text: "compare the TLS versions, ciphers and client certificates of the proxy and of the server behind it (proxy_ssl_protocols, proxy_ssl_certificate)",
    safety: "check first",
  },
]

const tls: ReadonlyArray<Fix> = [
  {
    text: "compare the TLS settings of the proxy and of the server behind it: whether the port uses TLS or plain HTTP, the server name (SNI) and the certificates",
    safety: "check first",
  },
]

/** Finds a failure between a proxy and the server behind it, and adds the fix for the failure. */
export const find = (facts: HttpFacts): Found | undefined => {
  const found = onPage(["upstream headers", "upstream tls"])(facts)
  if (found === undefined) return undefined
  if (facts.page?.cause === "upstream headers") return { ...found, change: "human", fix: headers }
  return { ...found, change: "human", fix: facts.intermediary?.who === "nginx" ? tlsOfNginx : tls }
}
