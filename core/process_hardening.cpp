#include "core/process_hardening.h"

#include "core/secret_bytes.h"

#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace keyconvoy {

bool hardenProcess() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    return initialiseSecureHeap().locked;
}

}  // namespace keyconvoy
