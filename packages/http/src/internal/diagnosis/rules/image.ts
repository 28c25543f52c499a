/**
 * Image registries: Docker Hub, GHCR, ECR, Artifact Registry, Harbor, and private registries.
 */
import { onRefusal, spoken, topic } from "../rule.ts"
import type { HttpFacts } from "../facts.ts"

const rule = topic("image")

const pull = "https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/"
const specification = "https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes"

const whoAsked = ({ words }: HttpFacts): string =>
  /anonymous|no basic auth/i.test(words.message)
    ? "The client sent the request anonymously because it has no credentials for this registry."
    : "The registry does not permit this client to access the image, or cannot identify the client."

const access = rule({
  code: "HF-HTTP-API-030",
  title:
    "The registry denies access to the image: the client is not signed in (docker login, pull secret), or it lacks " +
    "permission",
  explanation:
    "Registries send this response for a private image without a login, and for an image that does not exist (so " +
    "that they do not reveal which images exist). Registries also send this response for a push or pull that the " +
    "token or role does not permit. docker takes credentials from docker login, and Kubernetes takes them from an " +
    "imagePullSecret in the namespace of the pod. ECR credentials expire after 12 hours. The registry ghcr.io " +
    "requires a token with read:packages or write:packages. A misspelled name, or a name without the account in " +
    "front of it, causes the same response.",
  fix: [
    {
      text: "check the name of the image: the host, the account or project, the repository and the tag",
      safety: "check first",
    },
    {
      text: "sign in with docker login, or add an imagePullSecret, with credentials that can pull from (or push to) this repository",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pull, specification, "https://docs.docker.com/reference/cli/docker/login/"],
  find: onRefusal("image access", (facts) => `${whoAsked(facts)}${spoken(facts)}`),
})

const unknown = rule({
  code: "HF-HTTP-API-031",
  title: "The registry does not have the image: its name, tag or digest does not exist in the registry",
  explanation:
    "The registry was reached but has no manifest under this name. The tag might be misspelled, might have been " +
    "deleted by a cleanup or never pushed, or might belong to another repository or account. The image might also " +
    "exist only for other platforms.",
  fix: [{ text: "list the tags of the repository, and use one of them", safety: "check first" }],
  change: "plan",
  links: [specification],
  find: onRefusal("image", (facts) => `The registry cannot find the requested image.${spoken(facts)}`),
})

/**
 * All rules about image registries. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const image = [access, unknown] as const
