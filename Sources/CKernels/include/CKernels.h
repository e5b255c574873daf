#ifndef MATCH_RUN_CKERNELS_H
#define MATCH_RUN_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/* What a scan found in a stretch of delimited text. */
typedef struct {
  /* Separators written: delimiters and record ends outside quotes. */
  uint32_t separator_count;
  /* Record ends written. */
  uint32_t record_count;
  /* Line ends inside quotes. */
  uint32_t quoted_line_ends;
  /* 1 when a quote occurred. */
  uint32_t has_quotes;
  /* 1 when a carriage return occurred. */
  uint32_t has_returns;
  /* 1 when a quote stands where RFC 4180 has none: the result is void, a slower scanner has to decide. */
  uint32_t is_irregular;
  /* 1 when the text ends inside quotes. */
  uint32_t ends_in_quotes;
} mr_scan;

/* Indexes the separators of `text[0 ..< length]`, which begins at a record start.
 *
 * separators[k]: position of the k-th delimiter or record end; for a CR LF pair, the position of the LF. The position
 * of text[0] is `position`.
 * record_ends[r]: number of separators up to and including the end of record r.
 * Both arrays need room for `length + 64` entries. `text[length]` is the byte that follows, or 0 at the end of
 * the file; 64 readable bytes have to follow `text[length]`. A CR that no LF follows is a record end.
 * The variant is chosen by the processor; MATCH_RUN_SCAN=portable|sse2|avx2|avx512 in the environment lowers it.
 */
mr_scan mr_scan_separators(const uint8_t *text, size_t length, uint32_t position, uint8_t delimiter,
                           uint32_t *separators, uint32_t *record_ends);

/* The variants by name, for tests; an unknown or unsupported name gives the portable one and sets *supported to 0. */
mr_scan mr_scan_separators_with(const char *variant, int *supported, const uint8_t *text, size_t length,
                                uint32_t position, uint8_t delimiter, uint32_t *separators, uint32_t *record_ends);

/* The variant that mr_scan_separators uses. */
const char *mr_scan_variant(void);

/* The records of an indexed text: record r lies between the separators record_ends[r] and record_ends[r + 1]. */
typedef struct {
  const uint8_t *text;
  const uint32_t *separators;
  const uint32_t *record_ends;
  /* Fields that a record has to have. */
  uint32_t column_count;
  /* The first byte of the header. */
  uint8_t header_start;
} mr_records;

/* How many of the `count` records from `record` on are plainly data, before the first one that may be something else:
 * they have as many fields as they should, one of them at least not empty, and begin as neither the header nor a line
 * of totals does. firsts: the separator before each; numbers: that of the record. */
size_t mr_plain_records(const mr_records *of, size_t record, size_t count, uint32_t *firsts, uint32_t *numbers);

/* The fields of one column of a batch: field i is text[starts[i] ..< ends[i]].
 *
 * 32 bytes before each field and 32 behind it have to be readable.
 */
typedef struct {
  const uint8_t *text;
  const uint32_t *starts;
  const uint32_t *ends;
  size_t count;
} mr_fields;

/* What a plain identity number of one run may hold. */
typedef struct {
  /* Years of birth that call for no code. */
  uint32_t first_year;
  uint32_t last_year;
  /* Bit n: province n + 11 issues ordinary citizen numbers. */
  uint64_t provinces;
} mr_id_limits;

typedef struct {
  /* Card numbers with a wrong Luhn digit, and numbers whose places from the 16th on are all zero. */
  uint32_t luhn;
  uint32_t zeroed;
} mr_account_counts;

/* Identity numbers whose damage was repaired, in all and by what it was. */
typedef struct {
  uint32_t numbers;
  uint32_t spaces;
  uint32_t widths;
  uint32_t letter_cases;
  uint32_t fifteens;
} mr_id_repairs;

