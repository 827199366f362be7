#include "core/c_handle.h"
#include "core/file_descriptor.h"
#include "core/strong_string.h"

#include <concepts>
#include <fcntl.h>
#include <gtest/gtest.h>

namespace keyconvoy {
namespace {

bool isOpen(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) != -1;
}

int openNull() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(FileDescriptor, ClosesWhatItOwns) {
    int number = -1;
    {
        const FileDescriptor descriptor{openNull()};
        number = descriptor.get();
        EXPECT_TRUE(descriptor.valid());
        EXPECT_TRUE(isOpen(number));
    }
    EXPECT_FALSE(isOpen(number));
}

TEST(FileDescriptor, MovesAndReleases) {
    FileDescriptor first{openNull()};
    FileDescriptor second{std::move(first)};
    EXPECT_FALSE(first.valid());
    const FileDescriptor owner{second.release()};
    EXPECT_FALSE(second.valid());
    EXPECT_TRUE(isOpen(owner.get()));
}

int freed = 0;
void countFree(int* object) {
    ++freed;
    delete object;
}

TEST(CHandle, FreesOnceAndNeverNull) {
    freed = 0;
    {
        CHandle<int, countFree> handle{new int{1}};
        const CHandle<int, countFree> moved{std::move(handle)};
        const CHandle<int, countFree> none{nullptr};
    }
    EXPECT_EQ(freed, 1);
}

using Label = StrongString<struct LabelTag>;
using Name = StrongString<struct NameTag>;
static_assert(!std::convertible_to<Label, Name>);
static_assert(!std::convertible_to<std::string, Label>);

TEST(StrongString, ComparesByItsText) {
    EXPECT_EQ(Label{"a"}, Label{"a"});
    EXPECT_LT(Label{"a"}, Label{"b"});
    EXPECT_TRUE(Label{}.empty());
    EXPECT_EQ(Label{"x"}.str(), "x");
}

}  // namespace
}  // namespace keyconvoy
