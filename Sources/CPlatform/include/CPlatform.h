#ifndef MATCH_RUN_CPLATFORM_H
#define MATCH_RUN_CPLATFORM_H

#include <stddef.h>

/* Exchanges two paths in one step (renameat2 with RENAME_EXCHANGE); 0, or -1 with errno set. */
int mr_exchange_paths(const char *first, const char *second);

/* Writes the text of an errno into `buffer`; 0, or an error number. */
int mr_error_text(int number, char *buffer, size_t length);

/* Takes the exclusive flock without waiting; 0, or -1 with errno set. */
int mr_lock(int descriptor);

/* Blocks SIGHUP (unless it is ignored), SIGINT and SIGTERM in this thread and those it makes later, and starts a thread that
   waits for one of them and calls `handler` with its number; 0, or an error number. */
int mr_watch_stop_signals(void (*handler)(int));

#endif
