#include "pkcs11/cryptoki.h"
