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

typedef struct {
  const uint8_t *bytes;
  size_t length;
} stretch;

static inline stretch stretch_of(const mr_stretches *stretches, size_t number) {
  const uint32_t *first = stretches->separators + stretches->firsts[number];
  size_t start = (size_t)first[stretches->from] + 1, end = (size_t)first[stretches->to] + 1;
  end = end < stretches->limit ? end : stretches->limit;
  start = start < end ? start : end;
  return (stretch){stretches->text + start, end - start};
}

void mr_xxh3_128_stretches(const mr_stretches *stretches, uint64_t seed, int goes_on, uint64_t *high, uint64_t *low) {
  for (size_t i = 0; i < stretches->count; i++) {
    stretch text = stretch_of(stretches, i);
    XXH128_hash_t hash = XXH3_128bits_withSeed(text.bytes, text.length, goes_on ? low[i] : seed);
    high[i] = goes_on ? hash.high64 ^ (high[i] << 1 | high[i] >> 63) : hash.high64;
    low[i] = hash.low64;
  }
}

void mr_xxh3_64_stretches(const mr_stretches *stretches, uint64_t seed, uint64_t *hashes) {
  for (size_t i = 0; i < stretches->count; i++) {
    stretch text = stretch_of(stretches, i);
    hashes[i] = XXH3_64bits_withSeed(text.bytes, text.length, seed);
  }
}
