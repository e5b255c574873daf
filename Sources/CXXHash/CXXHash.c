#include "CXXHash.h"

#if defined(__x86_64__) && defined(__clang__)
void mr_xxh3_128_avx2(const void *bytes, size_t length, uint64_t *low, uint64_t *high);
void mr_xxh3_128_avx512(const void *bytes, size_t length, uint64_t *low, uint64_t *high);
#endif

mr_hash128 mr_xxh3_128_long(const void *bytes, size_t length) {
#if defined(__x86_64__) && defined(__clang__)
  mr_hash128 hash;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) {
    mr_xxh3_128_avx512(bytes, length, &hash.low, &hash.high);
    return hash;
  }
  if (__builtin_cpu_supports("avx2")) {
    mr_xxh3_128_avx2(bytes, length, &hash.low, &hash.high);
    return hash;
  }
#endif
  return mr_xxh3_128(bytes, length, 0);
}
