/**
 * Rules for the proxy that the client itself is configured to use.
 */
import { hostOf, onFailure, topic } from "../rule.ts"

const rule = topic("proxy")

const unreachable = rule({
  code: "HF-HTTP-NET-014",
  title: "The proxy that the client is configured to use cannot be reached",
  explanation:
    "A setting (HTTPS_PROXY, or a setting of the system, npm, git or the browser) specifies a proxy that does not " +
    "resolve, refuses the connection or is not on this network. A typical cause is a company's proxy configured on " +
    "a machine that is at home. Nothing was sent to the server.",
  fix: [
    { text: "check the proxy's address, or remove the proxy setting on this network", safety: "check first" },
    { text: "list the hosts that do not need a proxy in NO_PROXY", safety: "check first" },
  ],
  change: "human",
  links: ["https://curl.se/libcurl/c/libcurl-env.html", "https://curl.se/libcurl/c/libcurl-errors.html"],
  find: onFailure(["proxy unreachable"], (facts) => ({
    confidence: "likely",
    detail: `The request for ${hostOf(facts)} was not sent because the proxy could not be reached.`,
  })),
})

/**
 * All rules about the client's own proxy. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const proxy = [unreachable] as const
