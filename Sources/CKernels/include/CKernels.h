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
 * separators[k]: position of the k-th delimiter or record end; for a CR LF pair, the position of the LF.
 * record_ends[r]: number of separators up to and including the end of record r.
 * Both arrays need room for `length + 64` entries. `text[length]` is the byte that follows, or 0 at the end of
 * the file; 64 readable bytes have to follow `text[length]`. A CR that no LF follows is a record end.
 * The variant is chosen by the processor; MATCH_RUN_SCAN=portable|sse2|avx2|avx512 in the environment lowers it.
 */
mr_scan mr_scan_separators(const uint8_t *text, size_t length, uint8_t delimiter, uint32_t *separators,
                           uint32_t *record_ends);

/* The variants by name, for tests; an unknown or unsupported name gives the portable one and sets *supported to 0. */
mr_scan mr_scan_separators_with(const char *variant, int *supported, const uint8_t *text, size_t length,
                                uint8_t delimiter, uint32_t *separators, uint32_t *record_ends);

/* The variant that mr_scan_separators uses. */
const char *mr_scan_variant(void);

static inline void mr_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
static inline void mr_prefetch_write(const void *address) { __builtin_prefetch(address, 1, 3); }

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
static inline void mr_or(uint64_t *slot, uint64_t bits) { __atomic_fetch_or(slot, bits, __ATOMIC_RELAXED); }
static inline void mr_or32(uint32_t *slot, uint32_t bits) { __atomic_fetch_or(slot, bits, __ATOMIC_RELAXED); }
static inline uint64_t mr_add(uint64_t *slot, uint64_t value) {
  return __atomic_fetch_add(slot, value, __ATOMIC_ACQ_REL);
}

#endif
