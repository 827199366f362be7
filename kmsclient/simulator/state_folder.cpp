#include "kmsclient/simulator/state_folder.h"

#include "core/base64.h"
#include "core/error.h"
#include "kmsclient/simulator/key_record_json.h"

#include <cerrno>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>

/// The file's first line names the format and the seal keys. Every other line is one change: {"keys":{NAME:record or null},
/// "aliases":{…},"pairs":{…}}. Keys and aliases are named "<account> <Region> <ID or alias name>".
namespace keyconvoy::kms::simulator {

namespace {

constexpr const char* fileName = "state.jsonl";
constexpr const char* format = "keyconvoy-kms-simulator state 1";
const std::string keyKind = "keys";
const std::string aliasKind = "aliases";
const std::string pairKind = "pairs";

Text placeOf(const std::filesystem::path& folder) {
    return KC_TEXT("Simulator", "state folder %1").with(folder.string());
}

FileDescriptor lockFolder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        throw Error{ErrorKind::Unavailable, placeOf(folder),
                    KC_TEXT("Simulator", "it cannot be made: %1").with(std::generic_category().message(errno)),
                    KC_TEXT("Simulator", "name a folder that is there, or a new one in a folder that is there")};
    }
    FileDescriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!descriptor.valid()) {
        throw Error{ErrorKind::Unavailable, placeOf(folder),
                    KC_TEXT("Simulator", "it cannot be opened: %1").with(std::generic_category().message(errno)),
                    KC_TEXT("Simulator", "name a folder that may be written")};
    }
    if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
        throw Error{ErrorKind::Unavailable, placeOf(folder), KC_TEXT("Simulator", "another simulator uses it"),
                    KC_TEXT("Simulator", "end that one, or name another state folder")};
    }
    return descriptor;
}

[[noreturn]] void throwForeign(const std::filesystem::path& folder) {
    throw Error{ErrorKind::Integrity, placeOf(folder),
                KC_TEXT("Simulator", "its file is not one that this version of the simulator wrote"),
                KC_TEXT("Simulator", "start the version that wrote it, or name another state folder")};
}

std::string headLine(const SealKeys& keys) {
    return Json{
        {"format", format}, {"importTokenKey", toBase64(keys.importTokens)}, {"sessionTokenKey", toBase64(keys.sessionTokens)}}
        .dump();
}

std::optional<SealKeys> sealKeysIn(const Json& head) {
    if (!head.is_object() || head.value("format", "") != format) {
        return std::nullopt;
    }
    const auto octets = [&head](const char* member) {
        return fromBase64(head.at(member).get_ref<const std::string&>()).value_or(Bytes{});
    };
    SealKeys keys{.importTokens = octets("importTokenKey"), .sessionTokens = octets("sessionTokenKey")};
    constexpr std::size_t size = 32;
    return keys.importTokens.size() == size && keys.sessionTokens.size() == size ? std::optional{std::move(keys)} : std::nullopt;
}

/// Of all aliases, or with an ID of one key, in this place.
std::string nameAt(const Place& place, std::string_view id) {
    return place.account + " " + place.region + " " + std::string{id};
}

struct Named {
    Place place;
    std::string id;
};
Named placeIn(const std::string& name) {
    const std::size_t first = name.find(' ');
    const std::size_t second = name.find(' ', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
        throw Error{ErrorKind::Integrity, KC_TEXT("Simulator", "stored key"),
                    KC_TEXT("Simulator", "its member %1 cannot be what this simulator wrote").with(name),
                    KC_TEXT("Simulator", "start with another state folder")};
    }
    return {.place = {.account = name.substr(0, first), .region = name.substr(first + 1, second - first - 1)},
            .id = name.substr(second + 1)};
}

