/**
 * Identifies the vendor of an API from the response headers, the host of the request, and features of the vendor's error
 * documents.
 */
import type { Vendor } from "./vendorShape.ts"
import { products } from "./products.ts"
import { isObject, member, type Words } from "./words.ts"

export type { Vendor } from "./vendorShape.ts"

const links = (words: Words, host: string): boolean =>
  ["documentation_url", "doc_url", "more_info", "moreInfo", "help_url", "documentation"].some((name) =>
    [member(words, name), member(words, "error", name)].some((url) => typeof url === "string" && url.includes(host)),
  )

/** All vendors, in the order in which they are tested. */
const vendors: ReadonlyArray<Vendor> = [
  {
    id: "github",
    name: "GitHub",
    hosts: ["api.github.com", "uploads.github.com", "github.com", ".ghe.com"],
    headers: ["x-github-"],
    isSpeaking: (words) => links(words, "docs.github.com"),
  },
  {
    id: "anthropic",
    name: "Anthropic",
    isByKey: true,
    hosts: ["api.anthropic.com"],
    headers: ["anthropic-"],
    isSpeaking: (words) => member(words, "type") === "error" && typeof member(words, "error", "type") === "string",
  },
  {
    id: "openai",
    name: "OpenAI",
    isByKey: true,
    hosts: ["api.openai.com"],
    headers: ["openai-"],
    isSpeaking: (words) =>
      isObject(member(words, "error")) && "param" in (member(words, "error") as object) && !links(words, "stripe.com"),
  },
  {
    id: "stripe",
    name: "Stripe",
    isByKey: true,
    hosts: ["api.stripe.com", "files.stripe.com"],
    headers: ["stripe-"],
    isSpeaking: (words) => links(words, "stripe.com"),
  },
  {
    id: "shopify",
    name: "Shopify",
    hosts: [".myshopify.com"],
    headers: ["x-shopify-"],
  },
  {
    id: "slack",
    name: "Slack",
    hosts: ["slack.com", ".slack.com"],
    headers: ["x-slack-"],
    isSpeaking: (words) => member(words, "ok") === false && typeof member(words, "error") === "string",
  },
  {
    id: "discord",
    name: "Discord",
    hosts: ["discord.com", "discordapp.com"],
    headers: ["x-ratelimit-bucket", "x-ratelimit-scope"],
    isSpeaking: (words) =>
      typeof member(words, "retry_after") === "number" && typeof member(words, "global") === "boolean",
  },
  {
    id: "twilio",
    name: "Twilio",
    isByKey: true,
    hosts: [".twilio.com"],
    headers: ["twilio-"],
    isSpeaking: (words) => links(words, "twilio.com"),
  },
  {
    id: "notion",
    name: "Notion",
    hosts: ["api.notion.com"],
    headers: ["x-notion-"],
    isSpeaking: (words) => member(words, "object") === "error",
  },
  {
    id: "graph",
    name: "Microsoft Graph",
    hosts: ["graph.microsoft.com"],
    headers: ["x-ms-ags-diagnostic"],
    isSpeaking: (words) => isObject(member(words, "error", "innerError")),
  },
  {
    id: "atlassian",
    name: "Atlassian",
    hosts: [".atlassian.net", "api.atlassian.com", "api.bitbucket.org"],
    headers: ["x-arequestid", "atl-", "x-beta-ratelimit-"],
    isSpeaking: (words) => Array.isArray(member(words, "errorMessages")),
  },
  {
    id: "google",
    name: "Google",
    hosts: [".googleapis.com"],
    headers: [],
    isSpeaking: (words) =>
      /^[A-Z][A-Z_]+$/.test(String(member(words, "error", "status") ?? "")) ||
      (typeof member(words, "error", "code") === "number" && Array.isArray(member(words, "error", "errors"))),
  },
  {
    id: "azure-devops",
    name: "Azure DevOps",
    hosts: ["dev.azure.com", ".visualstudio.com"],
    headers: ["x-tfs-", "x-vss-"],
    isSpeaking: (words) =>
      /^Microsoft\.(?:TeamFoundation|VisualStudio)\b/.test(String(member(words, "typeName") ?? "")),
  },
  {
    id: "azure",
    name: "Azure",
    hosts: [".openai.azure.com", "management.azure.com", ".windows.net", ".azure.com"],
    headers: ["x-ms-ratelimit-", "apim-request-id"],
  },
  {
    id: "cloudflare",
    name: "Cloudflare's API",
    isByKey: true,
    hosts: ["api.cloudflare.com"],
    headers: [],
    isSpeaking: (words) =>
      (member(words, "success") === false && Array.isArray(member(words, "errors"))) ||
      Array.isArray(member(words, "errorChain")),
  },
  { id: "sendgrid", name: "SendGrid", hosts: ["api.sendgrid.com"], headers: [], isByKey: true },
  { id: "airtable", name: "Airtable", hosts: ["api.airtable.com"], headers: [], isByKey: true },
  { id: "mistral", name: "Mistral", hosts: ["api.mistral.ai"], headers: [], isByKey: true },
  { id: "groq", name: "Groq", hosts: ["api.groq.com"], headers: ["x-groq-"], isByKey: true },
  { id: "openrouter", name: "OpenRouter", hosts: ["openrouter.ai"], headers: [], isByKey: true },
  { id: "deepseek", name: "DeepSeek", hosts: ["api.deepseek.com"], headers: [], isByKey: true },
  { id: "mailgun", name: "Mailgun", hosts: ["api.mailgun.net", "api.eu.mailgun.net"], headers: [], isByKey: true },
  { id: "resend", name: "Resend", hosts: ["api.resend.com"], headers: [], isByKey: true },
  { id: "figma", name: "Figma", hosts: ["api.figma.com"], headers: ["x-figma-"] },
  ...products,
  { id: "supabase", name: "Supabase", hosts: [".supabase.co"], headers: ["sb-"] },
]

/**
 * Returns the vendor of a response. The response headers are checked first, then the host of the request, then the error
 * document.
 */
export const read = (words: Words, names: ReadonlyArray<string>, host: string | undefined): Vendor | undefined =>
  vendors.find(({ headers }) => names.some((name) => headers.some((beginning) => name.startsWith(beginning)))) ??
  vendors.find(
    ({ hosts }) =>
      host !== undefined && hosts.some((end) => host === end || (end.startsWith(".") && host.endsWith(end))),
  ) ??
  vendors.find(({ isSpeaking }) => isSpeaking?.(words) === true)
