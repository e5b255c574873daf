#ifndef MATCH_RUN_CPLATFORM_H
#define MATCH_RUN_CPLATFORM_H

/* Exchanges two paths in one step (renameat2 with RENAME_EXCHANGE); 0, or -1 with errno set. */
int mr_exchange_paths(const char *first, const char *second);

#endif
