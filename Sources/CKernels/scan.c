#include "CKernels.h"
#include "dispatch.h"

#define INLINE static inline __attribute__((always_inline))

INLINE void emit_bits(uint32_t *out, uint64_t mask, uint32_t base) {
  while (mask != 0) {
    *out++ = base + (uint32_t)__builtin_ctzll(mask);
    mask &= mask - 1;
  }
}

INLINE uint64_t byte_mask(const uint8_t *block, uint8_t byte) {
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) mask |= (uint64_t)(block[i] == byte) << i;
  return mask;
}

#define SCAN_NAME scan_portable
#define SCAN_ATTRIBUTES
#define SCAN_BLOCK(p, lf, cr, quote, delimiter) \
  lf = byte_mask(p, '\n');                      \
  cr = byte_mask(p, '\r');                      \
  quote = byte_mask(p, '"');                    \
  delimiter = byte_mask(p, delimiter_byte)
#define SCAN_EMIT(out, mask, base) emit_bits(out, mask, base)
#include "scan_template.inc"

#if defined(__x86_64__)
#include <immintrin.h>

/* Writes eight entries at a time whether they are wanted or not: the count of separators a block is hard to predict. */
#define EMIT_EIGHTS(out, mask, base)                                         \
  do {                                                                       \
    uint64_t bits = (mask);                                                  \
    uint32_t *to = (out);                                                    \
    int left = __builtin_popcountll(bits);                                   \
    while (left > 0) {                                                       \
      for (int k = 0; k < 8; k++) {                                          \
        to[k] = (base) + (uint32_t)__builtin_ctzll(bits | ((uint64_t)1 << 63)); \
        bits &= bits - 1;                                                    \
      }                                                                      \
      to += 8;                                                               \
      left -= 8;                                                             \
    }                                                                        \
  } while (0)

INLINE uint64_t sse2_mask(__m128i a, __m128i b, __m128i c, __m128i d, __m128i byte) {
  uint64_t m0 = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(a, byte));
  uint64_t m1 = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b, byte));
  uint64_t m2 = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(c, byte));
  uint64_t m3 = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(d, byte));
  return m0 | m1 << 16 | m2 << 32 | m3 << 48;
}

#define SCAN_NAME scan_sse2
#define SCAN_ATTRIBUTES
#define SCAN_BLOCK(p, lf, cr, quote, delimiter)                                 \
  do {                                                                          \
    __m128i a = _mm_loadu_si128((const __m128i *)(p));                          \
    __m128i b = _mm_loadu_si128((const __m128i *)((p) + 16));                   \
    __m128i c = _mm_loadu_si128((const __m128i *)((p) + 32));                   \
    __m128i d = _mm_loadu_si128((const __m128i *)((p) + 48));                   \
    lf = sse2_mask(a, b, c, d, _mm_set1_epi8('\n'));                            \
    cr = sse2_mask(a, b, c, d, _mm_set1_epi8('\r'));                            \
    quote = sse2_mask(a, b, c, d, _mm_set1_epi8('"'));                          \
    delimiter = sse2_mask(a, b, c, d, _mm_set1_epi8((char)delimiter_byte));     \
  } while (0)
#define SCAN_EMIT(out, mask, base) EMIT_EIGHTS(out, mask, base)
#include "scan_template.inc"

#define AVX2_MASK(a, b, byte)                                                        \
  ((uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, byte)) |            \
   (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, byte)) << 32)

#define SCAN_NAME scan_avx2
#define SCAN_ATTRIBUTES MR_AVX2_TARGET
#define SCAN_BLOCK(p, lf, cr, quote, delimiter)                          \
  do {                                                                   \
    __m256i a = _mm256_loadu_si256((const __m256i *)(p));                \
    __m256i b = _mm256_loadu_si256((const __m256i *)((p) + 32));         \
    lf = AVX2_MASK(a, b, _mm256_set1_epi8('\n'));                        \
    cr = AVX2_MASK(a, b, _mm256_set1_epi8('\r'));                        \
    quote = AVX2_MASK(a, b, _mm256_set1_epi8('"'));                      \
    delimiter = AVX2_MASK(a, b, _mm256_set1_epi8((char)delimiter_byte)); \
  } while (0)
#define SCAN_EMIT(out, mask, base) EMIT_EIGHTS(out, mask, base)
#include "scan_template.inc"

static const uint8_t byte_numbers[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* One compress gives the positions as bytes; they are widened sixteen at a time, mostly once a block. */
#define EMIT_AVX512(out, mask, base)                                                                          \
  do {                                                                                                        \
    int count = __builtin_popcountll(mask);                                                                   \
    __m512i packed = _mm512_maskz_compress_epi8((mask), _mm512_loadu_si512(byte_numbers));                    \
    __m512i start = _mm512_set1_epi32((int)(base));                                                           \
    _mm512_storeu_si512((out), _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed)))); \
    if (__builtin_expect(count > 16, 0)) {                                                                    \
      _mm512_storeu_si512((out) + 16,                                                                         \
          _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 1))));               \
      _mm512_storeu_si512((out) + 32,                                                                         \
          _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 2))));               \
      _mm512_storeu_si512((out) + 48,                                                                         \
          _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 3))));               \
    }                                                                                                         \
  } while (0)

#define SCAN_NAME scan_avx512
#define SCAN_ATTRIBUTES MR_AVX512_TARGET
#define SCAN_BLOCK(p, lf, cr, quote, delimiter)                                  \
  do {                                                                           \
    __m512i a = _mm512_loadu_si512((const void *)(p));                           \
    lf = _mm512_cmpeq_epi8_mask(a, _mm512_set1_epi8('\n'));                      \
    cr = _mm512_cmpeq_epi8_mask(a, _mm512_set1_epi8('\r'));                      \
    quote = _mm512_cmpeq_epi8_mask(a, _mm512_set1_epi8('"'));                    \
    delimiter = _mm512_cmpeq_epi8_mask(a, _mm512_set1_epi8((char)delimiter_byte)); \
  } while (0)
#define SCAN_EMIT(out, mask, base) EMIT_AVX512(out, mask, base)
#include "scan_template.inc"
#endif

typedef mr_scan (*scan_function)(const uint8_t *, size_t, uint8_t, uint32_t *, uint32_t *);

static const scan_function variants[MR_LEVELS] = {
    scan_portable,
#if defined(__x86_64__)
    scan_sse2,
    scan_avx2,
    scan_avx512,
#endif
};

mr_scan mr_scan_separators(const uint8_t *text, size_t length, uint8_t delimiter, uint32_t *separators,
                           uint32_t *record_ends) {
  return variants[mr_level()](text, length, delimiter, separators, record_ends);
}

mr_scan mr_scan_separators_with(const char *name, int *supported, const uint8_t *text, size_t length,
                                uint8_t delimiter, uint32_t *separators, uint32_t *record_ends) {
  int level = mr_level_named(name);
  *supported = level >= 0;
  return variants[level < 0 ? MR_PORTABLE : level](text, length, delimiter, separators, record_ends);
}
