#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int mr_exchange_paths(const char *first, const char *second) {
  return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int mr_error_text(int number, char *buffer, size_t length) {
  if (length == 0) return -1;
  buffer[0] = 0;
  const char *text = strerror_r(number, buffer, length);
  if (text != buffer) {
    strncpy(buffer, text, length - 1);
    buffer[length - 1] = 0;
  }
  return 0;
}

int mr_lock(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

int mr_set_direct(int descriptor, int is_direct) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -1;
  return fcntl(descriptor, F_SETFL, is_direct ? flags | O_DIRECT : flags & ~O_DIRECT);
}

int mr_keep_memory(void) {
  /* glibc takes memory above the threshold from the system and gives it back at once, however often it is needed. */
  return mallopt(M_MMAP_THRESHOLD, 32 << 20) == 1 && mallopt(M_TRIM_THRESHOLD, 256 << 20) == 1 ? 0 : -1;
}

static int stop_pipe[2];
static void (*stop_handler)(int);

/* Runs inside a signal: it only passes the number on to the thread that waits. */
static void pass_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  if (write(stop_pipe[1], &byte, 1) != 1) _exit(128 + number);
  errno = saved;
}

static void *wait_for_stop(void *unused) {
  (void)unused;
  unsigned char byte = 0;
  while (read(stop_pipe[0], &byte, 1) != 1) {}
  stop_handler(byte);
  return NULL;
}

int mr_watch_stop_signals(void (*handler)(int)) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  stop_handler = handler;
  if (pipe2(stop_pipe, O_CLOEXEC) != 0) return errno;
  pthread_t thread;
  int error = pthread_create(&thread, NULL, wait_for_stop, NULL);
  if (error != 0) return error;
  error = pthread_detach(thread);
  if (error != 0) return error;
  for (int i = 0; i < 3; i++) {
    struct sigaction before, action;
    memset(&action, 0, sizeof action);
    action.sa_handler = pass_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    if (sigaction(numbers[i], &action, NULL) != 0) return errno;
  }
  return 0;
}
