#include "tests/ui/held_import.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <map>
#include <QLabel>
#include <set>

namespace keyconvoy::tests {
namespace {

enum class Where : std::uint8_t { Token, Kms };
/// How an import ends that was cancelled while this call was held.
enum class Ends : std::uint8_t {
    Cancelled,
    Finished,  ///< nothing is left that could be stopped
};

/// From where on the first call of the token is held.
enum class From : std::uint8_t { Beginning, ThrowAwayKeys, Review };

constexpr std::array<const char*, 3> fromWords{"", "ForThrowAwayKeys", "AfterReview"};

/// One call of an import, held.
struct HeldCall {
    Where where = Where::Token;
    std::string name;
    From from = From::Beginning;  ///< of the token
    int nth = 1;                  ///< of KMS
    const char* spec = "SYMMETRIC_DEFAULT";
    bool existingKmsKey = false;
    Ends ends = Ends::Cancelled;

    friend std::ostream& operator<<(std::ostream& out, const HeldCall& call) {
        return out << call.name << fromWords.at(static_cast<std::size_t>(call.from)) << " " << call.nth << " " << call.spec
                   << (call.existingKmsKey ? ", existing KMS key" : "");
    }
};

const char* questionOf(From from) {
    return from == From::ThrowAwayKeys ? "qualification.throw-away-keys" : "import.review";
}

HeldCall onToken(const char* name, From from, Ends ends = Ends::Cancelled) {
    return {.where = Where::Token, .name = name, .from = from, .ends = ends};
}

HeldCall atKms(const char* name, int nth = 1, const char* spec = "SYMMETRIC_DEFAULT", bool existing = false) {
    return {.where = Where::Kms, .name = name, .nth = nth, .spec = spec, .existingKmsKey = existing};
}

/// With this call the check is done, and what follows only gathers the result.
HeldCall lastAtKms(const char* name, int nth, const char* spec) {
    HeldCall call = atKms(name, nth, spec);
    call.ends = Ends::Finished;
    return call;
}

/// Every kind of call, as ATokenCallHasItsRow and AKmsCallHasItsRow demand.
const std::vector<HeldCall>& heldCalls() {
    static const std::vector<HeldCall> rows{
        onToken("C_FindObjects", From::Beginning),
        onToken("C_FindObjectsFinal", From::Beginning),
        onToken("C_FindObjectsInit", From::Beginning),
        onToken("C_GetInfo", From::Beginning),
        onToken("C_GetSessionInfo", From::Beginning),
        onToken("C_GetSlotInfo", From::Beginning),
        onToken("C_GetSlotList", From::Beginning),
        onToken("C_GetTokenInfo", From::Beginning),
        onToken("C_Initialize", From::Beginning),
        onToken("C_Login", From::Beginning),
        onToken("C_OpenSession", From::Beginning),
        onToken("C_CloseSession", From::Review, Ends::Finished),
        onToken("C_CreateObject", From::Review),
        onToken("C_DestroyObject", From::Review),
        onToken("C_Finalize", From::Review, Ends::Finished),
        onToken("C_FindObjects", From::Review),
        onToken("C_FindObjectsFinal", From::Review),
        onToken("C_FindObjectsInit", From::Review),
        onToken("C_GenerateKey", From::Review),
        onToken("C_GetAttributeValue", From::Review),
        onToken("C_GetSessionInfo", From::Review, Ends::Finished),
        onToken("C_GetSlotInfo", From::Review),
        onToken("C_GetTokenInfo", From::Review),
        onToken("C_Logout", From::Review, Ends::Finished),
        onToken("C_Sign", From::Review),
        onToken("C_SignInit", From::Review),
        onToken("C_WrapKey", From::Review),
        onToken("C_CreateObject", From::ThrowAwayKeys),
        onToken("C_DestroyObject", From::ThrowAwayKeys),
        onToken("C_GenerateKey", From::ThrowAwayKeys),
        onToken("C_GetAttributeValue", From::ThrowAwayKeys),
        onToken("C_GetSlotInfo", From::ThrowAwayKeys),
        onToken("C_GetTokenInfo", From::ThrowAwayKeys),
        onToken("C_Sign", From::ThrowAwayKeys),
        onToken("C_SignInit", From::ThrowAwayKeys),
        onToken("C_WrapKey", From::ThrowAwayKeys),
        atKms("GetCallerIdentity"),
        atKms("CreateKey"),
        atKms("DescribeKey"),
        atKms("GetParametersForImport"),
        atKms("ImportKeyMaterial"),
        atKms("DescribeKey", 2),
        atKms("ListKeyRotations"),
        atKms("GetParametersForImport", 2),
        lastAtKms("ImportKeyMaterial", 2, "SYMMETRIC_DEFAULT"),
        lastAtKms("GenerateMac", 1, "HMAC_256"),
        atKms("VerifyMac", 1, "HMAC_256"),
        atKms("GetPublicKey", 1, "ECC_NIST_P256"),
        lastAtKms("Sign", 1, "ECC_NIST_P256"),
        atKms("Verify", 1, "ECC_NIST_P256"),
        atKms("DescribeKey", 1, "SYMMETRIC_DEFAULT", true),
    };
    return rows;
}

std::string nameOf(const testing::TestParamInfo<HeldCall>& row) {
    const HeldCall& call = row.param;
    std::string name =
        call.name + fromWords.at(static_cast<std::size_t>(call.from)) + (call.nth > 1 ? std::to_string(call.nth) : "");
    name += std::string{call.spec} == "SYMMETRIC_DEFAULT" ? "" : call.spec;
    name += call.existingKmsKey ? "OfAnExistingKey" : "";
    std::erase(name, '_');
    return name;
}

class HeldCalls : public HeldImport, public testing::WithParamInterface<HeldCall> {
protected:
    void SetUp() override {
        if (call().existingKmsKey) {
            useExistingKmsKey();
        }
        prepare(call().spec);
        if (call().where == Where::Kms) {
            proxy().hold(call().name, call().nth);
        } else {
            ASSERT_TRUE(call().from == From::Beginning || goOnToQuestion(questionOf(call().from)));
            gate().close(call().name);
        }
        ASSERT_TRUE(goOnUntil([this] { return isHeld(); })) << said().toStdString();
    }

