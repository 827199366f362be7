#include "kmsclient/kms_client_impl.h"
#include "kmsclient/paging.h"

#include <algorithm>

/// KmsClient: what is written on keys: aliases, tags, policies.
namespace keyconvoy::kms {

namespace {

std::string aliasBody(const std::string& aliasName, const std::string& targetKeyId) {
    return wire::writeMembers({.texts = {{"AliasName", aliasName}, {"TargetKeyId", targetKeyId}}});
}

}  // namespace

AliasList KmsClient::listAliases(const std::optional<std::string>& keyId) {
    wire::Members members;
    if (keyId) {
        members.texts.emplace_back("KeyId", *keyId);
    }
    return allPages<Alias>(
        [&](const std::string& marker) {
            return m_impl->callFor(keyId.value_or(""), Operation::ListAliases, wire::writePage(members, marker));
        },
        wire::readAliases);
}

ReplyFacts KmsClient::createAlias(const std::string& aliasName, const std::string& targetKeyId) {
    const auto send = [&] { return m_impl->changeFor(targetKeyId, Operation::CreateAlias, aliasBody(aliasName, targetKeyId)); };
    const auto look = [&](const Failure&) -> std::optional<ReplyFacts> {
        AliasList all = listAliases(targetKeyId);
        return std::ranges::find(all.entries, aliasName, &Alias::name) == all.entries.end() ? std::nullopt
                                                                                            : std::optional{std::move(all.facts)};
    };
    return m_impl->settled(Operation::CreateAlias, send, look);
}

ReplyFacts KmsClient::updateAlias(const std::string& aliasName, const std::string& targetKeyId) {
    return m_impl->changeFor(targetKeyId, Operation::UpdateAlias, aliasBody(aliasName, targetKeyId));
}

ReplyFacts KmsClient::deleteAlias(const std::string& aliasName) {
    const auto send = [&] {
        return m_impl->changeFor("", Operation::DeleteAlias, wire::writeMembers({.texts = {{"AliasName", aliasName}}}));
    };
    const auto look = [&](const Failure&) -> std::optional<ReplyFacts> {
        AliasList all = listAliases(std::nullopt);
        return std::ranges::find(all.entries, aliasName, &Alias::name) == all.entries.end() ? std::optional{std::move(all.facts)}
                                                                                            : std::nullopt;
    };
    return m_impl->settled(Operation::DeleteAlias, send, look);
}

ReplyFacts KmsClient::tagResource(const std::string& keyId, const std::vector<Tag>& tags) {
    return m_impl->changeFor(keyId, Operation::TagResource, wire::writeMembers({.texts = {{"KeyId", keyId}}, .tags = tags}));
}

ReplyFacts KmsClient::untagResource(const std::string& keyId, const std::vector<std::string>& tagKeys) {
    return m_impl->changeFor(keyId, Operation::UntagResource,
                             wire::writeMembers({.texts = {{"KeyId", keyId}}, .textLists = {{"TagKeys", tagKeys}}}));
}

TagList KmsClient::listResourceTags(const std::string& keyId) {
    return allPages<Tag>(
        [&](const std::string& marker) {
            return m_impl->callFor(keyId, Operation::ListResourceTags, wire::writePage({.texts = {{"KeyId", keyId}}}, marker));
        },
        wire::readTags);
}

KeyPolicy KmsClient::getKeyPolicy(const std::string& keyId) {
    ServiceReply reply = m_impl->callFor(keyId, Operation::GetKeyPolicy,
                                         wire::writeMembers({.texts = {{"KeyId", keyId}, {"PolicyName", "default"}}}));
    KeyPolicy result = wire::readKeyPolicy(reply.body, reply.place);
    result.facts = std::move(reply.facts);
    return result;
}

ReplyFacts KmsClient::putKeyPolicy(const std::string& keyId, const std::string& policy, PolicyLockoutCheck check) {
    return m_impl->changeFor(
        keyId, Operation::PutKeyPolicy,
        wire::writeMembers({.texts = {{"KeyId", keyId}, {"PolicyName", "default"}, {"Policy", policy}},
                            .flags = {{"BypassPolicyLockoutSafetyCheck", check == PolicyLockoutCheck::Bypassed}}}));
}

}  // namespace keyconvoy::kms