/* The cells of codes that were met, each at a place that its bytes give; a length that no code has: free. */
enum { MR_CODE_PLACES = 256 };
typedef struct {
  uint64_t low[MR_CODE_PLACES];
  uint64_t high[MR_CODE_PLACES];
  int64_t cells[MR_CODE_PLACES];
  uint32_t lengths[MR_CODE_PLACES];
} mr_code_cache;

void mr_clear_codes(mr_code_cache *cache);

/* Notes the cell of a code of 1 to 16 bytes; another at its place is forgotten. 16 bytes of `field` are readable. */
void mr_keep_code(mr_code_cache *cache, const uint8_t *field, uint32_t length, int64_t cell);

/* What `beginnings` looks for, as bits. */
enum { MR_BLANK = 1, MR_NULL_WORD = 2 };

/* Work on one column of a batch at a time.
 *
 * Each decides the fields in their plain form; the numbers of the other lanes go to `rest`, their count is returned,
 * and their cells are void. Cells and `rest` need room for `count` rounded up to a multiple of 64, and one more.
 */
typedef struct {
  /* Where the fields between separators[f] and separators[f + 1] lie, f = first_separators[lane], for the first lanes
   * or those of `lanes` where it is not NULL; no position goes beyond `limit`. */
  void (*locate)(const uint32_t *first_separators, const uint32_t *lanes, const uint32_t *separators, size_t count,
                 uint32_t limit, uint32_t *starts, uint32_t *ends);
  /* Keys of identity numbers. *ending_in_x: fields of 18 bytes, left over or not, whose last one is x or X. */
  size_t (*ids)(const mr_fields *fields, const mr_id_limits *limits, int64_t *cells, uint32_t *rest,
                uint32_t *ending_in_x);
  /* The same for those of the `count` lanes of `rest` whose fields become plain without blanks, full-width forms, a
   * small x and the old length of fifteen digits. Takes them out of `rest` and returns how many are left; some variants
   * take none. */
  size_t (*repaired_ids)(const mr_fields *fields, const mr_id_limits *limits, int64_t *cells, uint32_t *rest,
                         size_t count, mr_id_repairs *repairs);
  /* Days of YYYY-MM-DD from 1850 to 2200, up to `as_of`. */
  size_t (*dates)(const mr_fields *fields, int64_t as_of, int64_t *cells, uint32_t *rest);
  /* Hundredths of amounts with two places. */
  size_t (*amounts)(const mr_fields *fields, int64_t *cells, uint32_t *rest);
  /* The two words of account numbers of 8 to 19 digits. warnings: 1 where the Luhn digit of a lane is wrong, plus 2
   * where it ends in zeros; 0 for lanes that are left over. */
  size_t (*accounts)(const mr_fields *fields, int64_t *high_cells, int64_t *low_cells, uint32_t *rest,
                     uint8_t *warnings, mr_account_counts *counts);
  /* The characters of plain names of two to four, 16 bits each. */
  size_t (*names)(const mr_fields *fields, int64_t *cells, uint32_t *rest);
  /* The bytes of texts of 1 to 16 ASCII characters, zeros behind them; the first is no blank. */
  size_t (*texts)(const mr_fields *fields, int64_t *first_cells, int64_t *second_cells, uint32_t *rest);
  /* The cells of codes that the cache has. */
  size_t (*codes)(const mr_fields *fields, const mr_code_cache *cache, int64_t *cells, uint32_t *rest);
  /* Lists the lanes whose first bytes may begin what is sought, and the empty ones. */
  size_t (*beginnings)(const mr_fields *fields, uint8_t sought, uint32_t *rest);
} mr_column_kernels;

/* The kernels of the variant that mr_scan_separators uses. */
const mr_column_kernels *mr_columns(void);

/* Those of a variant by name, for tests; NULL when it is unknown or not supported. */
const mr_column_kernels *mr_columns_named(const char *variant);

