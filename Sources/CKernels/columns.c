#include <string.h>

#include "CKernels.h"
#include "dispatch.h"

#define INLINE static inline __attribute__((always_inline))

/* Fields a block: the words of a block stay in the first-level cache. */
enum { BLOCK = 64 };

static const uint64_t ASCII_ZEROS = 0x3030303030303030;

INLINE uint64_t load64(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
  return word;
}

INLINE uint64_t load16(const uint8_t *bytes) {
  uint16_t word;
  memcpy(&word, bytes, 2);
  return word;
}

/* Where the field behind a separator lies. */
INLINE void put_range(const uint32_t *separator, uint32_t limit, uint32_t *field_start, uint32_t *field_end) {
  uint32_t start = separator[0] + 1, end = separator[1];
  *field_start = start < limit ? start : limit;
  *field_end = end < limit ? end : limit;
}

/* What follows works on eight decimal digits in a word, the first digit in the lowest byte, each byte a value. */

INLINE uint64_t digits_only(uint64_t digits) {
  return (((digits + 0x7676767676767676) | digits) & 0x8080808080808080) == 0;
}

/* Products of small numbers by shifts: vectors have no quick multiplication of 64 bits. */
INLINE uint64_t times_10(uint64_t number) { return (number << 3) + (number << 1); }
INLINE uint64_t times_100(uint64_t number) { return (number << 6) + (number << 5) + (number << 2); }

/* The four numbers of two digits, the first in the lowest sixteen bits. */
INLINE uint64_t pairs(uint64_t digits) { return (times_10(digits) + (digits >> 8)) & 0x00FF00FF00FF00FF; }

/* The eight digits as one number. */
INLINE uint64_t eight_digits(uint64_t digits) {
  uint64_t twos = pairs(digits);
  uint64_t fours = (times_100(twos) + (twos >> 16)) & 0x0000FFFF0000FFFF;
  return ((fours & 0xFFFF) * 10000 + (fours >> 32)) & 0xFFFFFFFF;
}

/* The sum of digit i times 2^(7 - i). */
INLINE uint64_t binary_weighted(uint64_t digits) {
  uint64_t twos = ((digits << 1) + (digits >> 8)) & 0x00FF00FF00FF00FF;
  uint64_t fours = ((twos << 2) + (twos >> 16)) & 0x0000FFFF0000FFFF;
  return ((fours << 4) + (fours >> 32)) & 0xFFFF;
}

/* The remainder of a number below 32,768. */
INLINE uint64_t remainder_of_11(uint64_t number) {
  uint64_t quotient = ((number & 0xFFFF) * 5958) >> 16;
  return number - ((quotient << 3) + (quotient << 1) + quotient);
}

/* The Luhn sums of the bytes, added in pairs; the last digit is not doubled. */
INLINE uint64_t luhn_sums(uint64_t digits) {
  uint64_t doubling = digits & 0x00FF00FF00FF00FF;
  uint64_t carries = ((doubling + 0x007B007B007B007B) & 0x0080008000800080) >> 7;
  uint64_t sums = digits + doubling - ((carries << 3) + carries);
  return (sums & 0x00FF00FF00FF00FF) + (sums >> 8 & 0x00FF00FF00FF00FF);
}

/* 1 when the bytes under `mask` are ASCII without NUL; the others are 0. */
INLINE uint64_t ascii_only(uint64_t bytes, uint64_t mask) {
  uint64_t filled = bytes | (~mask & 0x0101010101010101);
  return ((filled | ~(filled + 0x7F7F7F7F7F7F7F7F)) & 0x8080808080808080) == 0;
}

/* The code points of two characters of three UTF-8 bytes each, the first in bits 0 to 15, the second from bit 32 on. */
INLINE uint64_t han_pair(uint64_t utf8) {
  uint64_t lanes = (utf8 & 0xFFFFFF) | (utf8 & 0xFFFFFF000000) << 8;
  return (lanes & 0x0000000F0000000F) << 12 | (lanes & 0x00003F0000003F00) >> 2 | (lanes & 0x003F0000003F0000) >> 16;
}

