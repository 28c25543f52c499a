/**
 * Lists the codes of well-known APIs and databases with their documented meanings. Codes about access, limits or keys have
 * their own rules and are not listed here.
 */

/** A documentation page and the codes that it describes. */
interface Family {
  readonly link: string
  readonly codes: Readonly<Record<string, string>>
}

const families: ReadonlyArray<Family> = [
  {
    link: "https://docs.postgrest.org/en/stable/references/errors.html",
    codes: {
      PGRST100: "a filter or another query string parameter cannot be parsed",
      PGRST102: "the body is not valid JSON, or the format of the body does not match its Content-Type",
      PGRST103: "the range or offset is past the last row",
      PGRST106: "the API does not expose the requested schema (db-schemas)",
      PGRST116: "single() requires exactly one row, but the query returned none or several. If the query returned no rows, then either no row matches the filter or row-level security hides the row",
      PGRST200: "the API did not find a relationship between the two tables: the foreign key is missing, or the schema cache is stale",
      PGRST201: "several relationships between the two tables match, so the request must specify one",
      PGRST202: "no function with this name accepts these arguments, or the schema cache is stale",
      PGRST203: "several functions with this name match the arguments",
      PGRST204: "the table does not have this column, or the schema cache is stale",
      PGRST205: "the schema does not contain this table, or the schema cache is stale",
    },
  },
  {
    link: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
    codes: {
      "22P02": "a value does not match the format of its type (such as text for a number, or an invalid UUID)",
      "22001": "a value is longer than its column allows",
      "23502": "a NOT NULL column did not receive a value",
      "23503": "a value references a row that does not exist, or the row to change or delete is still referenced (foreign key)",
      "23505": "a value that must be unique already exists",
      "23514": "a value violates the check constraint on its column",
      "40001": "the transaction conflicts with a concurrent transaction; retry the whole transaction",
      "42501": "the caller's role lacks the required permission, or a row-level security policy rejects the row",
      "42703": "the column does not exist",
      "42883": "no function or operator matches the arguments",
      "42P01": "the table does not exist",
      "57014": "the database canceled the query because it exceeded the time limit (statement timeout)",
    },
  },
  {
    link: "https://docs.stripe.com/error-codes",
    codes: {
      card_declined: "the customer's bank declined the card; decline_code gives the reason",
      expired_card: "the card has expired",
      incorrect_cvc: "the card's security code is incorrect",
      incorrect_number: "the card number is incorrect",
      processing_error: "an error occurred while processing the card; try again later",
      authentication_required: "the bank requires the customer to confirm the payment (3-D Secure)",
      payment_intent_unexpected_state: "the payment's state does not permit this operation: the payment has already been confirmed, captured or canceled",
      resource_missing: "this object does not exist in this account and mode: the id is wrong, or the object belongs to another account or to the other mode (test or live)",
      parameter_missing: "a required parameter is missing",
      parameter_unknown: "a parameter is not recognized: it is misspelled or belongs to another API version",
      parameter_invalid_empty: "a parameter is empty",
      amount_too_small: "the amount is below the minimum charge for this currency",
      charge_already_refunded: "the charge has already been refunded",
      email_invalid: "the email address is invalid",
      url_invalid: "the URL is invalid: in live mode it must start with https://",
      customer_max_payment_methods: "the customer already has the maximum number of payment methods",
      idempotency_key_in_use: "another request with this idempotency key is still running",
    },
  },
  {
    link: "https://www.twilio.com/docs/api/errors",
    codes: {
      "21211": "the number in To is not a valid phone number (E.164: + and the country code)",
      "21212": "the number in From is invalid",
      "21408": "messages to this country are not enabled for the account",
      "21606": "the number in From cannot send this kind of message, or it belongs to another account",
      "21608": "a trial account can send messages only to verified numbers",
      "21610": "the recipient has opted out (STOP)",
      "21614": "the number in To cannot receive SMS messages because it is a landline",
      "63016": "a WhatsApp message outside the 24-hour window requires an approved template",
    },
  },
  {
    link: "https://discord.com/developers/docs/topics/opcodes-and-status-codes#json",
    codes: {
      "10003": "the channel does not exist, or the bot is not a member of the channel's server",
      "10004": "the server (guild) does not exist, or the bot is not a member of it",
      "10007": "the user is not a member of the server",
      "10008": "the message does not exist",
      "10015": "the webhook does not exist or has been deleted",
      "10062": "the interaction expired after 3 seconds without a response, or it has already been answered",
      "40005": "the file or the whole request exceeds Discord's size limit",
      "40060": "the interaction has already been answered",
      "50006": "the message is empty",
      "50007": "the user does not accept direct messages from this bot",
      "50035": "the body has an invalid field; the errors object in the response identifies the field",
    },
  },
  {
    link: "https://www.elastic.co/docs/troubleshoot/elasticsearch",
    codes: {
      index_not_found_exception: "the index or alias does not exist",
      resource_already_exists_exception: "an index with this name already exists",
      mapper_parsing_exception: "a field of the document does not match its mapping",
      document_parsing_exception: "a field of the document does not match its mapping",
      strict_dynamic_mapping_exception: "the document contains a field that the mapping does not define, and the mapping does not allow new fields (dynamic: strict)",
      parsing_exception: "the query cannot be parsed",
      x_content_parse_exception: "the query contains an unrecognized key",
      search_phase_execution_exception: "the query failed on a shard; the root cause in the response explains the failure",
      no_shard_available_action_exception: "no shard of the index is available",
      master_not_discovered_exception: "the cluster does not have a master node",
      es_rejected_execution_exception: "the node's queue is full; send requests more slowly",
    },
  },
  {
    link: "https://www.apollographql.com/docs/apollo-server/data/errors",
    codes: {
      GRAPHQL_VALIDATION_FAILED: "the query does not match the schema: it refers to a field, argument or type that does not exist",
      GRAPHQL_PARSE_FAILED: "the query has a syntax error",
      BAD_USER_INPUT: "an argument has a value that its field does not accept",
      PERSISTED_QUERY_NOT_FOUND: "the server has not stored a query with this hash; send the full query once",
      PERSISTED_QUERY_NOT_SUPPORTED: "the server does not support persisted queries (by hash)",
      OPERATION_RESOLUTION_FAILURE: "the document contains several operations, and operationName does not match any of them",
      UNAUTHENTICATED: "the request does not contain valid credentials",
      FORBIDDEN: "the caller is not permitted to perform this operation",
    },
  },
  {
    link: "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm",
    codes: {
      INVALID_FIELD: "the object does not have this field, or the caller is not permitted to see it",
      INVALID_TYPE: "the object does not exist, or the caller is not permitted to see it",
      MALFORMED_ID: "an id is not in the format required for this object",
      MALFORMED_QUERY: "the query (SOQL) has a syntax error",
      REQUIRED_FIELD_MISSING: "a required field is missing",
      DUPLICATE_VALUE: "a value that must be unique already exists",
      DUPLICATES_DETECTED: "a duplicate rule found a similar record",
      FIELD_CUSTOM_VALIDATION_EXCEPTION: "a validation rule of the organization rejects the record",
      STRING_TOO_LONG: "a value is longer than its field allows",
      UNABLE_TO_LOCK_ROW: "another operation has locked the record; try again",
      ENTITY_IS_DELETED: "the record was deleted",
      INSUFFICIENT_ACCESS_OR_READONLY: "the caller is not permitted to change the record",
      API_DISABLED_FOR_ORG: "the organization's edition or the user's profile does not include API access",
    },
  },
  {
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html",
    codes: {
      ConditionalCheckFailedException: "the condition on the write failed: the item has changed or already exists",
      ResourceNotFoundException: "the named resource does not exist in this account and region, or is still being created",
      ResourceInUseException: "the resource cannot be changed now because it is being created, changed or used",
      ResourceConflictException: "the resource is being changed, or already exists",
      ItemCollectionSizeLimitExceededException: "an item collection is larger than 10 GB",
      TransactionCanceledException: "the transaction was canceled; the list of cancellation reasons in the response identifies the item",
      ValidationException: "a value in the request is invalid; the message identifies the value",
      InvalidParameterValueException: "a parameter has an invalid value; the message identifies the parameter",
      SerializationException: "the body cannot be parsed because a field has the wrong type",
      UnrecognizedClientException: "the service does not recognize the access key or token",
    },
  },
  {
    link: "https://airtable.com/developers/web/api/errors",
    codes: {
      UNKNOWN_FIELD_NAME: "the table has no field of this name",
      INVALID_MULTIPLE_CHOICE_OPTIONS: "the field does not have this option, and the caller is not permitted to add an option",
      INVALID_VALUE_FOR_COLUMN: "the value does not match the type of its field",
      INVALID_REQUEST_UNKNOWN: "the body does not have the expected structure: each record must contain its values in a fields object",
      ROW_DOES_NOT_EXIST: "the table does not contain this record",
      MODEL_ID_NOT_FOUND: "the record does not exist, or the token does not grant access to it",
      TABLE_NOT_FOUND: "the base does not contain this table",
    },
  },
  {
    link: "https://docs.cloud.google.com/apis/design/errors",
    codes: {
      FAILED_PRECONDITION: "the current state of the resource, the account or its billing does not permit the call",
      INVALID_ARGUMENT: "an argument of the call is invalid; the message identifies the argument",
      OUT_OF_RANGE: "the call refers to a position past the end of the data",
      ALREADY_EXISTS: "the resource to create already exists",
      invalidParameter: "a parameter has an invalid value",
      required: "a required parameter or field is missing",
      badRequest: "the request does not have the structure that the method expects",
      parseError: "the body is not valid JSON",
      duplicate: "the resource to create already exists",
      failedPrecondition: "the state of the resource or mailbox does not permit this operation. To act for a user, a service account needs domain-wide delegation",
    },
  },
] // prettier-ignore

/** The documentation pages that describe the codes. */
export const links: ReadonlyArray<string> = families.map(({ link }) => link)

/** A code with its meaning and its documentation page. */
export interface Known {
  readonly code: string
  readonly means: string
  readonly link: string
}

/** Returns the meaning of the first code that is known. */
export const read = (codes: ReadonlyArray<string>): Known | undefined => {
  for (const code of codes) {
    const family = families.find((one) => Object.hasOwn(one.codes, code))
    const means = family?.codes[code]
    if (family !== undefined && means !== undefined) return { code, means, link: family.link }
  }
  return undefined
}
