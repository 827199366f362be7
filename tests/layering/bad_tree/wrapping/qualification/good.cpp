#include "wrapping/opening/open_envelope.h"
