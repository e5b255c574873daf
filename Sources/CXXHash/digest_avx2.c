/* XXH3 compiled for wider vectors than every processor has; only `mr_xxh3_128_long` calls it, after asking. */
#if defined(__x86_64__) && defined(__clang__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define XXH_VECTOR XXH_AVX2
#define XXH_INLINE_ALL
#include <xxhash.h>

void mr_xxh3_128_avx2(const void *bytes, size_t length, uint64_t *low, uint64_t *high) {
  XXH128_hash_t hash = XXH3_128bits(bytes, length);
  *low = hash.low64;
  *high = hash.high64;
}
#pragma clang attribute pop
#endif
