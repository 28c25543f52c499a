/**
 * Rules for calls that a policy rejected, and for invalid policies.
 */
import { topic } from "./rule.ts"

const rule = topic("policy", "https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker")

/** All rules of this topic. */
export const policy = [
  rule({
    code: "HF-OWN-POLICY-001",
    names: ["CircuitOpen"],
    title: "The circuit breaker is open: the service failed too often, and the call was not sent",
    explanation:
      "So many recent calls failed that the breaker rejects further ones until its break is over. Then one call " +
      "probes the service. The cause is in the earlier failures, not in this call.",
    fix: [{ text: "explain the failures that opened the breaker; retry after its break", safety: "check first" }],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-002",
    names: ["BulkheadFull", "LimitReached", "Throttled"],
    title: "A limit on calls was reached, and the call was not sent",
    explanation:
      "The bulkhead, the adaptive limit or the throttle is full. The call was rejected immediately, because it " +
      "would not have run in time.",
    fix: [
      {
        text: "start fewer calls concurrently, or raise the limit if the service can handle more",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-003",
    names: ["DeadlineExceeded"],
    title: "The deadline of the whole call passed",
    explanation:
      "The attempts, the waits between them and the gates together took longer than the deadline. The last attempt " +
      "was interrupted. The timeline in the error shows where the time went.",
    fix: [
      {
        text: "read the timeline of attempts; raise the deadline or lower the number of attempts",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-004",
    names: ["InvalidPolicy", "PipelineConfigError"],
    title: "A setting of a policy is invalid",
    explanation:
      "An option is out of its range, or two options contradict each other. Policies are checked when they are " +
      "created, so that no call runs with an invalid one.",
    fix: [{ text: "correct the option that the error names", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-POLICY-005",
    names: ["RedirectRefused", "RedirectsUncontrolled"],
    title: "A redirect was not followed, because it leads to another host",
    explanation:
      "The server redirected a call that carries a credential or a body, or the HTTP client follows redirects by " +
      "itself. Holdfast sends neither a token nor a file to a host that the program did not name.",
    fix: [
      { text: "call the address that the redirect names, if you trust it", safety: "check first" },
      { text: "use an HTTP client that does not follow redirects", safety: "check first" },
    ],
    change: "plan",
  }),
] as const
