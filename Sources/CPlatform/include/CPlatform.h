#ifndef MATCH_RUN_CPLATFORM_H
#define MATCH_RUN_CPLATFORM_H

#include <stddef.h>

/* Exchanges two paths in one step (renameat2 with RENAME_EXCHANGE); 0, or -1 with errno set. */
int mr_exchange_paths(const char *first, const char *second);

/* Writes the text of an errno into `buffer`; 0, or an error number. */
int mr_error_text(int number, char *buffer, size_t length);

/* Takes the exclusive flock without waiting; 0, or -1 with errno set. */
int mr_lock(int descriptor);

/* Turns direct writing (O_DIRECT) of an open file on or off; 0, or -1 with errno set. */
int mr_set_direct(int descriptor, int is_direct);

/* Lets the C library keep memory that was freed, up to some hundred megabytes; 0, or -1 where it cannot. */
int mr_keep_memory(void);

/* Starts a thread that calls `handler` with the number of the first SIGINT, SIGTERM or SIGHUP (unless that is
   ignored) that any thread of the process receives; 0, or an error number. */
int mr_watch_stop_signals(void (*handler)(int));

#endif
