#include "core/missing.h"