/* A filter of digests: 2^(32 - shift) words, of which a digest sets three bits of one. */
void mr_filter_insert(uint32_t *filter, unsigned shift, uint32_t digest);

/* Lists in `lanes`, which has room for `count`, the numbers of the digests that the filter lets pass: every one that
 * was put in, and some others. Returns how many. */
size_t mr_filter(const uint32_t *digests, size_t count, const uint32_t *filter, unsigned shift, uint32_t *lanes);

/* The same with a variant by name, for tests; `supported` says whether it is known and the processor has it. */
size_t mr_filter_with(const char *name, int *supported, const uint32_t *digests, size_t count, const uint32_t *filter,
                      unsigned shift, uint32_t *lanes);

/* Slots that mr_find_slot looks at. */
enum { MR_SLOT_WINDOW = 8 };

/* The first of MR_SLOT_WINDOW slots that is 0 or agrees with `tag` in the bits outside `mask`; MR_SLOT_WINDOW when
 * none does. Without a branch: how far a key lies from its place is hard to predict. */
static inline uint32_t mr_find_slot(const uint32_t *slots, uint32_t tag, uint32_t mask) {
#if defined(__SSE2__)
  typedef uint32_t four __attribute__((vector_size(16)));
  typedef float four_floats __attribute__((vector_size(16)));
  four low, high;
  __builtin_memcpy(&low, slots, 16);
  __builtin_memcpy(&high, slots + 4, 16);
  four tags = {tag, tag, tag, tag}, bits = {~mask, ~mask, ~mask, ~mask}, free = {0, 0, 0, 0};
  four low_ends = (four)(((low ^ tags) & bits) == free) | (four)(low == free);
  four high_ends = (four)(((high ^ tags) & bits) == free) | (four)(high == free);
  uint32_t ends = (uint32_t)__builtin_ia32_movmskps((four_floats)low_ends) |
                  (uint32_t)__builtin_ia32_movmskps((four_floats)high_ends) << 4;
  return (uint32_t)__builtin_ctz(ends | 1u << MR_SLOT_WINDOW);
#else
  uint32_t slot = 0;
  while (slot < MR_SLOT_WINDOW && slots[slot] != 0 && ((slots[slot] ^ tag) & ~mask) != 0) slot++;
  return slot;
#endif
}

/* Fetches into the second cache: it has room for what a whole batch will look at, and more requests may be under way
 * for it at once than for the first. */
static inline void mr_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }
static inline void mr_prefetch_write(const void *address) { __builtin_prefetch(address, 1, 2); }

/* Replaces *slot by `desired` if it still holds *expected; else stores what it holds in *expected and returns 0. */
static inline int mr_compare_exchange(uint64_t *slot, uint64_t *expected, uint64_t desired) {
  return __atomic_compare_exchange_n(slot, expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
static inline int mr_compare_exchange32(uint32_t *slot, uint32_t *expected, uint32_t desired) {
  return __atomic_compare_exchange_n(slot, expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
static inline uint32_t mr_load32(const uint32_t *slot) { return __atomic_load_n(slot, __ATOMIC_ACQUIRE); }
static inline uint64_t mr_load(const uint64_t *slot) { return __atomic_load_n(slot, __ATOMIC_ACQUIRE); }
static inline void mr_store(uint64_t *slot, uint64_t value) { __atomic_store_n(slot, value, __ATOMIC_RELEASE); }
/* Returns what stood there before. */
static inline uint64_t mr_or(uint64_t *slot, uint64_t bits) {
  return __atomic_fetch_or(slot, bits, __ATOMIC_RELAXED);
}
static inline void mr_or32(uint32_t *slot, uint32_t bits) { __atomic_fetch_or(slot, bits, __ATOMIC_RELAXED); }
static inline uint64_t mr_add(uint64_t *slot, uint64_t value) {
  return __atomic_fetch_add(slot, value, __ATOMIC_ACQ_REL);
}

#endif
