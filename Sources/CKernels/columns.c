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

/* 1 for a leap year, given as its first and its last two digits. */
INLINE uint64_t is_leap(uint64_t century, uint64_t years) { return ((years != 0 ? years : century) & 3) == 0; }

/* The days of a month from 1 to 12; something else for other months. */
INLINE uint64_t days_of_month(uint64_t century, uint64_t years, uint64_t month) {
  /* Two bits a month from bit 2 on: the days above 28. */
  uint64_t above_28 = 0x3BBEECC >> ((month & 31) << 1) & 3;
  return 28 + above_28 + ((month == 2) & is_leap(century, years));
}

/* What a field's first byte may begin (see mr_column_kernels.beginnings), and 4, 8, 16: it depends on the second byte. */
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
#endif

#define KERNELS(v) {locate_##v, ids_##v, dates_##v, amounts_##v, accounts_##v, beginnings_##v}

static const mr_column_kernels kernels[MR_LEVELS] = {
    KERNELS(portable),
#if defined(__x86_64__)
    /* SSE2 is what the portable one is compiled for. */
    KERNELS(portable),
    KERNELS(avx2),
    KERNELS(avx512),
#endif
};

const mr_column_kernels *mr_columns(void) { return &kernels[mr_level()]; }

const mr_column_kernels *mr_columns_named(const char *variant) {
  int level = mr_level_named(variant);
  return level < 0 ? NULL : &kernels[level];
}
