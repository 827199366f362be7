#pragma once

#include <array>
#include <string_view>

namespace keyconvoy::kms {

struct AmazonRoot {
    std::string_view name;
    std::string_view keySha256;  ///< SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex
};

/// The roots of Amazon Trust Services as of 2026-11-21, from Debian's ca-certificates 20250419~deb12u2. For each file of that
/// name in /usr/share/ca-certificates/mozilla:
///
///     openssl x509 -in FILE -pubkey -noout | openssl pkey -pubin -outform der | sha256sum
///
/// A test computes them again from the certificates that are installed.
inline constexpr std::array<AmazonRoot, 5> amazonRoots{{
    {"Amazon_Root_CA_1", "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2"},
    {"Amazon_Root_CA_2", "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461"},
    {"Amazon_Root_CA_3", "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9"},
    {"Amazon_Root_CA_4", "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5"},
    {"Starfield_Services_Root_Certificate_Authority_-_G2", "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92"},
}};

}  // namespace keyconvoy::kms
