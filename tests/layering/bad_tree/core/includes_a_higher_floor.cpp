#include "pkcs11/token.h"
