#include "tests/kmsclient/scripted_service.h"

#include <sys/socket.h>

namespace keyconvoy::tests {

ScriptedService::ScriptedService() : m_server{[this](int client) { serve(client); }} {
}

void ScriptedService::next(std::string bytes) {
    const std::lock_guard lock{m_mutex};
    m_replies.push_back(std::move(bytes));
}

std::vector<HttpMessage> ScriptedService::requests() const {
    const std::lock_guard lock{m_mutex};
    return m_requests;
}

void ScriptedService::serve(int client) {
    HttpMessageReader reader = HttpMessageReader::from(client);
    while (const auto request = reader.next()) {
        std::string reply;
        {
            const std::lock_guard lock{m_mutex};
            m_requests.push_back(*request);
            if (!m_replies.empty()) {
                reply = std::move(m_replies.front());
                m_replies.pop_front();
            }
        }
        if (reply.empty() || !sendAll(client, reply)) {
            ::shutdown(client, SHUT_RDWR);
            return;
        }
    }
}

}  // namespace keyconvoy::tests
