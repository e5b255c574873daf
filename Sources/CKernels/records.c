#include "CKernels.h"

/* Bytes that begin a blank, a quote or a word of totals: all before '-' and all that are not ASCII. */
static inline uint32_t is_odd(uint8_t byte, uint8_t header) {
  return ((uint8_t)(byte - 0x2D) >= 0x80 - 0x2D) | (byte == header);
}

size_t mr_plain_records(const mr_records *of, size_t record, size_t count, uint32_t *firsts, uint32_t *numbers) {
  enum { BLOCK = 16 };
  const uint32_t *ends = of->record_ends + record, columns = of->column_count;
  const uint8_t *text = of->text, header = of->header_start;
  uint32_t first = ends[0];
  size_t found = 0;
  /* A block whose records all have the right number of fields has its separators at even distances. */
  for (; found + BLOCK <= count; found += BLOCK) {
    uint32_t odd = 0;
    for (uint32_t i = 0; i < BLOCK; i++) {
      firsts[found + i] = first + i * columns;
      numbers[found + i] = (uint32_t)(record + found) + i;
      odd |= ends[found + i + 1] ^ (first + (i + 1) * columns);
    }
    if (odd != 0) break;
    const uint32_t *separators = of->separators + first;
    uint32_t before = separators[0];
    for (uint32_t i = 0; i < BLOCK; i++) {
      separators += columns;
      uint32_t end = separators[0];
      /* The separator in front counts as well. */
      odd |= end - before <= columns;
      odd |= is_odd(text[before + 1], header);
      before = end;
    }
    if (odd != 0) break;
    first += BLOCK * columns;
  }
  for (; found < count; found++) {
    uint32_t last = ends[found + 1], start = of->separators[first] + 1, end = of->separators[last];
    if (last - first != columns || end - start < columns || is_odd(text[start], header)) break;
    firsts[found] = first;
    numbers[found] = (uint32_t)(record + found);
    first = last;
  }
  return found;
}
