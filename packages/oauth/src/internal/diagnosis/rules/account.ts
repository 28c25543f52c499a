/**
 * Rules for sign-ins that fail until the user or an administrator makes a change. The changes concern second factors,
 * policies, consent, accounts or passwords.
 */
import { rfc, statedIn } from "../rule.ts"

const rule = statedIn("account")

const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
const google = "https://developers.google.com/identity/protocols/oauth2/web-server#exchange-errors-invalid-grant"
const github =
  "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"
const oidc = "https://openid.net/specs/openid-connect-core-1_0.html#AuthError"
const cognito =
  "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html#API_InitiateAuth_Errors"

const secondFactor = rule({
  code: "HF-OAUTH-ACCOUNT-001",
  title: "The user has to use a second factor (MFA) in an interactive sign-in",
  explanation:
    "The account, or the policy of its organization, requires multi-factor authentication. The sign-in that " +
    "produced the grant did not use a second factor. Alternatively, the earlier verification with the second " +
    "factor has expired. A program cannot complete the second factor for the user. A retry with only a refresh " +
    "token or a password gets the same response.",
  fix: [
    { text: "start an interactive sign-in, and have the user use the second factor", safety: "check first" },
    { text: "for a program that runs unattended, use a separate client (client credentials)", safety: "check first" },
  ],
  change: "human",
  links: [entra, "https://auth0.com/docs/api/authentication#multi-factor-authentication"],
  rivals: [],
  soleCause: entra,
  details: { secondFactor: "A second factor is required, but the grant was issued without one." },
})

