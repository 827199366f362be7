#include "app/inventory/backup_store.h"

#include "core/files.h"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using app::BackedUpKey;
using app::BackupRecord;
using app::BackupStore;

BackedUpKey someKey() {
    return {
        {"serial-1", "Model X", "Site A"}, Bytes{1, 2, 3}, {pkcs11::CheckValueMethod::AesCmacZeroBlock, Bytes{4, 5, 6, 7, 8}}};
}

BackupRecord someRecord(const std::string& backupSerial = "serial-2") {
    return {someKey(),
            "payments",
            "AES-256",
            {backupSerial, "Model X", "Site B"},
            "equal check values",
            *parseRfc3339("2027-06-17T12:00:00.250Z")};
}

class BackupStoreTest : public ::testing::Test {
protected:
    TemporaryFolder m_folder{"keyconvoy-backups-"};
    BackupStore m_store{m_folder.path()};
};

TEST_F(BackupStoreTest, FindsTheBackupsOfExactlyThisKey) {
    m_store.keep(someRecord());
    m_store.keep(someRecord("serial-3"));
    ASSERT_EQ(m_store.find(someKey()).size(), 2U);
    const BackupRecord found = m_store.find(someKey()).front();
    EXPECT_EQ(found.keyLabel, "payments");
    EXPECT_EQ(found.date, someRecord().date);
}

TEST_F(BackupStoreTest, ARenamedTokenIsStillTheSame) {
    m_store.keep(someRecord());
    BackedUpKey renamed = someKey();
    renamed.token.label = "Site A, safe 2";
    EXPECT_EQ(m_store.find(renamed).size(), 1U);
}

TEST_F(BackupStoreTest, FindsNothingForAnotherTokenIdOrCheckValue) {
    m_store.keep(someRecord());
    BackedUpKey otherToken = someKey();
    otherToken.token.serial = "serial-9";
    BackedUpKey otherId = someKey();
    otherId.id.back() ^= 1U;
    BackedUpKey otherValue = someKey();
    otherValue.checkValue.value.back() ^= 1U;
    BackedUpKey otherMethod = someKey();
    otherMethod.checkValue.method = pkcs11::CheckValueMethod::HmacZeroBlock;
    for (const BackedUpKey& key : {otherToken, otherId, otherValue, otherMethod}) {
        EXPECT_TRUE(m_store.find(key).empty());
    }
}

TEST_F(BackupStoreTest, KeepingTheSameBackupAgainReplacesIt) {
    m_store.keep(someRecord());
    m_store.keep(someRecord());
    EXPECT_EQ(m_store.find(someKey()).size(), 1U);
}

TEST_F(BackupStoreTest, WithdrawsCopiesOnATokenAndNoOthers) {
    m_store.keep(someRecord());
    m_store.keep(someRecord("serial-3"));
    m_store.withdrawCopiesOn({"serial-2", "Model X", ""}, someKey().checkValue);
    ASSERT_EQ(m_store.find(someKey()).size(), 1U);
    EXPECT_EQ(m_store.find(someKey()).front().backupToken.serial, "serial-3");
}

TEST_F(BackupStoreTest, ADamagedRecordIsNoBackup) {
    m_store.keep(someRecord());
    for (const auto& entry : std::filesystem::directory_iterator{m_folder.path() / "backups"}) {
        std::ofstream{entry.path(), std::ios::trunc} << R"({"schema": "keyconvoy backup 1", "keyId": 5})";
    }
    EXPECT_TRUE(m_store.find(someKey()).empty());
    EXPECT_NO_THROW(m_store.withdrawCopiesOn(someRecord().backupToken, someKey().checkValue));
}

TEST_F(BackupStoreTest, AnEmptyFolderHoldsNone) {
    EXPECT_TRUE(m_store.find(someKey()).empty());
}

}  // namespace
}  // namespace keyconvoy::tests
