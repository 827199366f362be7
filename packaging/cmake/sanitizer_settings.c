/* Part of every program of a sanitizer build: what the system's libraries, which are built without the sanitizers, would be blamed for.
   In the program and not in files named by the environment, since tests start programs with an environment of their own. */

#if defined(__SANITIZE_ADDRESS__)
#define KEYCONVOY_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEYCONVOY_ADDRESS_SANITIZER
#endif
#endif

/* PKCS#11 modules stay loaded to the end of the process. The leak checker can only name, and so only suppress, what a module allocated
   while that module is still there; the thread sanitizer gives up when a library goes that its suppressions name. */
int dlclose(void *handle);

int dlclose(void *handle) {
    (void)handle;
    return 0;
}

#if defined(KEYCONVOY_ADDRESS_SANITIZER)

const char *__lsan_default_options(void);

const char *__lsan_default_options(void) { return "print_suppressions=0"; }

const char *__lsan_default_suppressions(void);

/* Memory that system libraries keep for the life of the process. OpenSSL keeps the pointers to its random generators in the secure heap,
   where the leak checker does not look. (With fast_unwind_on_malloc=0, which takes ten times as long, EVP_RAND_instantiate would name
   them more exactly.) */
const char *__lsan_default_suppressions(void) {
    return "leak:libsofthsm2.so\n"
           "leak:libsoftokn3.so\n"
           "leak:libnspr4.so\n"
           "leak:libnssutil3.so\n"
           "leak:libfreebl\n"
           "leak:CRYPTO_zalloc\n";
}

#else

const char *__tsan_default_options(void);

/* Its search for deadlocks trips over the locks that SQLite and NSPR take and give back unseen, and then stands still. */
const char *__tsan_default_options(void) { return "detect_deadlocks=0"; }

const char *__tsan_default_suppressions(void);

/* How these libraries keep their threads apart is not seen. */
const char *__tsan_default_suppressions(void) {
    return "called_from_lib:libsofthsm2.so\n"
           "called_from_lib:libsoftokn3.so\n"
           "mutex:libnspr4.so\n"
           "race:libcpp-httplib.so\n";
}

#endif