/* 1 when six bytes are two characters of U+4E00 to U+9FFF and neither is U+67D0. */
INLINE uint64_t is_plain_pair(uint64_t utf8, uint64_t code_points) {
  uint64_t is_4e00 = code_points + 0x0000B2000000B200, is_a000 = code_points + 0x0000600000006000;
  uint64_t is_other = (code_points ^ 0x000067D0000067D0) + 0x0000FFFF0000FFFF, bits = 0x0001000000010000;
  return ((utf8 & 0xC0C0F0C0C0F0) == 0x8080E08080E0) & ((is_4e00 & is_other & ~is_a000 & bits) == bits);
}

/* 1 for a leap year, given as its first and its last two digits. */
INLINE uint64_t is_leap(uint64_t century, uint64_t years) { return ((years != 0 ? years : century) & 3) == 0; }

/* The days of a month from 1 to 12; something else for other months. */
INLINE uint64_t days_of_month(uint64_t century, uint64_t years, uint64_t month) {
  /* Two bits a month from bit 2 on: the days above 28. */
  uint64_t above_28 = 0x3BBEECC >> ((month & 31) << 1) & 3;
  return 28 + above_28 + ((month == 2) & is_leap(century, years));
}

/* What a field's first byte may begin (see mr_column_kernels.beginnings); 4, 8, 16: it depends on the second byte. */
static const uint8_t first_bytes[256] = {
    [0x00 ... 0x08] = MR_BLANK,
    [0x09 ... 0x0D] = MR_BLANK | MR_NULL_WORD,
    [0x0E ... 0x1F] = MR_BLANK,
    [0x20] = MR_BLANK | MR_NULL_WORD,
    ['#'] = MR_NULL_WORD,
    ['('] = MR_NULL_WORD,
    ['-' ... '/'] = MR_NULL_WORD,
    ['N'] = MR_NULL_WORD,
    ['\\'] = MR_NULL_WORD,
    ['n'] = MR_NULL_WORD,
    [0xC2] = MR_BLANK | MR_NULL_WORD,
    [0xCD] = MR_NULL_WORD,
    [0xD8] = MR_NULL_WORD,
    [0xE1 ... 0xE2] = MR_NULL_WORD,
    [0xE3] = MR_BLANK | MR_NULL_WORD,
    [0xE4] = 16,
    [0xE6] = 4,
    [0xE7] = 8,
    [0xEF] = MR_BLANK | MR_NULL_WORD,
    [0xF3] = MR_NULL_WORD,
};

/* 无 空 未 不 暂 are E6 97, E7 A9, E6 9C, E4 B8 and E6 9A in their first two bytes, and others with them. */
#define ANY (MR_BLANK | MR_NULL_WORD)
static const uint8_t second_bytes[256] = {
    [0x00 ... 0x96] = ANY, [0x97] = ANY | 4,      [0x98 ... 0x99] = ANY, [0x9A] = ANY | 4, [0x9B] = ANY,
    [0x9C] = ANY | 4,      [0x9D ... 0xA8] = ANY, [0xA9] = ANY | 8,      [0xAA ... 0xB7] = ANY,
    [0xB8] = ANY | 16,      [0xB9 ... 0xFF] = ANY,
};

/* The first sixteen bytes of a field as two words, zeros behind its end, and the place of a code in the cache. */
INLINE size_t code_place(const uint8_t *field, uint32_t length, uint64_t *low, uint64_t *high) {
  uint32_t bits = length << 3;
  uint64_t first = load64(field), second = load64(field + 8);
  *low = bits < 64 ? first & (((uint64_t)1 << bits) - 1) : first;
  *high = bits <= 64 ? 0 : bits < 128 ? second & (((uint64_t)1 << (bits - 64)) - 1) : second;
  return (size_t)(((*low ^ *high << 7) * 0x9E3779B97F4A7C15) >> 56);
}

void mr_clear_codes(mr_code_cache *cache) {
  memset(cache, 0, sizeof *cache);
  for (size_t place = 0; place < MR_CODE_PLACES; place++) cache->lengths[place] = UINT32_MAX;
}

void mr_keep_code(mr_code_cache *cache, const uint8_t *field, uint32_t length, int64_t cell) {
  if (length < 1 || length > 16) return;
  uint64_t low, high;
  size_t place = code_place(field, length, &low, &high);
  cache->low[place] = low;
  cache->high[place] = high;
  cache->lengths[place] = length;
  cache->cells[place] = cell;
}

