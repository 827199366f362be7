#include "core/good.h"
