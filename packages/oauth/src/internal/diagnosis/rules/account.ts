/**
 * Rules for sign-ins that a person or an administrator has to change: second factors, policies, consent, accounts,
 * passwords.
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
  title: "The person has to use a second factor (MFA) in an interactive sign-in",
  explanation:
    "The account, or the policy of its organization, requires multi-factor authentication. The sign-in behind the " +
    "grant had none, or it has expired. A program cannot do it in the person's place: a refresh or a password " +
    "alone gets the same response again.",
  fix: [
    { text: "start an interactive sign-in, and have the person use the second factor", safety: "check first" },
    { text: "for a program without a person, use its own client (client credentials)", safety: "check first" },
  ],
  change: "human",
  links: [entra, "https://auth0.com/docs/api/authentication#multi-factor-authentication"],
  rivals: [],
  soleCause: entra,
  details: { secondFactor: "A second factor is required, and the grant was made without one." },
})

const policy = rule({
  code: "HF-OAUTH-ACCOUNT-002",
  title: "A policy of the administrator blocks this sign-in; the person did not decline it",
  explanation:
    "The organization permits sign-ins only under conditions: a managed device, a network, an approved app, a " +
    "permitted client, or no device codes at all (Conditional Access, access policies, app access control). Or the " +
    "app is open only to accounts of its own organization (Google: user type Internal). The person and the client " +
    "are known. The response stays the same until the condition is met or the administrator changes the policy.",
  fix: [
    {
      text: "ask the administrator which policy applied to this sign-in, by its trace or request id",
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
  title: "The application has no consent yet: the person or an administrator has to give it",
  explanation:
    "The application asks for permissions that were not granted to it for this account, or were withdrawn. Some permissions, and some " +
    "organizations, need the consent of an administrator. Only an interactive sign-in can ask for it.",
  fix: [
    { text: "start an interactive sign-in that shows the page of consent", safety: "check first" },
    { text: "have an administrator grant consent for the organization", safety: "check first" },
  ],
  change: "human",
  links: [entra, oidc],
  rivals: [],
  soleCause: entra,
  details: { consent: "The application lacks the consent of the person or of an administrator." },
})

const closed = rule({
  code: "HF-OAUTH-ACCOUNT-004",
  title: "The account cannot sign in: it is disabled, locked, deleted, or not in this directory",
  explanation:
    "The server knows the application and rejects the account: an administrator disabled it, it was locked after " +
    "wrong attempts, it was deleted, or it belongs to another tenant than the requested one. The account's tokens " +
    "are rejected too.",
  fix: [
    { text: "have an administrator check the account, and unlock, enable or invite it", safety: "check first" },
    { text: "sign in at the tenant that the account belongs to", safety: "check first" },
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
    "A changed password ends the sessions and refresh tokens that were made with the old one. An expired password " +
    "must be replaced first. The old tokens never become valid again.",
  fix: [{ text: "have the person sign in again, with the new password", safety: "check first" }],
  change: "human",
  links: [entra, "https://developers.facebook.com/docs/graph-api/guides/error-handling"],
  rivals: [],
  soleCause: entra,
  details: { password: "The sign-in ends with the password with which it was made." },
})

const again = rule({
  code: "HF-OAUTH-ACCOUNT-006",
  title: "The person has to sign in again: the session is over, or too old for the organization's policy",
  explanation:
    "The organization limits the lifetime of a sign-in (sign-in frequency, session length, reauthentication), or " +
    "the session behind the grant has ended. A refresh cannot renew it, however recent the refresh token is. A " +
    "silent sign-in in a frame (prompt=none) gets the same response if the browser blocks third-party cookies.",
  fix: [
    { text: "start an interactive sign-in", safety: "check first" },
    { text: "for a program without a person, use a service account or its own client", safety: "check first" },
  ],
  change: "human",
  links: [entra, "https://support.google.com/a/answer/9368756", oidc],
  rivals: [],
  soleCause: oidc,
  most: "likely",
  details: {
    signInAgain:
      "Only an interactive sign-in helps: the session or the cached account is gone or no longer sufficient " +
      "(reauthentication).",
  },
})

const email = rule({
  code: "HF-OAUTH-ACCOUNT-007",
  title: "The person's email address is not verified yet",
  explanation:
    "The provider issues tokens only for accounts whose primary email address was confirmed. The client and the " +
    "code are correct.",
  fix: [
    {
      text: "have the person verify the email address in the account's settings, then sign in again",
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
  title: "The person is not assigned to this application",
  explanation:
    "The application is open only to people and groups that an administrator has assigned to it. The account is " +
    "valid but not assigned. Google admits only the listed test users while the consent screen is in Testing.",
  fix: [{ text: "have an administrator assign the person or a group to the application", safety: "check first" }],
  change: "human",
  links: [entra, "https://help.okta.com/en-us/content/topics/apps/apps-assign-applications.htm"],
  rivals: [],
  soleCause: entra,
  details: { notAssigned: "The application requires an assignment, and this person has none." },
})

const userPassword = rule({
  code: "HF-OAUTH-ACCOUNT-009",
  title: "The user name or the password of the person is wrong",
  explanation:
    "The grant presents a person's name and password, and the server rejects them. Accounts with a second factor, " +
    "with federated sign-in, or with a security token behind the password (Salesforce) get the same response.",
  fix: [
    { text: "check the name and password in an interactive sign-in", safety: "check first" },
    { text: "use another grant than the password grant, which is deprecated", safety: "check first" },
  ],
  change: "human",
  links: [entra, rfc(6749, "4.3"), "https://www.rfc-editor.org/rfc/rfc9700#section-2.4"],
  rivals: [],
  soleCause: entra,
  most: "likely",
  details: { userPassword: "The server rejected the credentials of the person." },
})

const incomplete = rule({
  code: "HF-OAUTH-ACCOUNT-010",
  title: "The account is not completely set up: a required action is pending, or its profile is incomplete",
  explanation:
    "The name and password are correct, but the account has to do something before it gets tokens: a required " +
    "action (set a new password, verify the email address, configure OTP, accept terms), or a missing attribute of " +
    "the user profile (Keycloak: email, first name, last name). A sign-in in the browser asks the person for it; a " +
    "grant by password alone cannot.",
  fix: [
    {
      text: "check the user's required actions and profile at the server, and complete or remove what is pending",
      safety: "check first",
    },
    { text: "or have the person sign in once in the browser", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.keycloak.org/docs/latest/server_admin/#con-required-actions_server_administration_guide"],
  rivals: [],
  soleCause: "https://www.keycloak.org/docs/latest/server_admin/#con-required-actions_server_administration_guide",
  most: "likely",
  details: { accountIncomplete: "An action or an attribute of this user's account is missing before it may sign in." },
})

const forgotten = rule({
  code: "HF-OAUTH-ACCOUNT-011",
  title:
    "The person chose to reset a forgotten password: the sign-in ended, and the application has to start the reset",
  explanation:
    "The sign-in page of Azure AD B2C has a link for a forgotten password, but B2C does not follow it itself " +
    "unless the user flow has the reset built in (recommended versions: self-service password reset). Otherwise " +
    "the sign-in ends with this error, so that the application sends the browser to its password reset policy.",
  fix: [
    { text: "use a user flow with self-service password reset enabled", safety: "check first" },
    { text: "or start the password reset policy (user flow) when this error arrives", safety: "check first" },
  ],
  change: "human",
  links: ["https://learn.microsoft.com/azure/active-directory-b2c/add-password-reset-policy"],
  rivals: [],
  soleCause: "https://learn.microsoft.com/azure/active-directory-b2c/error-codes",
  details: { forgotten: "The person followed the link for a forgotten password." },
})

/** All rules of this topic. */
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
