/**
 * Calls that a policy rejected, and policies that cannot be.
 */
import { topic } from "./rule.ts"

const rule = topic("policy", "https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker")

/** The topic's rules. */
export const policy = [
  rule({
    code: "HF-OWN-POLICY-001",
    names: ["CircuitOpen"],
    title: "The circuit breaker is open: the service failed too often, and the call was not sent",
    explanation:
      "So many recent calls failed that the breaker rejects further ones until its break is over; then one call probes. The cause is " +
      "in the failures before, not in this call.",
    fix: [{ text: "explain the failures that opened the breaker; retry after its break", safety: "check first" }],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-002",
    names: ["BulkheadFull", "LimitReached", "Throttled"],
    title: "A limit on calls was reached, and the call was not sent",
    explanation:
      "As many calls run and wait as the bulkhead, the adaptive limit or the throttle permits. The call was rejected at once, so that " +
      "it does not wait for what it cannot get in time.",
    fix: [
      { text: "start fewer calls at once, or raise the limit if the service can take more", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-003",
    names: ["DeadlineExceeded"],
    title: "The deadline of the whole call passed",
    explanation:
      "Attempts, waits between them and gates together took longer than the deadline permits. The last attempt was interrupted; the " +
      "timeline in the error shows where the time went.",
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
    title: "A setting of a policy is not one that it can have",
    explanation:
      "An option has a value outside of its range, or two options contradict each other. Policies are checked when they are made, so " +
      "that no call runs with a policy that means nothing.",
    fix: [{ text: "correct the option that the error names", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-POLICY-005",
    names: ["RedirectRefused", "RedirectsUncontrolled"],
    title: "A redirect was not followed, since it would take credentials or footage to another host",
    explanation:
      "The server redirected a call that carries a credential or a body, or the HTTP client follows redirects by itself. Neither a " +
      "token nor a file is sent to a host that the program did not name.",
    fix: [
      { text: "call the address that the redirect names, if you trust it", safety: "check first" },
      { text: "give a client that does not follow redirects", safety: "check first" },
    ],
    change: "plan",
  }),
] as const
