/**
 * Host names that lead nowhere.
 */
import type { HttpFacts } from "../facts.ts"
import { hostOf, onFailure, topic } from "../rule.ts"

const rule = topic("name")

const links = ["https://nodejs.org/api/dns.html#error-codes"]

/** A name without a dot, which only a network of its own knows. */
const isShort = ({ url }: HttpFacts): boolean =>
  url !== undefined && /^[a-z][\w-]*$/i.test(url.hostname) && url.hostname !== "localhost"

const short = (facts: HttpFacts): string =>
  isShort(facts)
    ? " A name without a dot is that of a container, a service or a machine, and only its own network (Docker, Kubernetes, the office) knows it."
    : ""

/** No such name. */
const unknownName = rule({
  code: "HF-HTTP-DNS-001",
  title: "The host name cannot be resolved: misspelt, or no network",
  explanation:
    "The name service knows no address for the host. Either the name is wrong (a typo, a bucket or region that does not exist, " +
    "a scheme or port that slipped into the name), or the machine is offline and has no name server to ask. Nothing was sent.",
  fix: [
    { text: "check the host name in the URL", safety: "check first" },
    { text: "if other names resolve neither, bring the network up and send again", safety: "check first" },
  ],
  change: "nothing",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: (facts) =>
    onFailure(["ENOTFOUND", "ENODATA"], () => ({
      confidence: "certain",
      detail: `No address was found for ${hostOf(facts)}; nothing was sent.${short(facts)}`,
    }))(facts) ??
    // The name server of Docker answers so for a name that is no service of the network.
    (isShort(facts)
      ? onFailure(["EAI_*"], () => ({
          confidence: "likely",
          detail: `No address was found for ${hostOf(facts)}; nothing was sent.${short(facts)}`,
        }))(facts)
      : undefined),
})

/** The name server is silent. */
const noNameServer = rule({
  code: "HF-HTTP-DNS-002",
  title: "The name server gave no answer: the network is down or not ready",
  explanation:
    "The question could not be answered for now. A machine that has just joined a network, a captive portal that has not let it " +
    "through and a name server that is down look like this. It says nothing about the host. Nothing was sent.",
  fix: [{ text: "wait for the network and send again", safety: "safe to apply" }],
  change: "nothing",
  links,
  rivals: [],
  soleCause: "https://nodejs.org/api/errors.html#common-system-errors",
  find: onFailure(["EAI_*"], (facts) => ({
    confidence: isShort(facts) ? "possible" : "certain",
    detail: `The name server did not answer for ${hostOf(facts)}; nothing was sent.`,
  })),
})

/** The topic's rules. */
export const name = [unknownName, noNameServer] as const
