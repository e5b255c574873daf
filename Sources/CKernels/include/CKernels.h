#ifndef MATCH_RUN_CKERNELS_H
#define MATCH_RUN_CKERNELS_H
#include <stdint.h>
#endif
