#ifndef MATCH_RUN_DISPATCH_H
#define MATCH_RUN_DISPATCH_H

/* The kernels come in variants, slowest first; variant n needs a processor of level n. */
enum { MR_PORTABLE, MR_SSE2, MR_AVX2, MR_AVX512, MR_LEVELS };

#define MR_AVX2_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define MR_AVX512_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))

/* The level in use: the highest that the processor has, or the lower one that MATCH_RUN_SCAN names. */
int mr_level(void);

/* The level of a variant by name; -1 when the name is unknown or the processor lacks it. */
int mr_level_named(const char *name);

#endif
