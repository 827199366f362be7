#include "app/station/state_files.h"

#include "core/file_descriptor.h"
#include "core/files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace keyconvoy::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largestStateFile = 1U << 20U;

std::optional<fs::path> absolutePathFrom(const char* variable) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment meanwhile
    if (value == nullptr || *value != '/') {
        return std::nullopt;
    }
    return fs::path{value};
}

[[noreturn]] void cannotKeep(const fs::path& path, int error) {
    throw Error{ErrorKind::Unavailable, verbatim(path.string()),
                KC_TEXT("StateFiles", "it cannot be written: %1").with(std::strerror(error)),  // NOLINT(concurrency-mt-unsafe)
                KC_TEXT("StateFiles", "make room or give write permission there, or set XDG_STATE_HOME to another folder")};
}

void writeAll(int descriptor, std::string_view text, const fs::path& file) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            cannotKeep(file, errno);
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0U);
    }
}

/// A file beside the one to be replaced; removed unless it was renamed.
class Draft {
public:
    explicit Draft(const fs::path& target) : m_target{target}, m_name{target.string() + ".XXXXXX"} {
        m_file = FileDescriptor{::mkostemp(m_name.data(), O_CLOEXEC)};
        if (!m_file.valid()) {
            cannotKeep(target, errno);
        }
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (!m_renamed) {
            ::unlink(m_name.c_str());
        }
    }

    void write(std::string_view text) {
        writeAll(m_file.get(), text, m_target);
        if (::fsync(m_file.get()) != 0) {
            cannotKeep(m_target, errno);
        }
    }

    void takePlace() {
        if (::rename(m_name.c_str(), m_target.c_str()) != 0) {
            cannotKeep(m_target, errno);
        }
        m_renamed = true;
    }

private:
    fs::path m_target;
    std::string m_name;
    FileDescriptor m_file;
    bool m_renamed = false;
};

void syncFolder(const fs::path& folder) {
    const FileDescriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!descriptor.valid() || ::fsync(descriptor.get()) != 0) {
        cannotKeep(folder, errno);
    }
}

}  // namespace

fs::path defaultStateFolder() {
    if (const auto stateHome = absolutePathFrom("XDG_STATE_HOME")) {
        return *stateHome / "keyconvoy";
    }
    if (const auto home = absolutePathFrom("HOME")) {
        return *home / ".local" / "state" / "keyconvoy";
    }
    throw Error{
        ErrorKind::InvalidInput, KC_TEXT("StateFiles", "environment"),
        KC_TEXT("StateFiles", "neither XDG_STATE_HOME nor HOME holds an absolute path, so there is no place to keep results"),
        KC_TEXT("StateFiles", "set one of them")};
}

std::optional<Json> readStateFile(const fs::path& file) {
    try {
        const Bytes content = readFile(file, largestStateFile);
        Json json = parseStrictJson(asText(content), verbatim(file.string()));
        return json.is_object() ? std::optional{std::move(json)} : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
}

void makeStateFolder(const fs::path& folder) {
    std::error_code error;
    if (fs::is_directory(folder, error)) {
        return;
    }
    if (folder.has_parent_path() && folder != folder.parent_path()) {
        makeStateFolder(folder.parent_path());
    }
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        cannotKeep(folder, errno);
    }
}

void replaceStateFile(const fs::path& file, const Json& content) {
    makeStateFolder(file.parent_path());
    Draft draft{file};
    draft.write(content.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
    draft.takePlace();
    syncFolder(file.parent_path());
}

}  // namespace keyconvoy::app
