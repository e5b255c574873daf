#include "dispatch.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static const char *const names[MR_LEVELS] = {"portable", "sse2", "avx2", "avx512"};

static int supports(int level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (level) {
    case MR_PORTABLE:
    case MR_SSE2: return 1;
    case MR_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    case MR_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512vbmi2");
    default: return 0;
  }
#else
  return level == MR_PORTABLE;
#endif
}

int mr_level_named(const char *name) {
  for (int level = 0; level < MR_LEVELS; level++) {
    if (strcmp(names[level], name) == 0 && supports(level)) return level;
  }
  return -1;
}

static int chosen = -1; /* every thread computes the same value, so a race between two of them changes nothing */

int mr_level(void) {
  int known = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
  if (known >= 0) return known;
  int best = MR_PORTABLE;
  while (best + 1 < MR_LEVELS && supports(best + 1)) best++;
  const char *wanted = getenv("MATCH_RUN_SCAN");
  int named = wanted == NULL ? -1 : mr_level_named(wanted);
  if (named >= 0) best = named;
  __atomic_store_n(&chosen, best, __ATOMIC_RELAXED);
  return best;
}

const char *mr_scan_variant(void) { return names[mr_level()]; }