/// A record in the store as the text says; without a text it goes. What a key was before, for calls that do not see the present
/// yet, stays.
void put(StoreContents& contents, const std::string& kind, const std::string& name, const std::optional<std::string>& text) {
    if (kind == pairKind) {
        contents.pairs.erase(name);
        if (text) {
            contents.pairs.emplace(name, wrappingPairFromJson(Json::parse(*text)));
        }
        return;
    }
    const auto [place, id] = placeIn(name);
    Shelf& shelf = contents.shelves[place];
    if (kind == aliasKind && text) {
        shelf.aliases.insert_or_assign(id, aliasRecordFromJson(Json::parse(*text)));
    } else if (kind == aliasKind) {
        shelf.aliases.erase(id);
    } else if (text) {
        shelf.keys[id].present = keyRecordFromJson(Json::parse(*text));
    } else {
        shelf.keys.erase(id);
    }
}

}  // namespace

StateFolder::StateFolder(const std::filesystem::path& folder, SealKeys fresh)
    : m_lock{lockFolder(folder)}, m_sealKeys{std::move(fresh)} {
    const std::filesystem::path path = folder / fileName;
    if (struct stat status{}; ::lstat(path.c_str(), &status) != 0 && errno == ENOENT) {
        JournalFile::replace(path, {headLine(m_sealKeys)});
    }
    bool first = true;
    try {
        m_file.emplace(path, [&](std::string_view line) {
            if (first) {
                const auto keys = sealKeysIn(Json::parse(line));
                if (!keys) {
                    throwForeign(folder);
                }
                m_sealKeys = *keys;
                first = false;
            } else {
                readLine(line);
            }
        });
    } catch (const Json::exception&) {
        throwForeign(folder);
    }
    compact(path);
}

void StateFolder::readLine(std::string_view line) {
    const Json changes = Json::parse(line);
    for (const auto& [kind, records] : changes.items()) {
        for (const auto& [name, record] : records.items()) {
            if (record.is_null()) {
                m_known.erase({kind, name});
            } else {
                m_known[{kind, name}] = record.dump();
            }
        }
    }
}

/// Once what is no longer so takes up most of a large file. A failure leaves the old file, which is as good.
void StateFolder::compact(const std::filesystem::path& path) {
    constexpr std::uint64_t large = 1U << 20U;
    std::uint64_t live = 0;
    for (const auto& [name, text] : m_known) {
        live += text.size();
    }
    if (m_file->sizeBytes() < large || m_file->sizeBytes() < 4 * live) {
        return;
    }
    std::vector<std::string> lines{headLine(m_sealKeys)};
    for (const auto& [name, text] : m_known) {
        lines.push_back(Json{{name.first, {{name.second, Json::parse(text)}}}}.dump());
    }
    try {
        JournalFile::replace(path, lines);
    } catch (const Error&) {
        return;
    }
    m_file.emplace(path, [](std::string_view) {});
}

void StateFolder::attach(KeyStore& store) {
    m_store = &store;
    store.restore([this](StoreContents& contents) {
        for (const auto& [name, text] : m_known) {
            put(contents, name.first, name.second, text);
        }
    });
    store.watch([this](const Touched& touched, const StoreContents& contents) { note(touched, contents); });
}

// --------------------------------------------------------------------------------------------------------- what changed

void StateFolder::note(const Touched& touched, const StoreContents& contents) {
    const std::lock_guard lock{m_mutex};
    for (const auto& [place, id] : touched.keys) {
        const KeyRow* row = contents.rowOf(place, id);
        noteRecord(keyKind, nameAt(place, id), row == nullptr ? std::nullopt : std::optional{toJson(row->present).dump()});
    }
    for (const Place& place : touched.aliases) {
        noteAliases(place, contents);
    }
    if (touched.pairs) {
        notePairs(contents.pairs);
    }
}

