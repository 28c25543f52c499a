/**
 * Lists the ways in which products and social services reject requests: their published codes, or the messages of rejections
 * that do not have a code.
 */
import type { Row } from "./refusalRow.ts"

const ok = 200

/** The rows for individual products. */
export const productRows: ReadonlyArray<Row> = [
  // https://docs.joinmastodon.org/api/oauth-scopes, https://developers.figma.com/docs/rest-api/scopes
  { cause: "scope", message: /outside (?:of )?the authorized scopes?|invalid scope\(s\)|does not (?:cover|include|have) (?:the )?(?:required |necessary )?scopes?|scope\w{0,2} (?:is|are) (?:not sufficient|insufficient)|token.{0,30}not (?:authorized|allowed) for (?:this |the )?scope/i, status: [ok, 400, 401, 403], isSure: false },
  // https://huggingface.co/docs/hub/models-gated
  { cause: "scope", message: /gated repo|must have access to it|access to (?:model|dataset|repo)\w* .{3,120} is restricted|awaiting a review/i, status: [401, 403], isSure: false },
  // https://docs.x.com/x-api/fundamentals/response-codes-and-errors, https://docs.x.com/fundamentals/authentication/overview
  { cause: "approval", vendor: "x", codes: ["client-not-enrolled", "client-forbidden", "453"], status: [403] },
  { cause: "approval", vendor: "x", message: /attached to a project|subset of x api|different access level|client.{0,8}not.{0,8}enrolled/i, status: [403] },
  { cause: "token kind", vendor: "x", codes: ["unsupported-authentication"], status: [403] },
  { cause: "token kind", vendor: "x", message: /authenticating with .{3,40} is forbidden for this endpoint/i, status: [403] },
  { cause: "scope", vendor: "x", codes: ["oauth1-permissions", "not-authorized-for-resource", "261", "220", "87", "93"], status: [401, 403] },
  { cause: "account", vendor: "x", codes: ["64", "326"], status: [401, 403] },
  // https://learn.microsoft.com/linkedin/shared/api-guide/concepts/error-handling
  { cause: "scope", vendor: "linkedin", codes: ["ACCESS_DENIED", "100"], status: [403] },
  { cause: "scope", vendor: "linkedin", message: /not enough permissions|unpermitted fields|does not have permission/i, status: [400, 403] },
  // https://developers.tiktok.com/doc/tiktok-api-v2-error-handling, https://developers.tiktok.com/doc/content-posting-api-reference-direct-post
  { cause: "approval", vendor: "tiktok", codes: ["unaudited_client_can_only_post_to_private_accounts", "reached_active_user_cap", "url_ownership_unverified"], status: [ok, 400, 403] },
  { cause: "scope", vendor: "tiktok", codes: ["scope_not_authorized", "scope_permission_missed"], status: [ok, 400, 401, 403] },
  { cause: "account", vendor: "tiktok", codes: ["spam_risk_user_banned_from_posting"], status: [ok, 400, 403] },
  // https://developers.facebook.com/docs/graph-api/guides/error-handling, https://developers.facebook.com/docs/development/build-and-test/app-modes
  { cause: "approval", vendor: "facebook", message: /does not have the capability|app(?:lication)? (?:is )?(?:not active|not accessible|in development mode)|requires? .{0,40}app ?review|reviewable feature|(?:advanced|standard) access|not installed|insufficient developer role/i, status: [400, 403], isSure: false },
  { cause: "token kind", vendor: "facebook", message: /must be called with an? (?:app|page|user|client) |(?:page|user|app) access token is required|this method must be called with/i, status: [400, 403] },
  { cause: "scope", vendor: "facebook", message: /unsupported (?:get|post|delete) request\. object with id/i, status: [400, 404], isSure: false },
  // https://developer.spotify.com/documentation/web-api/concepts/quota-modes, …/reference/start-a-users-playback
  { cause: "approval", vendor: "spotify", message: /user not registered in the developer dashboard|user not approved for app|not registered (?:in|for)/i, status: [403] },
  { cause: "account", vendor: "spotify", codes: ["PREMIUM_REQUIRED"], status: [403] },
  { cause: "account", vendor: "spotify", message: /premium required|premium subscription/i, status: [403] },
  { cause: "token kind", vendor: "spotify", message: /valid user authentication required/i, status: [401, 403] },
  { cause: "scope", vendor: "spotify", message: /insufficient client scope/i, status: [403] },
  // https://dev.twitch.tv/docs/authentication, https://dev.twitch.tv/docs/eventsub/manage-subscriptions
  { cause: "scope", vendor: "twitch", message: /missing (?:required )?scope|subscription missing proper authorization|incorrect user authorization/i, status: [401, 403] },
  { cause: "token kind", vendor: "twitch", message: /(?:user|app) access token|invalid transport and auth combination|must match the user id (?:found )?in/i, status: [400, 401, 403], isSure: false },
  // https://github.com/reddit-archive/reddit/wiki/OAuth2, https://www.reddit.com/dev/api
  { cause: "token kind", vendor: "reddit", codes: ["USER_REQUIRED"], status: [ok, 401, 403] },
  { cause: "user agent", vendor: "reddit", message: /whoa there, pardner|change your user agent/i, status: [403, 429], isSure: false },
  // https://developers.dropbox.com/error-handling-guide
  { cause: "scope", vendor: "dropbox", message: /does not have the required scope|not permitted to access this endpoint/i, status: [400, 401] },
  { cause: "token kind", vendor: "dropbox", message: /operates on a single dropbox account|access token you provided is for an (?:entire|individual)|team (?:token|member)/i, status: [400] },
  { cause: "scope", vendor: "dropbox", codes: ["missing_scope"], status: [401] },
  // https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors
  { cause: "scope", vendor: "box", codes: ["access_denied_insufficient_permissions", "insufficient_scope", "forbidden"], status: [403] },
  { cause: "address", vendor: "box", codes: ["access_from_location_blocked", "access_denied_location_blocked"], status: [403] },
  { cause: "approval", vendor: "box", message: /not authorized by the enterprise|based on the enterprise configuration/i, status: [400, 401, 403] },
  // https://developers.zoom.us/docs/api/errors
  { cause: "scope", vendor: "zoom", codes: ["4711", "104"], status: [400, 401, 403] },
  { cause: "account", vendor: "zoom", message: /only available for paid|paid (?:account|user)|webinar plan|zmp account/i, status: [400, 403] },
  // https://developer.vimeo.com/api/authentication, https://help.vimeo.com/hc/articles/12427789081745
  { cause: "token kind", vendor: "vimeo", codes: ["8002"], status: [400, 401, 403] },
  { cause: "token kind", vendor: "vimeo", message: /missing a user id|must be authenticated as a user/i, status: [401, 403] },
  { cause: "scope", vendor: "vimeo", message: /does not have the "?\w+"? scope|required scope|capabilit/i, status: [401, 403], isSure: false },
  // https://developers.strava.com/docs/reference/#api-models-Fault, https://developers.strava.com/docs/rate-limits
  { cause: "approval", vendor: "strava", message: /limit of connected athletes|application (?:status )?inactive/i, status: [401, 403] },
  { cause: "approval", vendor: "strava", codes: ["Inactive", "Limit exceeded"], status: [403] },
  // https://dev.fitbit.com/build/reference/web-api/troubleshooting-guide/error-messages
  { cause: "scope", vendor: "fitbit", codes: ["insufficient_scope", "insufficient_permissions"], status: [403] },
  // https://developers.hubspot.com/docs/api-reference/error-handling
  { cause: "scope", vendor: "hubspot", codes: ["MISSING_SCOPES"], status: [403] },
  // https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
  { cause: "account", vendor: "intuit", codes: ["6190"], status: [400, 403] },
  { cause: "scope", vendor: "intuit", codes: ["3100", "120", "003100"], status: [400, 401, 403], isSure: false },
  { cause: "scope", vendor: "intuit", message: /applicationauthorizationfailed|errorCode=003100/i, status: [401, 403], isSure: false },
  // https://developer.xero.com/documentation/api/accounting/responsecodes
  { cause: "scope", vendor: "xero", codes: ["AuthorizationUnsuccessful", "AuthorizationFailed"], status: [401, 403] },
  // https://docs.gitlab.com/api/rest/troubleshooting
  { cause: "scope", vendor: "gitlab", message: /^403 forbidden|insufficient permissions/i, status: [403], isSure: false },
  // https://docs.discord.com/developers/topics/opcodes-and-status-codes
  { cause: "token kind", vendor: "discord", codes: ["20001", "20002"], status: [400, 401, 403] },
  // https://docs.slack.dev/authentication/tokens
  { cause: "token kind", vendor: "slack", codes: ["not_allowed_token_type", "user_is_bot", "bot_not_found"], status: [ok, 403] },
  { cause: "approval", vendor: "slack", codes: ["app_not_approved", "enterprise_is_restricted", "app_access_restricted_by_org_admin"], status: [ok, 403] },
  // https://learn.microsoft.com/graph/permissions-overview, https://learn.microsoft.com/graph/errors
  { cause: "token kind", vendor: "graph", message: /only valid with delegated authentication flow|delegated permissions|app[- ]only (?:access )?token|application permission.{0,40}not supported|does not support application/i, status: [400, 401, 403] },
  { cause: "account", vendor: "graph", message: /does not have a spo license|mailbox is (?:either )?inactive|no valid license|not licensed|exchange online license/i, status: [400, 403, 404] },
  { cause: "account", vendor: "graph", codes: ["MailboxNotEnabledForRESTAPI", "MailboxNotHostedInExchangeOnline"], status: [400, 403, 404] },
  // https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto, https://developers.google.com/youtube/v3/docs/errors
  { cause: "token kind", vendor: "google", codes: ["ACCESS_TOKEN_TYPE_UNSUPPORTED", "ACCOUNT_STATE_INVALID"], status: [400, 401, 403] },
  { cause: "account", vendor: "google", codes: ["youtubeSignupRequired", "channelNotFound", "liveStreamingNotEnabled", "channelClosed", "channelSuspended"], status: [401, 403, 404] },
  { cause: "account", vendor: "google", message: /mail service not enabled|not a google .{0,20}user/i, status: [400, 403] },
  { cause: "approval", vendor: "google", codes: ["domainPolicy", "USER_BLOCKED_BY_ADMIN", "ORG_RESTRICTION_VIOLATION", "CONSUMER_SUSPENDED", "SECURITY_POLICY_VIOLATED"], status: [400, 403] },
  { cause: "scope", vendor: "google", codes: ["appNotAuthorizedToFile", "appNotAuthorizedToChild", "insufficientFilePermissions", "insufficientParentPermissions", "insufficientCommentPermissions"], status: [403] },
  { cause: "scope", vendor: "google", message: /delegation denied for/i, status: [403] },
  // https://shopify.dev/docs/apps/launch/protected-customer-data
  { cause: "approval", vendor: "shopify", message: /not approved to (?:access|use)|protected customer data/i, status: [ok, 403] },
  // https://docs.stripe.com/keys, https://developers.etsy.com/documentation/essentials/authentication
  { cause: "key", vendor: "stripe", message: /publishable (?:api )?key|secret (?:api )?key/i, status: [200, 400, 401, 403], isSure: false },
  { cause: "key", message: /x-api-key.{0,60}(?:required|missing|invalid|not found)|(?:required|missing|invalid|no).{0,40}x-api-key|api[ _-]?key (?:is )?(?:required|missing)|(?:missing|no|did not provide an|without(?: an)?) api[ _-]?key/i, status: [ok, 400, 401, 403], isSure: false },
  // https://developers.cloudflare.com/fundamentals/api/troubleshooting
  { cause: "key", vendor: "cloudflare", codes: ["6003", "6100", "6101", "6102", "6103", "6105", "6111", "9103", "9104", "9106", "9107", "1000", "1001"], status: [400, 401, 403], isSure: false },
  { cause: "address", vendor: "cloudflare", message: /cannot use the access token from location/i, status: [400, 401, 403] },
  { cause: "key", vendor: "cloudflare", message: /invalid (?:access|api) token/i, status: [400, 401, 403], isSure: false },
  { cause: "scope", vendor: "cloudflare", codes: ["10000", "9109", "10013", "7500"], status: [400, 401, 403], isSure: false },
  // https://core.telegram.org/bots/api#making-requests: the path holds the token; one that has no form of a token is "Not Found"
  { cause: "key", vendor: "telegram", message: /^(?:unauthorized|not found)$/i, status: [401, 404], isSure: false },
  { cause: "scope", vendor: "telegram", message: /^forbidden: |not enough rights|have no rights|need administrator rights|chat_admin_required/i, status: [400, 403], isSure: false },
  // https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate
  { cause: "key", vendor: "azure-devops", message: /personal access token used has (?:expired|been revoked)|access token (?:has )?expired/i, status: [401, 403] },
  { cause: "scope", vendor: "azure-devops", message: /^(?:TF400813|TF401019|TF401027|TF200016|VS30063|VS403\d{3})\b|is not authorized to access/i, status: [400, 401, 403, 404], isSure: false },
  // https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization
  { cause: "key", vendor: "trello", message: /^(?:invalid|expired) (?:app )?(?:key|token)|^unauthorized token/i, status: [400, 401, 403], isSure: false },
  { cause: "scope", vendor: "trello", message: /^unauthorized \w+ (?:permission )?requested/i, status: [401, 403], isSure: false },
  // https://spec.matrix.org/latest/client-server-api/#using-access-tokens
  { cause: "key", vendor: "matrix", codes: ["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"], status: [400, 401, 403], isSure: false },
  { cause: "key", message: /\bM_(?:UNKNOWN|MISSING)_TOKEN\b|unrecogni[sz]ed access token|\b(?:unknown|missing) (?:access|auth) token\b/i, status: [400, 401, 403], isSure: false },
  // https://developer.wordpress.org/rest-api/using-the-rest-api/authentication
  { cause: "key", vendor: "wordpress", codes: ["incorrect_password", "invalid_username", "invalid_email", "application_passwords_disabled"], status: [400, 401, 403], isSure: false },
  // Messages of many vendors
  { cause: "key", message: /invalid format for (?:the )?(?:authorization|x-auth-\w+) header|provided authorization grant is invalid|unable to authenticate you|authenticat\w{1,4} with (?:a )?passwords? is (?:deprecated|no longer)|(?:support for )?password authentication (?:was|is|has been) (?:removed|deprecated|disabled)|invalid (?:bot |personal )?access token\.?$|^invalid (?:api )?token\.?$|(?:token|credentials?) (?:that )?(?:you )?(?:was |were )?(?:provided |specified |supplied )?(?:is|are) (?:not valid|invalid)|invalid (?:api )?credentials\b|missing an? (?:authentication|access|api) token|\bTF400813\b/i, status: [ok, 400, 401, 403], isSure: false },
  { cause: "key", codes: ["AUTHENTICATION_REQUIRED"], status: [400, 401, 403], isSure: false },
  { cause: "token kind", message: /requires? (?:an? )?(?:user|delegated|page|app(?:lication)?|bot|team|admin)[- ](?:access )?(?:token|context|authentication)|(?:user|app(?:lication)?)[- ](?:only )?(?:access )?tokens? (?:is|are) (?:required|not (?:supported|allowed|accepted|permitted))/i, status: [ok, 400, 401, 403], isSure: false },
  { cause: "approval", message: /(?:app|application|client|integration) (?:is |has |was )?(?:not (?:been )?(?:yet )?(?:approved|reviewed|verified|whitelisted|enrolled|activated|published)|unverified|pending (?:review|approval)|in (?:development|sandbox|test) mode)/i, status: [ok, 400, 401, 403], isSure: false },
  { cause: "account", message: /(?:requires?|need|upgrade to|only available (?:on|for|to|with)|not (?:available|included) (?:on|in|for)) (?:an? |the |your |this )?(?:\w{1,20} ){0,2}(?:plan|subscription|license|licence|premium|paid account|pro account)\b/i, status: [ok, 400, 402, 403], isSure: false },
] // prettier-ignore
