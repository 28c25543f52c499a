/**
 * Rules for errors of the local file.
 */
import { topic } from "./rule.ts"

const rule = topic("file", "https://man7.org/linux/man-pages/man3/errno.3.html")

/** All rules of this topic. */
export const file = [
  rule({
    code: "HF-OWN-FILE-001",
    names: ["FileChanged"],
    title: "The file changed while it was read",
    explanation:
      "The size, a modification time or the identity of the file differs from the start of the upload. The sent " +
      "bytes may mix two versions, so the file does not count as uploaded.",
    fix: [{ text: "wait until the writing program has closed the file, then upload again", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-002",
    names: ["FileMissing", "IsDirectory", "NotRegularFile", "BadPath"],
    title: "There is no regular file at this path",
    explanation:
      "The path is missing or cannot be resolved, or it is a directory, a pipe or a device. A retry must be able " +
      "to read from any offset, which needs a regular file.",
    fix: [{ text: "name a file; copy the output of a pipe into one first", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-003",
    names: ["NoPermission"],
    title: "This user may not read the file",
    explanation:
      "The operating system denied the program's user access to the file. A retry as the same user fails in the " +
      "same way.",
    fix: [
      { text: "give the user read access to the file and search access to its directories", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-004",
    names: ["FileBusy", "TooManyOpenFiles"],
    title: "The system could not open the file at that moment",
    explanation:
      "Another program has locked the file, or the process has used up its file descriptors or memory. Both are " +
      "temporary, so the read is retried with the usual delays.",
    fix: [
      {
        text: "close the program that holds the file, or raise the limit of open files (ulimit -n)",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-FILE-005",
    names: ["ReadFailed", "MediumGone", "UnknownFileError"],
    title: "The storage medium did not deliver the bytes of the file",
    explanation:
      "Reading failed with an I/O error, or the card, disk or network share went away. With a worn card or a loose " +
      "cable the next attempt may succeed. A removed medium must be attached again.",
    fix: [{ text: "check the card, its reader and the cable, and copy the file to a disk", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-FILE-006",
    names: ["SizeUnreliable"],
    title: "The reported size of the file differs from its content",
    explanation:
      "The file reports a size that differs from the bytes that reading it returns, as files of /proc and of some " +
      "network shares do. An upload plans its parts from the size, so it cannot send such a file.",
    fix: [{ text: "copy the file to a local disk and upload the copy", safety: "check first" }],
    change: "human",
  }),
] as const
