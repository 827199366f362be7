#pragma once

#include "core/text.h"
#include "kmsclient/kms_client.h"
#include "kmsclient/service_call.h"
#include "kmsclient/wire.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// What the parts of KmsClient share; only kms_client*.cpp include it.
namespace keyconvoy::kms {

/// The bare key ID of an ID or ARN; empty for an alias, which names whatever it points to.
[[nodiscard]] std::string_view bareKeyId(std::string_view keyId);
/// A reply about another key than the one asked for must not be used, whoever mixed them up. Throws Integrity.
void checkSameKey(const std::string& requested, const std::string& replied, const ServiceReply& reply);
[[nodiscard]] std::string keyIdBody(const std::string& keyId);

/// What `read` makes of the reply to a call. A reply that makes no sense does not undo a change, so the failure says that it may
/// have been made.
template <class Read>
auto readReply(Operation operation, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        if (!factsOf(operation).changes) {
            throw;
        }
        throw Error{afterUnknownOutcome(operation, error.failure())};
    }
}

struct KmsClient::Impl {
    explicit Impl(ServiceCaller::Settings settings) : caller{std::move(settings)} {}

    /// Refuses a key of another Region, and waits for one that was made just now.
    ServiceReply callFor(const std::string& keyId, Operation operation, std::string body);
    /// The reply read by `read(body, place)`, which gives a struct with `keyId` and `facts` about the same key.
    template <class Read>
    auto readFor(const std::string& keyId, Operation operation, std::string body, Read read) {
        ServiceReply reply = callFor(keyId, operation, std::move(body));
        auto result = readReply(operation, [&] {
            auto value = read(reply.body, reply.place);
            value.keyId = value.keyId.empty() ? keyId : value.keyId;
            checkSameKey(keyId, value.keyId, reply);
            return value;
        });
        result.facts = std::move(reply.facts);
        return result;
    }
    /// For the operations whose reply is empty.
    ReplyFacts changeFor(const std::string& keyId, Operation operation, std::string body);

    /// Sends a change by `send`. Where it stays open whether an attempt was carried out, `look(failure)` finds out as the
    /// operation table says: it gives the reply that was lost, or nothing when the change was not made. Whatever keeps it from
    /// looking leaves the outcome unknown, as the failure then says.
    template <class Send, class Look>
    auto settled(Operation operation, Send send, Look look) -> decltype(send());

    /// What `look` finds; when something keeps it from looking, the outcome of the change stays unknown and is thrown so.
    template <class Look>
    auto foundBy(Look look, Operation operation, const Error& lost) -> std::invoke_result_t<Look, const Failure&>;

    void noteSettled(Operation operation);

    ServiceCaller caller;
    std::map<std::string, TimePoint, std::less<>> createdHere;  ///< bare key ID, when

private:
    [[nodiscard]] static bool worthALook(const OperationFacts& operation, const Error& error, bool unknownBefore);
};

template <class Look>
auto KmsClient::Impl::foundBy(Look look, Operation operation, const Error& lost) -> std::invoke_result_t<Look, const Failure&> {
    try {
        return look(lost.failure());
    } catch (const Error& whileLooking) {
        if (whileLooking.failure().outcomeUnknown) {
            throw;  // it has looked, and says what it saw
        }
        const bool cancelled = whileLooking.kind() == ErrorKind::Cancelled;
        throw Error{afterUnknownOutcome(operation, cancelled ? whileLooking.failure() : lost.failure())};
    }
}

template <class Send, class Look>
auto KmsClient::Impl::settled(Operation operation, Send send, Look look) -> decltype(send()) {
    constexpr int mostRounds = 3;
    const OperationFacts& facts = factsOf(operation);
    bool unknownBefore = false;
    for (int round = 1;; ++round) {
        try {
            return send();
        } catch (const Error& error) {
            if (!worthALook(facts, error, unknownBefore)) {
                throw;
            }
            if (std::optional<decltype(send())> found = foundBy(look, operation, error)) {
                noteSettled(operation);
                return std::move(*found);
            }
            const bool refused = error.kind() != ErrorKind::Unavailable;
            if (refused) {  // the look has shown that no earlier attempt was carried out, so the refusal is the whole truth
                Failure failure = error.failure();
                failure.outcomeUnknown = false;
                throw Error{std::move(failure)};
            }
            if (facts.repetition != Repetition::OnlyAfterLook || round == mostRounds) {
                throw;
            }
            unknownBefore = true;
        }
    }
}

}  // namespace keyconvoy::kms
