#include "ui/jobs/failure_from.h"

#include <exception>

namespace keyconvoy::ui {

namespace {

Failure internalFailure(const char* what) {
    Failure failure;
    failure.kind = ErrorKind::Internal;
    failure.place = KC_TEXT("JobSession", "this program");
    failure.cause = KC_TEXT("JobSession", "something went wrong that it did not expect");
    failure.remedy = KC_TEXT("JobSession", "copy this text and report it as a defect; then look at what exists before you go on");
    failure.serviceText = what;
    return failure;
}

}  // namespace

Failure currentFailure() noexcept {
    try {
        throw;
    } catch (const Error& error) {
        return error.failure();
    } catch (const std::exception& exception) {
        return internalFailure(exception.what());
    } catch (...) {
        return internalFailure("");
    }
}

}  // namespace keyconvoy::ui
