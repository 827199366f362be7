#include "core/good.h"
CK_RV speaksCryptoki();
