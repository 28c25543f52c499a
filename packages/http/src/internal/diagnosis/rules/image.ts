/**
 * Image registries: Docker Hub, GHCR, ECR, Artifact Registry, Harbor, and private ones.
 */
import { onRefusal, spoken, topic } from "../rule.ts"
import type { HttpFacts } from "../facts.ts"

const rule = topic("image")

const pull = "https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/"
const specification = "https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes"

const whoAsked = ({ words }: HttpFacts): string =>
  /anonymous|no basic auth/i.test(words.message)
    ? "The client asked without credentials (anonymously): it has none for this registry."
    : "The registry does not permit it to this client, or does not know who asks."

const access = rule({
  code: "HF-HTTP-API-030",
  title:
    "The registry does not give this image to this client: it is not signed in (docker login, pull secret), or may " +
    "not have the image",
  explanation:
    "Registries say so of a private image without a login, of an image that does not exist (so as not to tell " +
    "which do), and of a push or pull that the token or role does not permit. docker takes credentials from docker " +
    "login, Kubernetes from an imagePullSecret in the namespace of the pod; those of ECR are good for 12 hours, " +
    "and ghcr.io wants a token with read:packages or write:packages. A name that is misspelt, or lacks the account " +
    "before it, looks the same.",
  fix: [
    { text: "check the name of the image: host, account or project, repository, tag", safety: "check first" },
    {
      text: "sign in with docker login, or add an imagePullSecret, with credentials that may pull (or push) this repository",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pull, specification, "https://docs.docker.com/reference/cli/docker/login/"],
  find: onRefusal("image access", (facts) => `${whoAsked(facts)}${spoken(facts)}`),
})

const unknown = rule({
  code: "HF-HTTP-API-031",
  title: "The registry has no such image: the name, the tag or the digest does not exist there",
  explanation:
    "The registry was reached and knows no manifest under this name. The tag is misspelt or was never pushed, was " +
    "deleted by a clean-up, belongs to another repository or account, or the image is there for other platforms " +
    "only.",
  fix: [{ text: "list the tags of the repository, and name one that is there", safety: "check first" }],
  change: "plan",
  links: [specification],
  find: onRefusal("image", (facts) => `The registry does not find it.${spoken(facts)}`),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const image = [access, unknown] as const
