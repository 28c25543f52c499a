/**
 * Defines the rules for the sign-in that is saved on this machine.
 */
import { topic } from "./rule.ts"

const rule = topic("session", "https://www.rfc-editor.org/rfc/rfc6749#section-6")

/** All rules for the saved sign-in. */
export const session = [
  rule({
    code: "HF-OWN-SESSION-001",
    names: ["SignInNeeded", "PairingNeeded", "NeedsHuman"],
    title: "The device is not signed in and must be paired",
    explanation:
      "This machine has no saved sign-in, or the saved sign-in has expired and cannot be refreshed. Calls that " +
      "need a token are not sent. The calls wait at the authorization gate until a user approves the device again.",
    fix: [{ text: "run holdfast pair and approve the device", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-002",
    names: ["RefreshUncertain"],
    title: "The refresh token may already have been used",
    explanation:
      "The connection ended after the refresh request was sent but before the complete response arrived. If the " +
      "server issued a new token pair, that pair is lost and the old refresh token may no longer work. Holdfast " +
      "retries the refresh once while it holds the lock.",
    fix: [
      {
        text: "run the command again, and pair the device again if the server rejects the refresh token",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-SESSION-003",
    names: ["AnswerUnreadable"],
    title: "The sign-in server reported success but did not return tokens",
    explanation:
      "The status indicates a successful sign-in, but the body does not contain a readable access token. An " +
      "intermediary may have responded, or the server uses another dialect of OAuth.",
    fix: [
      {
        text: "save the response and analyze it with holdfast explain; check the address of the token endpoint",
        safety: "check first",
      },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-SESSION-004",
    names: ["TokensCorrupt", "TokensUnreadable", "TokensUnusable", "TokensUnwritable"],
    title: "The file that contains the sign-in cannot be used",
    explanation:
      "The file is damaged, cannot be read or written, belongs to another user, or is readable by others. The " +
      "sign-in is neither used nor overwritten until you have checked the file.",
    fix: [
      {
        text: "correct the owner or the mode (0600) of the file, or free disk space; if the file is damaged, pair the device again",
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
      "Only the process that holds the lock may refresh the tokens. Either the lock file cannot be used, or " +
      "another process has held the lock for longer than a refresh can take. That process hangs, or it was killed " +
      "on a network share that does not release the locks of killed processes.",
    fix: [{ text: "stop the other process, then run the command again", safety: "check first" }],
    change: "human",
  }),
] as const
