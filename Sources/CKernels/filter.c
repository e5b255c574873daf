#include "CKernels.h"
#include "dispatch.h"

/* Three bits of the 32 that a word of the filter has, chosen by a mixed digest. */
#define BITS(mixed) (1u << ((mixed) & 31) | 1u << ((mixed) >> 5 & 31) | 1u << ((mixed) >> 10 & 31))

static inline uint32_t spread_of(uint32_t digest) { return digest * 0x9E3779B1u; }

void mr_filter_insert(uint32_t *filter, unsigned shift, uint32_t digest) {
  uint32_t spread = spread_of(digest), mixed = spread ^ spread >> 15;
  filter[spread >> shift] |= BITS(mixed);
}

static size_t filter_portable(const uint32_t *digests, size_t first, size_t count, const uint32_t *filter,
                              unsigned shift, uint32_t *lanes) {
  size_t found = 0;
  for (size_t i = first; i < count; i++) {
    uint32_t spread = spread_of(digests[i]), mixed = spread ^ spread >> 15, bits = BITS(mixed);
    lanes[found] = (uint32_t)i;
    found += (filter[spread >> shift] & bits) == bits;
  }
  return found;
}

static size_t filter_plain(const uint32_t *digests, size_t count, const uint32_t *filter, unsigned shift,
                           uint32_t *lanes) {
  return filter_portable(digests, 0, count, filter, shift, lanes);
}

#if defined(__x86_64__)
#include <immintrin.h>

MR_AVX2_TARGET
static size_t filter_avx2(const uint32_t *digests, size_t count, const uint32_t *filter, unsigned shift,
                          uint32_t *lanes) {
  const __m256i factor = _mm256_set1_epi32((int)0x9E3779B1u), low = _mm256_set1_epi32(31), one = _mm256_set1_epi32(1);
  const __m128i by = _mm_cvtsi32_si128((int)shift);
  size_t found = 0, i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i spread = _mm256_mullo_epi32(_mm256_loadu_si256((const __m256i *)(digests + i)), factor);
    __m256i mixed = _mm256_xor_si256(spread, _mm256_srli_epi32(spread, 15));
    __m256i bits = _mm256_or_si256(
        _mm256_sllv_epi32(one, _mm256_and_si256(mixed, low)),
        _mm256_or_si256(_mm256_sllv_epi32(one, _mm256_and_si256(_mm256_srli_epi32(mixed, 5), low)),
                        _mm256_sllv_epi32(one, _mm256_and_si256(_mm256_srli_epi32(mixed, 10), low))));
    __m256i words = _mm256_i32gather_epi32((const int *)filter, _mm256_srl_epi32(spread, by), 4);
    __m256i hits = _mm256_cmpeq_epi32(_mm256_and_si256(words, bits), bits);
    uint32_t mask = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(hits));
    while (mask != 0) {
      lanes[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(mask);
      mask &= mask - 1;
    }
  }
  return found + filter_portable(digests, i, count, filter, shift, lanes + found);
}

MR_AVX512_TARGET
static size_t filter_avx512(const uint32_t *digests, size_t count, const uint32_t *filter, unsigned shift,
                            uint32_t *lanes) {
  const __m512i factor = _mm512_set1_epi32((int)0x9E3779B1u), low = _mm512_set1_epi32(31), one = _mm512_set1_epi32(1);
  const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i by = _mm_cvtsi32_si128((int)shift);
  size_t found = 0, i = 0;
  for (; i + 16 <= count; i += 16) {
    __m512i spread = _mm512_mullo_epi32(_mm512_loadu_si512(digests + i), factor);
    __m512i mixed = _mm512_xor_si512(spread, _mm512_srli_epi32(spread, 15));
    __m512i bits = _mm512_or_si512(
        _mm512_sllv_epi32(one, _mm512_and_si512(mixed, low)),
        _mm512_or_si512(_mm512_sllv_epi32(one, _mm512_and_si512(_mm512_srli_epi32(mixed, 5), low)),
                        _mm512_sllv_epi32(one, _mm512_and_si512(_mm512_srli_epi32(mixed, 10), low))));
    __m512i words = _mm512_i32gather_epi32(_mm512_srl_epi32(spread, by), filter, 4);
    __mmask16 hits = _mm512_cmpeq_epi32_mask(_mm512_and_si512(words, bits), bits);
    if (hits != 0) {
      _mm512_mask_compressstoreu_epi32(lanes + found, hits, _mm512_add_epi32(numbers, _mm512_set1_epi32((int)i)));
      found += (size_t)__builtin_popcount(hits);
    }
  }
  return found + filter_portable(digests, i, count, filter, shift, lanes + found);
}
#endif

typedef size_t (*filter_function)(const uint32_t *, size_t, const uint32_t *, unsigned, uint32_t *);

static const filter_function variants[MR_LEVELS] = {
    filter_plain,
#if defined(__x86_64__)
    filter_plain,
    filter_avx2,
    filter_avx512,
#endif
};

size_t mr_filter(const uint32_t *digests, size_t count, const uint32_t *filter, unsigned shift, uint32_t *lanes) {
  return variants[mr_level()](digests, count, filter, shift, lanes);
}

size_t mr_filter_with(const char *name, int *supported, const uint32_t *digests, size_t count, const uint32_t *filter,
                      unsigned shift, uint32_t *lanes) {
  int level = mr_level_named(name);
  *supported = level >= 0;
  return variants[level < 0 ? MR_PORTABLE : level](digests, count, filter, shift, lanes);
}