const policy = rule({
  code: "HF-OAUTH-ACCOUNT-002",
  title: "A policy set by an administrator blocks this sign-in; the user did not decline the sign-in",
  explanation:
    "The organization permits sign-ins only under certain conditions. Examples of such conditions are a managed " +
    "device, a specific network, an approved app, a permitted client, or a ban on device codes (Conditional " +
    "Access, access policies, app access control). Alternatively, the app accepts only accounts from its own " +
    "organization (Google: user type Internal). The server recognizes the user and the client. The response stays " +
    "the same until the condition is met or the administrator changes the policy.",
  fix: [
    {
      text: "give the administrator the trace or request id of this sign-in, and ask which policy applied",
      safety: "check first",
    },
    { text: "sign in from a device and network that the policy permits", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://learn.microsoft.com/entra/identity/conditional-access/troubleshoot-conditional-access",
    google,
    "https://developer.okta.com/docs/guides/configure-access-policy/main/",
  ],
  rivals: [],
  soleCause: entra,
  details: { policy: "A policy that an administrator set does not permit this sign-in." },
})

const consent = rule({
  code: "HF-OAUTH-ACCOUNT-003",
  title: "The application lacks consent: the user or an administrator must grant it",
  explanation:
    "The application requests permissions that were not granted for this account or were withdrawn. An " +
    "administrator must consent to some permissions. Some organizations always require the consent of an " +
    "administrator. Only an interactive sign-in can request consent.",
  fix: [
    { text: "start an interactive sign-in that shows the consent page", safety: "check first" },
    { text: "have an administrator grant consent for the organization", safety: "check first" },
  ],
  change: "human",
  links: [entra, oidc],
  rivals: [],
  soleCause: entra,
  details: { consent: "The application lacks the consent of the user or of an administrator." },
})

const closed = rule({
  code: "HF-OAUTH-ACCOUNT-004",
  title: "The account cannot sign in: it is disabled, locked, deleted, or not in this directory",
  explanation:
    "The server recognizes the application but rejects the account. An administrator disabled the account, it was " +
    "locked after failed attempts, it was deleted, or it belongs to a different tenant than the requested one. The " +
    "account's tokens are rejected too.",
  fix: [
    { text: "have an administrator check the account, and unlock, enable or invite it", safety: "check first" },
    { text: "sign in to the tenant that the account belongs to", safety: "check first" },
  ],
  change: "human",
  links: [entra, google, "https://docs.slack.dev/reference/methods/oauth.v2.access"],
  rivals: [],
  soleCause: entra,
  most: "likely",
  details: { accountClosed: "The server does not let this account sign in." },
})

const password = rule({
  code: "HF-OAUTH-ACCOUNT-005",
  title: "The password has expired or was changed, which ended the sign-in",
  explanation:
    "Changing a password ends the sessions and invalidates the refresh tokens that were created with the old " +
    "password. An expired password must be replaced before a new sign-in. The old tokens never become valid again.",
  fix: [{ text: "have the user sign in again, with the new password", safety: "check first" }],
  change: "human",
  links: [entra, "https://developers.facebook.com/docs/graph-api/guides/error-handling"],
  rivals: [],
  soleCause: entra,
  details: { password: "The sign-in ended because the password used for it has expired or was changed." },
})

const again = rule({
  code: "HF-OAUTH-ACCOUNT-006",
  title: "The user must sign in again: the session has ended, or is too old for the organization's policy",
  explanation:
    "The organization limits the lifetime of a sign-in (sign-in frequency, session length, reauthentication). " +
    "Alternatively, the session that produced the grant has ended. A refresh cannot renew the session, even with a " +
    "recent refresh token. A silent sign-in in a frame (prompt=none) gets the same response if the browser blocks " +
    "third-party cookies.",
  fix: [
    { text: "start an interactive sign-in", safety: "check first" },
    { text: "for a program that runs unattended, use a service account or a separate client", safety: "check first" },
  ],
  change: "human",
  links: [entra, "https://support.google.com/a/answer/9368756", oidc],
  rivals: [],
  soleCause: oidc,
  most: "likely",
  details: {
    signInAgain:
      "An interactive sign-in is required: the session or the cached account is missing or no longer sufficient " +
      "(reauthentication).",
  },
})

const email = rule({
  code: "HF-OAUTH-ACCOUNT-007",
  title: "The user's email address is not verified yet",
  explanation:
    "The provider issues tokens only for accounts with a confirmed primary email address. The client and the code " +
    "are correct.",
  fix: [
    {
      text: "have the user verify the email address in the account's settings, then sign in again",
      safety: "check first",
    },
  ],
  change: "human",
  links: [github, cognito],
  rivals: [],
  soleCause: github,
  details: { email: "The account has no verified email address." },
})

const notAssigned = rule({
  code: "HF-OAUTH-ACCOUNT-008",
  title: "The user is not assigned to this application",
  explanation:
    "The application is open only to users and groups that an administrator has assigned to it. The account is " +
    "valid but not assigned. Google admits only the listed test users while the consent screen is in Testing.",
  fix: [{ text: "have an administrator assign the user or a group to the application", safety: "check first" }],
  change: "human",
  links: [entra, "https://help.okta.com/en-us/content/topics/apps/apps-assign-applications.htm"],
  rivals: [],
  soleCause: entra,
  details: { notAssigned: "The application requires an assignment, which this user does not have." },
})

const userPassword = rule({
  code: "HF-OAUTH-ACCOUNT-009",
  title: "The user name or password is wrong",
  explanation:
    "The password grant contains a user name and a password, and the server rejects them. Some other accounts get " +
    "the same response even if the password is correct. Examples of such accounts are those with a second factor, " +
    "with federated sign-in, or with a security token appended to the password (Salesforce).",
  fix: [
    { text: "check the user name and password in an interactive sign-in", safety: "check first" },
    { text: "use another grant instead of the password grant, which is deprecated", safety: "check first" },
  ],
  change: "human",
  links: [entra, rfc(6749, "4.3"), "https://www.rfc-editor.org/rfc/rfc9700#section-2.4"],
  rivals: [],
  soleCause: entra,
  most: "likely",
  details: { userPassword: "The server rejected the user's credentials." },
})

const incomplete = rule({
  code: "HF-OAUTH-ACCOUNT-010",
  title: "The account is not fully set up: a required action is pending, or the user profile is incomplete",
  explanation:
    "The user name and password are correct, but the account cannot get tokens yet. The user must complete a " +
    "required action (set a new password, verify the email address, configure OTP, accept terms). Alternatively, " +
    "an attribute is missing in the user profile (Keycloak: email, first name, last name). A sign-in in the " +
    "browser prompts the user for the missing steps or data. The password grant cannot prompt the user.",
  fix: [
    {
      text: "on the server, check the user's required actions and profile, and complete or remove pending items",
      safety: "check first",
    },
    { text: "alternatively, have the user sign in once in the browser", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.keycloak.org/docs/latest/server_admin/#con-required-actions_server_administration_guide"],
  rivals: [],
  soleCause: "https://www.keycloak.org/docs/latest/server_admin/#con-required-actions_server_administration_guide",
  most: "likely",
  details: {
    accountIncomplete: "This user's account cannot sign in until a required action or profile attribute is completed.",
  },
})

const forgotten = rule({
  code: "HF-OAUTH-ACCOUNT-011",
  title: "The user chose to reset a forgotten password, so the sign-in ended and the application must start the reset",
  explanation:
    "The sign-in page of Azure AD B2C has a link for forgotten passwords. B2C handles the link itself only if the " +
    "user flow includes the reset (recommended versions: self-service password reset). Otherwise the sign-in ends " +
    "with this error, and the application must send the browser to its password reset policy.",
  fix: [
    { text: "use a user flow with self-service password reset enabled", safety: "check first" },
    {
      text: "alternatively, start the password reset policy (user flow) when this error is received",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://learn.microsoft.com/azure/active-directory-b2c/add-password-reset-policy"],
  rivals: [],
  soleCause: "https://learn.microsoft.com/azure/active-directory-b2c/error-codes",
  details: { forgotten: "The user followed the link for a forgotten password." },
})

/** All rules for sign-ins that fail until the user or an administrator makes a change. */
export const account = [
  secondFactor,
  policy,
  consent,
  closed,
  password,
  again,
  email,
  notAssigned,
  userPassword,
  incomplete,
  forgotten,
] as const
