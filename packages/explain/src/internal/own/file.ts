/**
 * Defines the rules for errors that concern the local file.
 */
import { topic } from "./rule.ts"

const rule = topic("file", "https://man7.org/linux/man-pages/man3/errno.3.html")

/** All rules for errors that concern the local file. */
export const file = [
  rule({
    code: "HF-OWN-FILE-001",
    names: ["FileChanged"],
    title: "The file changed while it was being read",
    explanation:
      "The size, a modification time or the identity of the file has changed since the upload started. The sent " +
      "bytes may mix two versions of the file, so the file does not count as uploaded.",
    fix: [{ text: "wait until the writing program has closed the file, then upload again", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-002",
    names: ["FileMissing", "IsDirectory", "NotRegularFile", "BadPath"],
    title: "The path does not lead to a regular file",
    explanation:
      "The path is missing or cannot be resolved, or it is a directory, a pipe or a device. A retry must be able " +
      "to read from any offset, and only a regular file allows that.",
    fix: [{ text: "specify a regular file; save the output of a pipe to a file first", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-003",
    names: ["NoPermission"],
    title: "The current user is not allowed to read the file",
    explanation:
      "The user that runs the program does not have permission to read the file. A retry as the same user would " +
      "fail in the same way.",
    fix: [
      { text: "give the user read access to the file and search access to its directories", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-004",
    names: ["FileBusy", "TooManyOpenFiles"],
    title: "The operating system temporarily could not open the file",
    explanation:
      "Another program has locked the file, or the process has used up its file descriptors or memory. Both are " +
      "temporary, so Holdfast retries the read with the usual delays.",
    fix: [
      {
        text: "close the program that uses the file, or raise the limit on open files (ulimit -n)",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-FILE-005",
    names: ["ReadFailed", "MediumGone", "UnknownFileError"],
    title: "The file could not be read from its storage medium",
    explanation:
      "Reading failed with an I/O error, or the card, disk or network share was disconnected. A worn card or a " +
      "loose cable can cause this error. The next attempt may then succeed. A removed medium must be reconnected " +
      "before a retry.",
    fix: [{ text: "check the card, its reader and the cable, and copy the file to a disk", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-006",
    names: ["SizeUnreliable"],
    title: "The reported size of the file differs from the size of its content",
    explanation:
      "The file reports a size that differs from the number of bytes that can be read, as files in /proc and on " +
      "some network shares do. An upload calculates its parts from the reported size, so it cannot send a file " +
      "whose reported size is wrong.",
    fix: [{ text: "copy the file to a local disk, then upload the copy", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-007",
    names: ["RecordingRewritten"],
    title: "The recorder changed bytes of a recording after they had been sent",
    explanation:
      "Many recorders rewrite a file's header when the recording ends. The comparison before the final part found " +
      "changed parts, so the final part was not sent and the asset is incomplete.",
    fix: [
      { text: "upload the finished file with Uploader", safety: "check first" },
      {
        text: 'set onRewrite to "resend", which sends changed parts again before the final part',
        safety: "check first",
      },
    ],
    change: "plan",
  }),
] as const
