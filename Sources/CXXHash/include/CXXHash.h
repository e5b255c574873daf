#ifndef MATCH_RUN_CXXHASH_H
#define MATCH_RUN_CXXHASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* XXH3 of `length` bytes, 64 bits wide. */
static inline uint64_t mr_xxh3_64(const void *bytes, size_t length, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, length, seed);
}

typedef struct {
  uint64_t low;
  uint64_t high;
} mr_hash128;

/* XXH3 of `length` bytes, 128 bits wide. */
static inline mr_hash128 mr_xxh3_128(const void *bytes, size_t length, uint64_t seed) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, length, seed);
  mr_hash128 result = {hash.low64, hash.high64};
  return result;
}

/* The same for long inputs and seed 0, with the widest vectors that the processor has. */
mr_hash128 mr_xxh3_128_long(const void *bytes, size_t length);

/* Stretches of text that are hashed one after the other: stretch i runs from behind separator firsts[i] + from to
   separator firsts[i] + to, which belongs to it. Nothing at or behind `limit` is read. */
typedef struct {
  const uint8_t *text;
  const uint32_t *separators;
  const uint32_t *firsts;
  size_t from, to, limit, count;
} mr_stretches;

/* The hashes of `stretches`, 128 bits wide; the first stretch of a record takes the seed, the next ones go on. */
void mr_xxh3_128_stretches(const mr_stretches *stretches, uint64_t seed, int goes_on, uint64_t *high, uint64_t *low);

/* The hashes of `stretches`, 64 bits wide. */
void mr_xxh3_64_stretches(const mr_stretches *stretches, uint64_t seed, uint64_t *hashes);

#endif
