#define _GNU_SOURCE
#include "CPlatform.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

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

static sigset_t stop_signals;
static void (*stop_handler)(int);

static void *wait_for_stop(void *unused) {
  (void)unused;
  int number = 0;
  while (sigwait(&stop_signals, &number) != 0) {}
  stop_handler(number);
  return NULL;
}

int mr_watch_stop_signals(void (*handler)(int)) {
  struct sigaction hangup;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&stop_signals, SIGHUP);
  /* An ignored signal is dropped before sigwait could see it. */
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  stop_handler = handler;
  int error = pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);
  if (error != 0) return error;
  pthread_t thread;
  error = pthread_create(&thread, NULL, wait_for_stop, NULL);
  return error != 0 ? error : pthread_detach(thread);
}
