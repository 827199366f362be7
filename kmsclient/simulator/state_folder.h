#pragma once

#include "kmsclient/simulator/journal_file.h"
#include "kmsclient/simulator/key_store.h"

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace keyconvoy::kms::simulator {

/// What a simulator makes up once and must know again after a restart, 32 octets each.
struct SealKeys {
    Bytes importTokens;
    Bytes sessionTokens;
};

/// A store's contents on the disk, always as new as the last reply: a change is written and synced before its reply leaves
/// (write-ahead), and undone when it cannot be. Changes of several calls that wait together are written together. Any thread
/// after the start.
class StateFolder {
public:
    /// Makes the folder (mode 0700) unless it is there, locks it against a second simulator and reads it. A new one gets
    /// the seal keys `fresh`. Throws Unavailable when it cannot be used or another simulator uses it, Integrity for damage.
    StateFolder(const std::filesystem::path& folder, SealKeys fresh);
    StateFolder(const StateFolder&) = delete;
    StateFolder& operator=(const StateFolder&) = delete;
    ~StateFolder() = default;

    [[nodiscard]] const SealKeys& sealKeys() const noexcept { return m_sealKeys; }
    /// How many octets of a change that was never acknowledged were dropped when the folder was read.
    [[nodiscard]] std::uint64_t droppedBytes() const noexcept { return m_file->droppedBytes(); }

    /// Fills the store with what was read, and keeps what changes in it from now on. It outlives this.
    void attach(KeyStore& store);

    /// Waits until what the calling thread changed is on the disk. False when it could not be written, and has been undone
    /// together with what built on it.
    [[nodiscard]] bool commit();

private:
    /// One record before and after, as text; absent: it is not there.
    struct Change {
        std::optional<std::string> before;
        std::optional<std::string> after;
    };
    using Kind = std::string;                                           ///< "keys", "aliases", "pairs"
    using Changes = std::map<std::pair<Kind, std::string>, Change>;     ///< by kind and name
    using Known = std::map<std::pair<Kind, std::string>, std::string>;  ///< the records' texts
    enum class Outcome : std::uint8_t { Open, Written, Undone };
    struct Batch {
        Changes changes;
        Outcome outcome = Outcome::Open;
    };

    void readLine(std::string_view line);
    void compact(const std::filesystem::path& path);

    void note(const Touched& touched, const StoreContents& contents);
    void noteRecord(const Kind& kind, const std::string& name, std::optional<std::string> text);
    void noteAliases(const Place& place, const StoreContents& contents);
    void notePairs(const std::map<std::string, WrappingPair>& pairs);

    void writeOpenBatch(std::unique_lock<std::mutex>& lock);
    void undo(const std::shared_ptr<Batch>& failed);
    void undoChanges(const Changes& changes, StoreContents& contents);

    FileDescriptor m_lock;
    SealKeys m_sealKeys;
    std::optional<JournalFile> m_file;
    KeyStore* m_store = nullptr;

    std::mutex m_mutex;  ///< taken after the store's
    std::condition_variable m_written;
    bool m_writing = false;
    Known m_known;                                                                 ///< with everything that waits
    std::shared_ptr<Batch> m_open;                                                 ///< takes what changes now; null: nothing
    std::map<std::thread::id, std::vector<std::shared_ptr<Batch>>> m_uncommitted;  ///< by who made the change
};

}  // namespace keyconvoy::kms::simulator