    [[nodiscard]] const HeldCall& call() const { return GetParam(); }
    [[nodiscard]] bool isHeld() { return call().where == Where::Kms ? proxy().holds() : gate().reached(call().name); }
    void letGo() {
        gate().openAll();
        proxy().release();
    }
    [[nodiscard]] bool closeIsAsked() { return find<QLabel>("close.text").isVisible(); }
    void expectTheEnd() {
        EXPECT_EQ(page().current(), call().ends == Ends::Cancelled ? ImportPage::Run : ImportPage::Result);
        if (call().ends == Ends::Cancelled) {
            EXPECT_THAT(failureText(), testing::StartsWith("Cancelled"));
        }
        expectThatWhatExistsIsTold();
    }
};

TEST_P(HeldCalls, TheLoopGoesOnAndCancelEndsTheJobAfterTheCall) {
    expectTheEventLoopGoesOn();
    QTest::mouseClick(run().findChild<QPushButton*>(QStringLiteral("job.cancel")), Qt::LeftButton);
    expectTheEventLoopGoesOn();
    EXPECT_TRUE(isHeld());
    letGo();
    ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
    expectTheEnd();
    expectThatNothingIsLeft();
}

TEST_P(HeldCalls, ClosingTheWindowAsksAndLeavesNothing) {
    EXPECT_FALSE(closeIsAsked());
    window().close();
    EXPECT_TRUE(window().isVisible());
    EXPECT_TRUE(closeIsAsked());
    expectTheEventLoopGoesOn();
    click("close.stay");
    EXPECT_FALSE(closeIsAsked());
    expectTheEventLoopGoesOn();

    window().close();
    click("close.leave");
    EXPECT_TRUE(window().isVisible()) << "a call cannot be interrupted";
    window().close();
    expectTheEventLoopGoesOn();
    EXPECT_TRUE(isHeld());
    letGo();
    ASSERT_TRUE(waitFor([this] { return !page().busy() && !closeIsAsked(); }));
    expectTheEnd();
    const bool somethingToRead = run().leftBehind() || call().ends == Ends::Finished;
    EXPECT_EQ(window().isVisible(), somethingToRead);
    window().close();
    EXPECT_FALSE(window().isVisible());
    expectThatNothingIsLeft();
}

INSTANTIATE_TEST_SUITE_P(OfAnImport, HeldCalls, testing::ValuesIn(heldCalls()), nameOf);

/// A whole import with nothing held, to see that no call is missing above.
class HeldCallRows : public HeldImport {
protected:
    void importAll() {
        ASSERT_TRUE(goOnUntil([this] { return !page().busy(); }));
        ASSERT_EQ(page().current(), ImportPage::Result) << said().toStdString();
    }
    [[nodiscard]] static std::set<std::string> rowsOnToken(From from) {
        std::set<std::string> names;
        for (const HeldCall& row : heldCalls()) {
            if (row.where == Where::Token && row.from == from) {
                names.insert(row.name);
            }
        }
        return names;
    }
    [[nodiscard]] static bool hasRowAtKms(const std::string& name, int nth) {
        return std::ranges::any_of(
            heldCalls(), [&](const HeldCall& row) { return row.where == Where::Kms && row.name == name && row.nth == nth; });
    }
    void expectRowsForAllKmsCalls(std::size_t from) {
        const std::vector<std::string> all = proxy().operations();
        std::map<std::string, int> count;
        for (std::size_t i = from; i < all.size(); ++i) {
            EXPECT_TRUE(hasRowAtKms(all[i], ++count[all[i]])) << all[i] << " " << count[all[i]] << " has no row";
        }
        EXPECT_GT(all.size(), from);
    }
};

TEST_F(HeldCallRows, ATokenCallHasItsRow) {
    prepare("SYMMETRIC_DEFAULT");
    std::size_t from = tokenCalls().size();
    const auto namesSince = [this, &from] {
        const std::vector<std::string> calls = tokenCalls();
        const std::size_t begin = std::exchange(from, calls.size());
        return std::set<std::string>{calls.begin() + static_cast<std::ptrdiff_t>(begin), calls.end()};
    };
    ASSERT_TRUE(goOnToQuestion(questionOf(From::ThrowAwayKeys)));
    EXPECT_EQ(namesSince(), rowsOnToken(From::Beginning));
    ASSERT_TRUE(goOnToQuestion(questionOf(From::Review)));
    EXPECT_EQ(namesSince(), rowsOnToken(From::ThrowAwayKeys));
    importAll();
    EXPECT_EQ(namesSince(), rowsOnToken(From::Review));
}

TEST_F(HeldCallRows, AKmsCallOfAnAes256ImportHasItsRow) {
    prepare("SYMMETRIC_DEFAULT");
    importAll();
    expectRowsForAllKmsCalls(0);
}

TEST_F(HeldCallRows, AKmsCallOfAnHmacImportHasItsRow) {
    prepare("HMAC_256");
    importAll();
    expectRowsForAllKmsCalls(0);
}

TEST_F(HeldCallRows, AKmsCallOfAnImportOfAKeyPairHasItsRow) {
    prepare("ECC_NIST_P256");
    importAll();
    expectRowsForAllKmsCalls(0);
}

TEST_F(HeldCallRows, AKmsCallOfAnImportIntoAnExistingKeyHasItsRow) {
    useExistingKmsKey();
    prepare("SYMMETRIC_DEFAULT");
    const std::size_t begun = proxy().operations().size();
    importAll();
    expectRowsForAllKmsCalls(begun);
}

}  // namespace
}  // namespace keyconvoy::tests
