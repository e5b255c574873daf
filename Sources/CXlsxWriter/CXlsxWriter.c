#include "CXlsxWriter.h"

#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

struct mr_book {
  lxw_workbook *workbook;
  lxw_worksheet *sheet;
  lxw_format *styles[MR_STYLE_COUNT];
};

static const lxw_color_t line_color = 0xB8BFC6;

static void box(lxw_format *format) {
  format_set_border(format, LXW_BORDER_THIN);
  format_set_border_color(format, line_color);
  format_set_text_wrap(format);
  format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
}

static int make_styles(mr_book *book) {
  for (int i = 0; i < MR_STYLE_COUNT; i++) {
    lxw_format *format = workbook_add_format(book->workbook);
    if (!format) return -1;
    format_set_font_name(format, "宋体");
    format_set_font_size(format, 11);
    book->styles[i] = format;
  }
  lxw_format **style = book->styles;
  format_set_bold(style[MR_STYLE_TITLE]);
  format_set_font_size(style[MR_STYLE_TITLE], 16);
  format_set_text_wrap(style[MR_STYLE_NOTE]);
  format_set_align(style[MR_STYLE_NOTE], LXW_ALIGN_VERTICAL_TOP);
  for (int i = MR_STYLE_HEADER; i <= MR_STYLE_REPLY_HEADER; i++) {
    box(style[i]);
    format_set_bold(style[i]);
    format_set_align(style[i], LXW_ALIGN_CENTER);
    format_set_align(style[i], LXW_ALIGN_VERTICAL_CENTER);
  }
  format_set_bg_color(style[MR_STYLE_HEADER], 0x1F3A5F);
  format_set_font_color(style[MR_STYLE_HEADER], 0xFFFFFF);
  format_set_bg_color(style[MR_STYLE_REPLY_HEADER], 0x8A5A00);
  format_set_font_color(style[MR_STYLE_REPLY_HEADER], 0xFFFFFF);
  box(style[MR_STYLE_CASE]);
  format_set_bold(style[MR_STYLE_CASE]);
  format_set_bg_color(style[MR_STYLE_CASE], 0xDCE6F1);
  format_set_align(style[MR_STYLE_CASE], LXW_ALIGN_VERTICAL_CENTER);
  for (int i = MR_STYLE_TEXT; i <= MR_STYLE_REPLY_MONEY; i++) box(style[i]);
  format_set_num_format(style[MR_STYLE_TEXT], "@");
  format_set_num_format(style[MR_STYLE_MONEY], "#,##0.00");
  format_set_num_format(style[MR_STYLE_URGENT], "@");
  format_set_bold(style[MR_STYLE_URGENT]);
  format_set_font_color(style[MR_STYLE_URGENT], 0xA61B1B);
  format_set_num_format(style[MR_STYLE_REPLY_TEXT], "@");
  format_set_num_format(style[MR_STYLE_REPLY_DATE], "yyyy-mm-dd");
  format_set_num_format(style[MR_STYLE_REPLY_MONEY], "#,##0.00");
  for (int i = MR_STYLE_REPLY_TEXT; i <= MR_STYLE_REPLY_MONEY; i++) {
    format_set_bg_color(style[i], 0xFFF8E5);
    format_set_unlocked(style[i]);
  }
  return 0;
}

mr_book *mr_book_new(const char *path, const char *folder, int64_t created, const char *title) {
  mr_book *book = calloc(1, sizeof *book);
  if (!book) return NULL;
  /* Rows go to a nameless file of `folder` one by one, so that a long list takes no memory. */
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)folder, .use_zip64 = LXW_FALSE};
  book->workbook = workbook_new_opt(path, &options);
  if (!book->workbook) {
    free(book);
    return NULL;
  }
  lxw_doc_properties properties = {.title = (char *)title, .author = "match-run", .created = (time_t)created};
  if (workbook_set_properties(book->workbook, &properties) != LXW_NO_ERROR || make_styles(book) != 0) {
    lxw_workbook_free(book->workbook);
    free(book);
    return NULL;
  }
  return book;
}

