/// A library that is loaded before the C library and lets the n-th call of the system that touches a file fail, or ends
/// the process there.
enum FaultShim {
  /// `FAULT_AT` is n, `FAULT_KILLS` is set where the process is to end; the number of calls goes to the file
  /// `FAULT_COUNT`.
  static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <signal.h>
    #include <stdarg.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/stat.h>
    #include <sys/types.h>
    #include <unistd.h>

    static int count;

    /* True when this call is to fail. */
    static int fails(void) {
      const char *at = getenv("FAULT_AT");
      int number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
      if (at == NULL || number != atoi(at)) return 0;
      if (getenv("FAULT_KILLS") != NULL) kill(getpid(), SIGKILL);
      return 1;
    }

    #define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
    #define FAIL(number) do { if (fails()) { errno = number; return -1; } } while (0)

    int open(const char *path, int flags, ...) {
      va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
      if (strncmp(path, "/proc", 5) != 0 && strncmp(path, "/sys", 4) != 0) FAIL(EIO);
      return REAL(open)(path, flags, mode);
    }
    int openat(int folder, const char *path, int flags, ...) {
      va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list);
      FAIL(EIO);
      return REAL(openat)(folder, path, flags, mode);
    }
    ssize_t write(int file, const void *bytes, size_t size) {
      if (file > 2) FAIL(ENOSPC);
      return REAL(write)(file, bytes, size);
    }
    ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
      FAIL(ENOSPC);
      return REAL(pwrite)(file, bytes, size, at);
    }
    ssize_t pread(int file, void *bytes, size_t size, off_t at) {
      FAIL(EIO);
      return REAL(pread)(file, bytes, size, at);
    }
    int fsync(int file) { FAIL(EIO); return REAL(fsync)(file); }
    int ftruncate(int file, off_t size) { FAIL(EIO); return REAL(ftruncate)(file, size); }
    int rename(const char *from, const char *to) { FAIL(EIO); return REAL(rename)(from, to); }
    int linkat(int a, const char *from, int b, const char *to, int flags) {
      FAIL(EIO);
      return REAL(linkat)(a, from, b, to, flags);
    }
    int mkdirat(int folder, const char *path, mode_t mode) { FAIL(EIO); return REAL(mkdirat)(folder, path, mode); }
    int unlink(const char *path) { FAIL(EIO); return REAL(unlink)(path); }
    int unlinkat(int folder, const char *path, int flags) { FAIL(EIO); return REAL(unlinkat)(folder, path, flags); }
    int fchmod(int file, mode_t mode) { FAIL(EIO); return REAL(fchmod)(file, mode); }
    int fstat(int file, struct stat *status) { FAIL(EIO); return REAL(fstat)(file, status); }
    int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
      int (*real)(int, const char *, int, const char *, unsigned) = dlsym(RTLD_NEXT, "renameat2");
      FAIL(EIO);
      return real(a, from, b, to, flags);
    }

    __attribute__((destructor)) static void tell(void) {
      const char *path = getenv("FAULT_COUNT");
      if (path == NULL) return;
      int total = count;
      FILE *file = fopen(path, "w");
      if (file != NULL) { fprintf(file, "%d\\n", total); fclose(file); }
    }

    """
}