/* For variants without an instruction that moves bytes together. */
static size_t repaired_ids_portable(const mr_fields *fields, const mr_id_limits *limits, int64_t *cells,
                                    uint32_t *rest, size_t count, mr_id_repairs *repairs) {
  (void)fields, (void)limits, (void)cells, (void)rest;
  memset(repairs, 0, sizeof *repairs);
  return count;
}
#define repaired_ids_avx2 repaired_ids_portable

#define COLUMN(name) name##_portable
#define COLUMN_ATTRIBUTES
#include "columns_template.inc"

#if defined(__x86_64__)
#define COLUMN(name) name##_avx2
#define COLUMN_ATTRIBUTES MR_AVX2_TARGET
#include "columns_template.inc"

#define COLUMN(name) name##_avx512
#define COLUMN_ATTRIBUTES MR_AVX512_TARGET
#include "columns_template.inc"

#include <immintrin.h>

/* Start and end of a field stand beside each other: eight of these pairs a load. */
MR_AVX512_TARGET
static void gathered_locate_avx512(const uint32_t *first_separators, const uint32_t *lanes, const uint32_t *separators,
                                   size_t count, uint32_t limit, uint32_t *starts, uint32_t *ends) {
  if (lanes != NULL) {
    locate_avx512(first_separators, lanes, separators, count, limit, starts, ends);
    return;
  }
  const __m256i one = _mm256_set1_epi32(1), last = _mm256_set1_epi32((int)limit);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i numbers = _mm256_loadu_si256((const __m256i *)(first_separators + i));
    __m512i fields = _mm512_i64gather_epi64(_mm512_cvtepu32_epi64(numbers), separators, 4);
    __m256i start = _mm256_add_epi32(_mm512_cvtepi64_epi32(fields), one);
    __m256i end = _mm512_cvtepi64_epi32(_mm512_srli_epi64(fields, 32));
    _mm256_storeu_si256((__m256i *)(starts + i), _mm256_min_epu32(start, last));
    _mm256_storeu_si256((__m256i *)(ends + i), _mm256_min_epu32(end, last));
  }
  for (; i < count; i++) put_range(separators + first_separators[i], limit, starts + i, ends + i);
}

enum { REPAIRED_SPACE = 1, REPAIRED_WIDTH = 2, REPAIRED_CASE = 4, REPAIRED_FIFTEEN = 8 };

/* Makes eighteen characters of fifteen digits; 0 for the sequences of the centenarians. */
INLINE int lengthen(uint8_t *number) {
  if (number[12] == '9' && number[13] == '9' && number[14] >= '6') return 0;
  memmove(number + 8, number + 6, 9);
  number[6] = '1';
  number[7] = '9';
  uint64_t first = load64(number) ^ ASCII_ZEROS, second = load64(number + 8) ^ ASCII_ZEROS;
  uint64_t sum = binary_weighted(first) + (binary_weighted(second) << 2) + ((uint64_t)(number[16] ^ 0x30) << 1);
  uint64_t check = (12 - remainder_of_11(sum)) % 11;
  number[17] = check == 10 ? 'X' : (uint8_t)('0' + check);
  return 1;
}

