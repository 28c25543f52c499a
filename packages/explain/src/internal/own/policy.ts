/**
 * Defines the rules for calls that a policy rejected and for invalid policies.
 */
import { topic } from "./rule.ts"

const rule = topic("policy", "https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker")

/** All rules for rejected calls and invalid policies. */
export const policy = [
  rule({
    code: "HF-OWN-POLICY-001",
    names: ["CircuitOpen"],
    title: "The circuit breaker is open: the service failed too often, and the call was not sent",
    explanation:
      "Too many recent calls failed, so the breaker rejects new calls until its open time ends. Then one call " +
      "probes the service. The cause is the earlier failures, not this call.",
    fix: [
      { text: "investigate the failures that opened the breaker; retry after its open time", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-002",
    names: ["BulkheadFull", "LimitReached", "Throttled"],
    title: "A limit on calls was reached, and the call was not sent",
    explanation:
      "The bulkhead or the adaptive limit had no permit for the call, or the throttle rejected the call. Holdfast " +
      "rejected the call before sending it. The rejected call did not add load to the service.",
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
    title: "The call did not finish before its deadline",
    explanation:
      "The attempts, the waits between them, the gates and the queues left too little time before the deadline. " +
      "Holdfast interrupted what the call was doing at the deadline: an attempt, or a wait in a queue, at a gate " +
      "or before a retry. The timeline in the error shows where the time went.",
    fix: [
      {
        text: "check the timeline of attempts, then extend the deadline or reduce the number of attempts",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-POLICY-004",
    names: ["InvalidPolicy", "PipelineConfigError"],
    title: "A policy setting is invalid",
    explanation:
      "An option is out of range, or two options contradict each other. Holdfast checks each policy when it is " +
      "created. No call runs with an invalid policy.",
    fix: [{ text: "correct the option named in the error", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-POLICY-005",
    names: ["RedirectRefused", "RedirectsUncontrolled"],
    title: "A redirect was not followed, because the request carries a credential or a body",
    explanation:
      "The server redirected a call that carries a credential or a body, or the HTTP client would follow redirects " +
      "by itself. Holdfast does not send a token or a file to a host that the program did not specify.",
    fix: [
      { text: "if you trust the address in the redirect, send the call to that address", safety: "check first" },
      { text: "use an HTTP client that does not follow redirects", safety: "check first" },
    ],
    change: "plan",
  }),
] as const
