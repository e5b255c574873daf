#ifndef MATCH_RUN_CXLSXWRITER_H
#define MATCH_RUN_CXLSXWRITER_H

#include <stddef.h>
#include <stdint.h>

/* A workbook that is written row after row; libxlsxwriter behind a few calls. Texts are UTF-8 and end in a zero, rows
   and columns count from 0. A call returns 0, or an error number of libxlsxwriter for mr_book_error. */
typedef struct mr_book mr_book;

/* How a cell looks. The reply styles are the only ones that stay open for writing when a sheet is protected. */
enum {
  MR_STYLE_TITLE,
  MR_STYLE_NOTE,
  MR_STYLE_HEADER,
  MR_STYLE_REPLY_HEADER,
  MR_STYLE_CASE,
  MR_STYLE_TEXT,
  MR_STYLE_MONEY,
  MR_STYLE_URGENT,
  MR_STYLE_REPLY_TEXT,
  MR_STYLE_REPLY_DATE,
  MR_STYLE_REPLY_MONEY,
  MR_STYLE_COUNT
};

enum { MR_REPLY_DATE, MR_REPLY_MONEY };

/* Begins the file at `path`; parts wait in `folder`. `created` is in seconds since 1970. NULL without memory. */
mr_book *mr_book_new(const char *path, const char *folder, int64_t created, const char *title);

/* Begins the next sheet; later calls are about it. */
int mr_book_add_sheet(mr_book *book, const char *name);
int mr_book_set_column(mr_book *book, uint16_t column, double width);
int mr_book_set_row(mr_book *book, uint32_t row, double height);
int mr_book_text(mr_book *book, uint32_t row, uint16_t column, const char *text, int style);
int mr_book_number(mr_book *book, uint32_t row, uint16_t column, double number, int style);
int mr_book_blank(mr_book *book, uint32_t row, uint16_t column, int style);
/* One cell over the columns `first` to `last` of a row. */
int mr_book_band(mr_book *book, uint32_t row, uint16_t first, uint16_t last, const char *text, int style);
/* A drop-down list for the rows `first` to `last` of a column; `choices` ends with NULL. */
int mr_book_choices(mr_book *book, uint32_t first, uint32_t last, uint16_t column, const char *const *choices,
                    const char *hint);
int mr_book_limits(mr_book *book, uint32_t first, uint32_t last, uint16_t column, int kind, const char *hint);
/* The rows above `row` and the columns left of `column` stay in view; the rows above are printed on each page. */
void mr_book_freeze(mr_book *book, uint32_t row, uint16_t column);
/* Landscape on A3, `width` pages wide; with `break_column` not 0 a new page begins there, and column 0 stands on
   both. */
int mr_book_set_page(mr_book *book, uint16_t width, uint16_t break_column);
/* Locks what has no reply style, without a password. */
void mr_book_protect(mr_book *book);

/* Writes the file and frees the book. */
int mr_book_close(mr_book *book);
const char *mr_book_error(int number);

#endif
