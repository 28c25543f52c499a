/**
 * The sign-in that is kept on this machine.
 */
import { topic } from "./rule.ts"

const rule = topic("session", "https://www.rfc-editor.org/rfc/rfc6749#section-6")

/** The topic's rules. */
export const session = [
  rule({
    code: "HF-OWN-SESSION-001",
    names: ["SignInNeeded", "PairingNeeded", "NeedsHuman"],
    title: "Not signed in: the device has to be paired",
    explanation:
      "There is no sign-in on this machine, or it has ended and cannot be refreshed. Calls that need a token wait at the authorization " +
      "gate until a person approves the device again.",
    fix: [{ text: "run holdfast pair and approve the device", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-002",
    names: ["RefreshUncertain"],
    title: "It is not known whether the refresh token was used up",
    explanation:
      "The connection ended after the refresh was sent and before its answer was whole. If the server issued a new pair, it is lost " +
      "and the old refresh token may not work any more. It is tried once more, under the lock.",
    fix: [{ text: "run the command again; pair again if the server refuses the refresh token", safety: "check first" }],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-SESSION-003",
    names: ["AnswerUnreadable"],
    title: "The sign-in server answered with a success that has no tokens",
    explanation:
      "The status says that the sign-in succeeded, and the body has no access token that can be read. Something between may have " +
      "answered, or the server speaks another dialect of OAuth.",
    fix: [{ text: "save the answer and explain it; check the address of the token endpoint", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-004",
    names: ["TokensCorrupt", "TokensUnreadable", "TokensUnusable", "TokensUnwritable"],
    title: "The file that holds the sign-in cannot be used",
    explanation:
      "The file is damaged, cannot be read or written, belongs to another user, or others may read it. The sign-in is not used and not " +
      "overwritten until a person has looked.",
    fix: [
      {
        text: "correct owner, mode (0600) or free space of the file; if it is damaged, pair again",
        safety: "check first",
      },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-005",
    names: ["TokensLocked", "LockBusy", "LockRefused"],
    title: "Another process holds the lock on the sign-in",
    explanation:
      "One process refreshes at a time, under a lock. It was held for longer than a refresh can take, or its file cannot be used: the " +
      "other process hangs, or was killed on a share that keeps its locks.",
    fix: [{ text: "end the other process, then run the command again", safety: "check first" }],
    change: "human",
  }),
] as const