int mr_book_add_sheet(mr_book *book, const char *name) {
  lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
  if (!sheet) return LXW_ERROR_SHEETNAME_ALREADY_USED;
  book->sheet = sheet;
  return LXW_NO_ERROR;
}

int mr_book_set_column(mr_book *book, uint16_t column, double width) {
  return worksheet_set_column(book->sheet, column, column, width, NULL);
}

int mr_book_set_row(mr_book *book, uint32_t row, double height) {
  return worksheet_set_row(book->sheet, row, height, NULL);
}

int mr_book_text(mr_book *book, uint32_t row, uint16_t column, const char *text, int style) {
  if (!*text) return mr_book_blank(book, row, column, style);
  return worksheet_write_string(book->sheet, row, column, text, book->styles[style]);
}

int mr_book_number(mr_book *book, uint32_t row, uint16_t column, double number, int style) {
  return worksheet_write_number(book->sheet, row, column, number, book->styles[style]);
}

int mr_book_blank(mr_book *book, uint32_t row, uint16_t column, int style) {
  return worksheet_write_blank(book->sheet, row, column, book->styles[style]);
}

int mr_book_band(mr_book *book, uint32_t row, uint16_t first, uint16_t last, const char *text, int style) {
  return worksheet_merge_range(book->sheet, row, first, row, last, text, book->styles[style]);
}

int mr_book_choices(mr_book *book, uint32_t first, uint32_t last, uint16_t column, const char *const *choices,
                    const char *hint) {
  lxw_data_validation validation;
  memset(&validation, 0, sizeof validation);
  validation.validate = LXW_VALIDATION_TYPE_LIST;
  validation.value_list = (char **)choices;
  validation.input_message = (char *)hint;
  return worksheet_data_validation_range(book->sheet, first, column, last, column, &validation);
}

int mr_book_limits(mr_book *book, uint32_t first, uint32_t last, uint16_t column, int kind, const char *hint) {
  lxw_data_validation validation;
  memset(&validation, 0, sizeof validation);
  validation.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
  validation.input_message = (char *)hint;
  if (kind == MR_REPLY_DATE) {
    validation.validate = LXW_VALIDATION_TYPE_DATE;
    validation.minimum_datetime = (lxw_datetime){.year = 2018, .month = 1, .day = 1};
    validation.maximum_datetime = (lxw_datetime){.year = 2199, .month = 12, .day = 31};
  } else {
    validation.validate = LXW_VALIDATION_TYPE_DECIMAL;
    validation.minimum_number = -100000000;
    validation.maximum_number = 100000000;
  }
  return worksheet_data_validation_range(book->sheet, first, column, last, column, &validation);
}

void mr_book_freeze(mr_book *book, uint32_t row, uint16_t column) {
  worksheet_freeze_panes(book->sheet, row, column);
  if (row > 0) worksheet_repeat_rows(book->sheet, row - 1, row - 1);
}

int mr_book_set_page(mr_book *book, uint16_t width, uint16_t break_column) {
  worksheet_set_landscape(book->sheet);
  worksheet_set_paper(book->sheet, 8);
  worksheet_set_margins(book->sheet, 0.4, 0.4, 0.5, 0.5);
  worksheet_fit_to_pages(book->sheet, width, 0);
  lxw_error result = worksheet_set_footer(book->sheet, "&C&P / &N");
  if (break_column == 0 || result != LXW_NO_ERROR) return result;
  lxw_col_t breaks[] = {break_column, 0};
  result = worksheet_set_v_pagebreaks(book->sheet, breaks);
  return result != LXW_NO_ERROR ? result : worksheet_repeat_columns(book->sheet, 0, 0);
}

void mr_book_protect(mr_book *book) {
  lxw_protection options;
  memset(&options, 0, sizeof options);
  options.format_columns = LXW_TRUE;
  options.format_rows = LXW_TRUE;
  worksheet_protect(book->sheet, NULL, &options);
}

int mr_book_close(mr_book *book) {
  int result = workbook_close(book->workbook);
  free(book);
  return result;
}

const char *mr_book_error(int number) { return lxw_strerror((lxw_error)number); }
