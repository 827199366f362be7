#include "kmsclient/simulator/good.h"
