#include "app/cli/good.h"
