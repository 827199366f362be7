#include "core/text.h"
#include "kmsclient/kms_error.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms {

namespace {

using enum ErrorKind;
using enum RetryClass;

Text renewCredentials() {
    return KC_TEXT("KmsError", "renew the credentials (sign in again, or check access key, secret and session token) and %1")
        .with(typedAs("repeat the command"));
}

/// The text of the service says more (see access_denied.h).
Text askPermission() {
    return KC_TEXT("KmsError",
                   "have an administrator allow this call (%2) in the IAM policy of the caller and in the key's policy");
}

Text slowDown() {
    return KC_TEXT("KmsError", "wait a minute and %1; other programs in this account may be calling too")
        .with(typedAs("repeat the command"));
}

/// A call that changes something is said to be of unknown outcome besides (see afterUnknownOutcome).
Text tryLater() {
    return KC_TEXT("KmsError", "wait a minute and %1; the AWS Health Dashboard tells of longer failures")
        .with(typedAs("repeat the command"));
}

Text correctClock() {
    return KC_TEXT(
        "KmsError",
        "set this machine's clock (it may be off by five minutes at most), check the secret key, and whether a proxy changes "
        "headers on the way");
}

Text reportDefect() {
    return KC_TEXT("KmsError", "report this as a defect with the text of the service");
}

const std::array<ExceptionMeaning, 76>& table() {
    static const std::array<ExceptionMeaning, 76> rows{{
        // Modelled exceptions of the KMS API.
        {"AlreadyExistsException", Refused, Never, KC_TEXT("KmsError", "something of this name is there already"),
         KC_TEXT("KmsError", "use the existing alias or replica, or change it with UpdateAlias")},
        {"ConflictException", Refused, Never, KC_TEXT("KmsError", "a rotation of this key is due or running"),
         KC_TEXT("KmsError", "wait twenty minutes and %1").with(typedAs("repeat the command"))},
        {"CloudHsmClusterInvalidConfigurationException", Refused, Never,
         KC_TEXT("KmsError", "the custom key store's cluster is not usable"),
         KC_TEXT("KmsError", "imported material needs no custom key store; leave it out")},
        {"CustomKeyStoreInvalidStateException", Refused, Never, KC_TEXT("KmsError", "the custom key store is not usable now"),
         KC_TEXT("KmsError", "imported material needs no custom key store; leave it out")},
        {"CustomKeyStoreNotFoundException", NotFound, Never, KC_TEXT("KmsError", "there is no such custom key store"),
         KC_TEXT("KmsError", "imported material needs no custom key store; leave it out")},
        {"DependencyTimeoutException", Unavailable, Transient, KC_TEXT("KmsError", "KMS ran into a time-out inside AWS"),
         tryLater()},
        {"DisabledException", Refused, Never, KC_TEXT("KmsError", "the KMS key is disabled"),
         KC_TEXT("KmsError", "enable it: %1").with(shellCommand("aws kms enable-key --key-id KEY"))},
        {"DryRunOperationException", Refused, Never, KC_TEXT("KmsError", "the call would have been allowed; it was a dry run"),
         KC_TEXT("KmsError", "nothing needs to be done")},
        {"ExpiredImportTokenException", Refused, Never,
         KC_TEXT("KmsError", "the import token has expired: more than 24 hours have passed since the parameters were fetched"),
         KC_TEXT("KmsError", "fetch new parameters and wrap the key again; the old blob is of no use any more")},
        {"IncorrectKeyException", InvalidInput, Never, KC_TEXT("KmsError", "the ciphertext belongs to another KMS key"),
         KC_TEXT("KmsError", "name the key that encrypted it")},
        {"IncorrectKeyMaterialException", Integrity, Never,
         KC_TEXT("KmsError", "the blob was unwrapped, but it is not the key material that this KMS key expects"),
         KC_TEXT(
             "KmsError",
             "find the token key, or its backup, that was imported before; the text of the service names the expected material")},
        {"InvalidAliasNameException", InvalidInput, Never, KC_TEXT("KmsError", "the alias name is not valid"),
         KC_TEXT("KmsError", "it begins with alias/ and holds letters, digits, /, _ and - only")},
        {"InvalidArnException", InvalidInput, Never, KC_TEXT("KmsError", "KMS does not take this key identifier here"),
         KC_TEXT("KmsError", "give the key ID or key ARN; DescribeKey tells which key an alias stands for")},
        {"InvalidCiphertextException", Integrity, Never,
         KC_TEXT("KmsError", "KMS could not open the blob, or what was in it has the wrong length or encoding for this key"),
         KC_TEXT("KmsError",
                 "check that wrapping key and import token come from one reply, and that the algorithm is the one they were "
                 "fetched for; "
                 "fetch new parameters and wrap again; qualify the token anew")},
        {"InvalidGrantTokenException", InvalidInput, Never, KC_TEXT("KmsError", "the grant token is not valid"),
         KC_TEXT("KmsError", "leave the grant token out, or take a new one")},
        {"InvalidImportTokenException", Integrity, Never,
         KC_TEXT("KmsError", "the import token is damaged, or was issued for another key or Region"),
         KC_TEXT("KmsError", "use the token that came with this wrapping key for this KMS key, or fetch new parameters")},
        {"InvalidKeyUsageException", InvalidInput, Never,
         KC_TEXT("KmsError", "the key's usage or spec does not go with this call"),
         KC_TEXT("KmsError", "compare KeyUsage and KeySpec of the KMS key (DescribeKey) with what was asked for")},
        {"InvalidMarkerException", Unavailable, Never, KC_TEXT("KmsError", "the list changed while it was read"),
         typedAs("repeat the command")},
        {"KeyUnavailableException", Unavailable, Transient, KC_TEXT("KmsError", "KMS cannot use the key at the moment"),
         tryLater()},
        {"KMSInternalException", Unavailable, Transient, KC_TEXT("KmsError", "KMS had an internal failure"), tryLater()},
        {"KMSInvalidMacException", Integrity, Never,
         KC_TEXT("KmsError", "the MAC is not that of this KMS key: the key material differs"),
         KC_TEXT("KmsError", "stop here: token key and KMS key are not the same; find out which material was imported")},
        {"KMSInvalidSignatureException", Integrity, Never,
         KC_TEXT("KmsError", "the signature is not that of this KMS key: the key material differs"),
         KC_TEXT("KmsError", "stop here: token key and KMS key are not the same; find out which material was imported")},
        {"KMSInvalidStateException", Refused, Never, KC_TEXT("KmsError", "the KMS key is in a state that does not allow this"),
         KC_TEXT("KmsError",
                 "read the text of the service: cancel a pending deletion, wait while the key is creating or updating, import "
                 "missing "
                 "material, or finish the pending rotation")},
        {"LimitExceededException", Refused, Never, KC_TEXT("KmsError", "a quota of the account or of this key is used up"),
         KC_TEXT(
             "KmsError",
             "ask AWS for a higher quota; the limit of 25 rotations of a key cannot be raised, a new KMS key is needed then")},
        {"MalformedPolicyDocumentException", InvalidInput, Never, KC_TEXT("KmsError", "the key policy is not valid"),
         KC_TEXT(
             "KmsError",
             "correct the policy; the caller must stay able to change it, and a principal made just now may need some seconds")},
        {"NotFoundException", NotFound, AfterCreation, KC_TEXT("KmsError", "there is no such key in this account and Region"),
         KC_TEXT("KmsError", "check key, Region and account (%1 shows the last two); a key created just now may need a minute")
             .with(typedAs("keyconvoy doctor"))},
        {"TagException", InvalidInput, Never, KC_TEXT("KmsError", "the tags are not valid"),
         KC_TEXT("KmsError", "no tag key twice, none beginning with aws:, at most 50")},
        {"UnsupportedOperationException", Refused, Never, KC_TEXT("KmsError", "this kind of KMS key does not allow this"),
         KC_TEXT("KmsError", "choose a key whose Origin is EXTERNAL; the Origin of a key cannot be changed")},
        {"XksKeyAlreadyInUseException", Refused, Never, KC_TEXT("KmsError", "the external key is used by another KMS key"),
         reportDefect()},
        {"XksKeyInvalidConfigurationException", Refused, Never, KC_TEXT("KmsError", "the external key is not usable"),
         reportDefect()},
        {"XksKeyNotFoundException", NotFound, Never, KC_TEXT("KmsError", "there is no such external key"), reportDefect()},
        // Errors common to AWS services.
        {"ValidationException", InvalidInput, Never,
         KC_TEXT("KmsError", "a parameter is missing, malformed, or not allowed with another"),
         KC_TEXT("KmsError", "correct what the text of the service names")},
        {"AccessDeniedException", Refused, Never, KC_TEXT("KmsError", "the caller may not do this"), askPermission()},
        {"AccessDenied", Refused, Never, KC_TEXT("KmsError", "the caller may not do this"), askPermission()},
        {"NotAuthorized", Refused, Never, KC_TEXT("KmsError", "the caller may not do this"), askPermission()},
        {"OptInRequired", Refused, Never, KC_TEXT("KmsError", "this account is not subscribed to the service or Region"),
         KC_TEXT("KmsError", "have the Region enabled for the account, or choose another")},
        {"RegionDisabledException", Refused, Never, KC_TEXT("KmsError", "this Region is not enabled for the account"),
         KC_TEXT("KmsError", "have the Region enabled for the account, or choose another")},
        {"UnrecognizedClientException", Refused, Never,
         KC_TEXT("KmsError", "AWS does not know this access key, or its session token"), renewCredentials()},
        {"InvalidClientTokenId", Refused, Never, KC_TEXT("KmsError", "AWS does not know this access key, or its session token"),
         renewCredentials()},
        {"ExpiredTokenException", Refused, CredentialsRenewed, KC_TEXT("KmsError", "the session of these credentials has ended"),
         renewCredentials()},
        {"ExpiredToken", Refused, CredentialsRenewed, KC_TEXT("KmsError", "the session of these credentials has ended"),
         renewCredentials()},
        {"MissingAuthenticationTokenException", Refused, Never, KC_TEXT("KmsError", "the request arrived without a signature"),
         correctClock()},
        {"MissingAuthenticationToken", Refused, Never, KC_TEXT("KmsError", "the request arrived without a signature"),
         correctClock()},
        {"IncompleteSignatureException", Refused, Never, KC_TEXT("KmsError", "the request's signature arrived incomplete"),
         correctClock()},
        {"IncompleteSignature", Refused, Never, KC_TEXT("KmsError", "the request's signature arrived incomplete"),
         correctClock()},
        {"InvalidSignatureException", Refused, ClockCorrected, KC_TEXT("KmsError", "the request's signature is not accepted"),
         correctClock()},
        {"SignatureDoesNotMatch", Refused, ClockCorrected, KC_TEXT("KmsError", "the request's signature is not accepted"),
         correctClock()},
        {"RequestExpired", Refused, ClockCorrected,
         KC_TEXT("KmsError", "the request's time stamp is too far from the server's time"), correctClock()},
        {"RequestTimeTooSkewed", Refused, ClockCorrected,
         KC_TEXT("KmsError", "the request's time stamp is too far from the server's time"), correctClock()},
        {"SerializationException", Internal, Never, KC_TEXT("KmsError", "the service could not read the request"),
         reportDefect()},
        {"UnknownOperationException", Refused, Never, KC_TEXT("KmsError", "this endpoint does not know the call %1"),
         KC_TEXT("KmsError", "check the endpoint; an older imitation of KMS may lack this call")},
        {"InvalidAction", Refused, Never, KC_TEXT("KmsError", "this endpoint does not know the call %1"),
         KC_TEXT("KmsError", "check the endpoint; an imitation of KMS may lack STS")},
        {"ServiceUnavailable", Unavailable, Transient, KC_TEXT("KmsError", "the service is not available at the moment"),
         tryLater()},
        {"ServiceUnavailableException", Unavailable, Transient, KC_TEXT("KmsError", "the service is not available at the moment"),
         tryLater()},
        {"InternalFailure", Unavailable, Transient, KC_TEXT("KmsError", "the service had an internal failure"), tryLater()},
        {"InternalServerError", Unavailable, Transient, KC_TEXT("KmsError", "the service had an internal failure"), tryLater()},
        // What only STS says when a role is assumed, and other names that it has for what KMS says too.
        {"NotAuthorizedException", Refused, Never, KC_TEXT("KmsError", "the caller may not do this"), askPermission()},
        {"ValidationError", InvalidInput, Never,
         KC_TEXT("KmsError", "a parameter is missing, malformed, or not allowed with another"),
         KC_TEXT("KmsError", "correct what the text of the service names")},
        {"MalformedPolicyDocument", InvalidInput, Never, KC_TEXT("KmsError", "the session policy is not valid"),
         KC_TEXT("KmsError", "correct what the text of the service names")},
        {"PackedPolicyTooLarge", InvalidInput, Never,
         KC_TEXT("KmsError", "session policy and session tags are too long together"),
         KC_TEXT("KmsError", "have fewer or shorter session tags sent by whoever signs you in")},
        {"InvalidIdentityToken", Refused, Never, KC_TEXT("KmsError", "AWS does not accept the web identity token"),
         KC_TEXT("KmsError",
                 "check that the token file is the one of this role's identity provider and that its token has not expired")},
        {"IDPRejectedClaim", Refused, Never, KC_TEXT("KmsError", "the identity provider rejects the web identity token"),
         KC_TEXT("KmsError",
                 "check that the token file is the one of this role's identity provider and that its token has not expired")},
        {"IDPCommunicationError", Unavailable, Transient, KC_TEXT("KmsError", "AWS does not reach the identity provider"),
         tryLater()},
        // Throttling, in all the names that AWS services have for it.
        {"ThrottlingException", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"Throttling", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"ThrottledException", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"RequestThrottledException", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"RequestThrottled", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"TooManyRequestsException", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"ProvisionedThroughputExceededException", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"),
         slowDown()},
        {"RequestLimitExceeded", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"BandwidthLimitExceeded", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"SlowDown", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"EC2ThrottledException", Unavailable, Throttled, KC_TEXT("KmsError", "too many calls in a short time"), slowDown()},
        {"TransactionInProgressException", Unavailable, Throttled, KC_TEXT("KmsError", "an earlier call is not complete yet"),
         slowDown()},
        {"PriorRequestNotComplete", Unavailable, Throttled, KC_TEXT("KmsError", "an earlier call is not complete yet"),
         slowDown()},
    }};
    return rows;
}

}  // namespace

std::span<const ExceptionMeaning> exceptionMeanings() {
    return table();
}

const ExceptionMeaning* exceptionMeaning(std::string_view code) {
    const auto row = std::ranges::find(table(), code, &ExceptionMeaning::code);
    return row == table().end() ? nullptr : &*row;
}

}  // namespace keyconvoy::kms