void StateFolder::noteAliases(const Place& place, const StoreContents& contents) {
    const auto& aliases = contents.shelves.at(place).aliases;
    const std::string start = nameAt(place, "");
    std::vector<std::string> gone;
    for (auto row = m_known.lower_bound({aliasKind, start});
         row != m_known.end() && row->first.first == aliasKind && row->first.second.starts_with(start); ++row) {
        if (!aliases.contains(row->first.second.substr(start.size()))) {
            gone.push_back(row->first.second);
        }
    }
    for (const std::string& name : gone) {
        noteRecord(aliasKind, name, std::nullopt);
    }
    for (const auto& [id, alias] : aliases) {
        noteRecord(aliasKind, start + id, toJson(alias).dump());
    }
}

/// Pairs never change, and one that has ended is of no use to anyone who reads it again.
void StateFolder::notePairs(const std::map<std::string, WrappingPair>& pairs) {
    for (const auto& [id, pair] : pairs) {
        if (!m_known.contains({pairKind, id})) {
            noteRecord(pairKind, id, toJson(pair).dump());
        }
    }
}

void StateFolder::noteRecord(const Kind& kind, const std::string& name, std::optional<std::string> text) {
    const auto known = m_known.find({kind, name});
    const std::optional<std::string> before = known == m_known.end() ? std::nullopt : std::optional{known->second};
    if (before == text) {
        return;
    }
    if (m_open == nullptr) {
        m_open = std::make_shared<Batch>();
    }
    m_open->changes.try_emplace({kind, name}, Change{.before = before, .after = {}}).first->second.after = text;
    if (text) {
        m_known[{kind, name}] = *std::move(text);
    } else {
        m_known.erase(known);
    }
    auto& mine = m_uncommitted[std::this_thread::get_id()];
    if (mine.empty() || mine.back() != m_open) {
        mine.push_back(m_open);
    }
}

// -------------------------------------------------------------------------------------------------------------- writing

bool StateFolder::commit() {
    std::unique_lock lock{m_mutex};
    const auto row = m_uncommitted.find(std::this_thread::get_id());
    if (row == m_uncommitted.end()) {
        return true;
    }
    const std::vector<std::shared_ptr<Batch>> mine = std::move(row->second);
    m_uncommitted.erase(row);
    bool good = true;
    for (const std::shared_ptr<Batch>& batch : mine) {
        while (batch->outcome == Outcome::Open) {
            if (m_writing) {
                m_written.wait(lock);
            } else {
                writeOpenBatch(lock);
            }
        }
        good = good && batch->outcome == Outcome::Written;
    }
    return good;
}

/// The one thread that writes does so for all that wait.
void StateFolder::writeOpenBatch(std::unique_lock<std::mutex>& lock) {
    m_writing = true;
    const std::shared_ptr<Batch> batch = std::exchange(m_open, nullptr);
    lock.unlock();
    Json line = Json::object();
    for (const auto& [name, change] : batch->changes) {
        line[name.first][name.second] = change.after ? Json::parse(*change.after) : Json(nullptr);
    }
    const bool written = m_file->append(line.dump());
    if (!written) {
        undo(batch);
    }
    lock.lock();
    if (written) {
        batch->outcome = Outcome::Written;
    }
    m_writing = false;
    m_written.notify_all();
}

/// Brings store and texts back to what is on the disk. What was changed since builds on what failed, and fails with it.
void StateFolder::undo(const std::shared_ptr<Batch>& failed) {
    m_store->restore([this, &failed](StoreContents& contents) {
        const std::lock_guard lock{m_mutex};
        if (const std::shared_ptr<Batch> later = std::exchange(m_open, nullptr)) {
            undoChanges(later->changes, contents);
            later->outcome = Outcome::Undone;
        }
        undoChanges(failed->changes, contents);
        failed->outcome = Outcome::Undone;
    });
}

void StateFolder::undoChanges(const Changes& changes, StoreContents& contents) {
    for (const auto& [name, change] : changes) {
        put(contents, name.first, name.second, change.before);
        if (change.before) {
            m_known[name] = *change.before;
        } else {
            m_known.erase(name);
        }
    }
}

}  // namespace keyconvoy::kms::simulator
