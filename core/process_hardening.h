#pragma once

namespace keyconvoy {

/// What a main does first: no core files (RLIMIT_CORE 0), not traceable by the same user (PR_SET_DUMPABLE 0), SIGPIPE and
/// SIGXFSZ ignored (a dead p11-kit server or HTTP peer, and a file that may not grow, must be errors, not an end), the secure
/// heap set up. Returns false when the secure heap could not be locked against swapping.
bool hardenProcess();

}  // namespace keyconvoy
