/**
 * Rules for the sign-in that is saved on this machine.
 */
import { topic } from "./rule.ts"

const rule = topic("session", "https://www.rfc-editor.org/rfc/rfc6749#section-6")

/** All rules of this topic. */
export const session = [
  rule({
    code: "HF-OWN-SESSION-001",
    names: ["SignInNeeded", "PairingNeeded", "NeedsHuman"],
    title: "Not signed in: the device has to be paired",
    explanation:
      "There is no sign-in on this machine, or it has expired and cannot be refreshed. Calls that need a token " +
      "wait at the authorization gate until a person approves the device again.",
    fix: [{ text: "run holdfast pair and approve the device", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-002",
    names: ["RefreshUncertain"],
    title: "The refresh token may have been used up",
    explanation:
      "The connection ended after the refresh was sent and before the response was complete. If the server issued " +
      "a new pair, it is lost and the old refresh token may no longer work. Holdfast tries it once more, under the " +
      "lock.",
    fix: [{ text: "run the command again; pair again if the server rejects the refresh token", safety: "check first" }],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-SESSION-003",
    names: ["AnswerUnreadable"],
    title: "The sign-in server reported success without tokens",
    explanation:
      "The status reports a successful sign-in, but the body has no readable access token. An intermediary may " +
      "have responded, or the server speaks another dialect of OAuth.",
    fix: [{ text: "save the response and explain it; check the address of the token endpoint", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-004",
    names: ["TokensCorrupt", "TokensUnreadable", "TokensUnusable", "TokensUnwritable"],
    title: "The file with the sign-in cannot be used",
    explanation:
      "The file is damaged, cannot be read or written, belongs to another user, or is readable by others. The " +
      "sign-in is neither used nor overwritten until a person has checked the file.",
    fix: [
      {
        text: "correct the owner, the mode (0600) or the disk space of the file; if it is damaged, pair again",
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
      "Processes refresh one at a time, under a lock. Either the lock file cannot be used, or another process held " +
      "the lock for longer than a refresh can take: it hangs, or it was killed on a share that keeps its locks.",
    fix: [{ text: "end the other process, then run the command again", safety: "check first" }],
    change: "human",
  }),
] as const
