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

void mr_xxh3_128_stretches(const mr_stretches *stretches, uint64_t seed, int goes_on, uint64_t *high, uint64_t *low) {
  const uint32_t *from = stretches->separators + stretches->from, *to = stretches->separators + stretches->to;
  for (size_t i = 0; i < stretches->count; i++) {
    size_t start = (size_t)from[stretches->firsts[i]] + 1, end = (size_t)to[stretches->firsts[i]] + 1;
    end = end < stretches->limit ? end : stretches->limit;
    start = start < end ? start : end;
    XXH128_hash_t hash =
        XXH3_128bits_withSeed(stretches->text + start, end - start, goes_on ? low[i] : seed);
    high[i] = goes_on ? hash.high64 ^ (high[i] << 1 | high[i] >> 63) : hash.high64;
    low[i] = hash.low64;
  }
}

void mr_xxh3_64_stretches(const mr_stretches *stretches, uint64_t seed, uint64_t *hashes) {
  const uint32_t *from = stretches->separators + stretches->from, *to = stretches->separators + stretches->to;
  for (size_t i = 0; i < stretches->count; i++) {
    size_t start = (size_t)from[stretches->firsts[i]] + 1, end = (size_t)to[stretches->firsts[i]] + 1;
    end = end < stretches->limit ? end : stretches->limit;
    start = start < end ? start : end;
    hashes[i] = XXH3_64bits_withSeed(stretches->text + start, end - start, seed);
  }
}