/* Writes a field without its blanks and with full-width characters made narrow, up to 32 bytes; returns the length. */
MR_AVX512_TARGET
static inline uint32_t cleaned(const uint8_t *field, uint32_t length, uint8_t *number, uint8_t *repairs) {
  *repairs = 0;
  if (length < 15 || length > 64) return 0;
  uint64_t valid = ~(uint64_t)0 >> (64 - length);
  __m512i bytes = _mm512_maskz_loadu_epi8(valid, field);
  uint64_t blanks = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x20)) |
                    _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(9)), _mm512_set1_epi8(4));
  uint64_t removed = blanks;
  if (_mm512_movepi8_mask(bytes) != 0) {
    /* U+00A0 is C2 A0, U+3000 is E3 80 80, full-width 0 to X are EF BC 90 to EF BC B8. */
    uint64_t is_80 = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0x80));
    uint64_t hard = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xC2)) &
                    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xA0)) >> 1;
    uint64_t ideographic = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xE3)) & is_80 >> 1 & is_80 >> 2;
    blanks |= hard | ideographic;
    __m512i above_90 = _mm512_sub_epi8(bytes, _mm512_set1_epi8((char)0x90));
    uint64_t last = _mm512_cmple_epu8_mask(above_90, _mm512_set1_epi8(0x28));
    uint64_t wide = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xEF)) &
                    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xBC)) >> 1 & last >> 2;
    bytes = _mm512_mask_sub_epi8(bytes, wide << 2, bytes, _mm512_set1_epi8(0x60));
    removed |= hard | hard << 1 | ideographic | ideographic << 1 | ideographic << 2 | wide | wide << 1;
    if (wide != 0) *repairs |= REPAIRED_WIDTH;
  }
  if ((blanks & valid) != 0) *repairs |= REPAIRED_SPACE;
  uint64_t kept = valid & ~removed;
  uint32_t count = (uint32_t)__builtin_popcountll(kept);
  _mm256_storeu_si256((__m256i *)number, _mm512_castsi512_si256(_mm512_maskz_compress_epi8(kept, bytes)));
  if (count == 18 && number[17] == 'x') {
    number[17] = 'X';
    *repairs |= REPAIRED_CASE;
  }
  if (count == 15) {
    *repairs |= REPAIRED_FIFTEEN;
    return lengthen(number) ? 18 : 0;
  }
  return count;
}

MR_AVX512_TARGET
static size_t repaired_ids_avx512(const mr_fields *fields, const mr_id_limits *limits, int64_t *cells, uint32_t *rest,
                                  size_t count, mr_id_repairs *repairs) {
  enum { ROOM = 32 };
  uint8_t numbers[BLOCK * ROOM + 32], found[BLOCK];
  uint32_t starts[BLOCK], ends[BLOCK], open[BLOCK + 1];
  int64_t keys[BLOCK];
  size_t left = 0;
  memset(repairs, 0, sizeof *repairs);
  for (size_t base = 0; base < count; base += BLOCK) {
    size_t block = count - base < BLOCK ? count - base : BLOCK;
    for (size_t i = 0; i < block; i++) {
      uint32_t lane = rest[base + i];
      starts[i] = (uint32_t)i * ROOM;
      ends[i] = starts[i] + cleaned(fields->text + fields->starts[lane], fields->ends[lane] - fields->starts[lane],
                                    numbers + starts[i], &found[i]);
    }
    mr_fields clean = {numbers, starts, ends, block};
    uint32_t unused;
    size_t failed = ids_avx512(&clean, limits, keys, open, &unused);
    for (size_t i = 0, next = 0; i < block; i++) {
      uint32_t lane = rest[base + i];
      if (next < failed && open[next] == i) {
        next++;
        rest[left++] = lane;
        continue;
      }
      cells[lane] = keys[i];
      repairs->numbers++;
      repairs->spaces += (found[i] & REPAIRED_SPACE) != 0;
      repairs->widths += (found[i] & REPAIRED_WIDTH) != 0;
      repairs->letter_cases += (found[i] & REPAIRED_CASE) != 0;
      repairs->fifteens += (found[i] & REPAIRED_FIFTEEN) != 0;
    }
  }
  return left;
}
#endif

#define KERNELS(v, locate)                                                                                \
  {locate, ids_##v, repaired_ids_##v, dates_##v, amounts_##v, accounts_##v, names_##v, texts_##v, codes_##v, \
   beginnings_##v}

static const mr_column_kernels kernels[MR_LEVELS] = {
    KERNELS(portable, locate_portable),
#if defined(__x86_64__)
    /* SSE2 is what the portable one is compiled for. */
    KERNELS(portable, locate_portable),
    KERNELS(avx2, locate_avx2),
    KERNELS(avx512, gathered_locate_avx512),
#endif
};

const mr_column_kernels *mr_columns(void) { return &kernels[mr_level()]; }

const mr_column_kernels *mr_columns_named(const char *variant) {
  int level = mr_level_named(variant);
  return level < 0 ? NULL : &kernels[level];
}
