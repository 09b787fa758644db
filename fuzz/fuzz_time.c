/* Times as text. Whatever is read is one of the known formats, and the calendar agrees with it. */
#include "fuzz.h"

#include "ingest/time_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    eh_str text = {(const char *)data, size};
    eh_time_value value, again;
    if (!eh_time_parse(text, &value)) {
        FUZZ_CHECK(value.format == EH_TIME_UNKNOWN);
        return 0;
    }
    FUZZ_CHECK(value.format > EH_TIME_UNKNOWN && value.format < EH_N_TIME_FORMATS);
    FUZZ_CHECK(eh_time_format_name(value.format)[0] != 0);
    bool is_writable = value.time_us >= 0 && value.time_us < EH_TIME_END_US;
    if (is_writable) { /* what evenhand writes, it reads back */
        char written[eh_time_text_size];
        FUZZ_CHECK(eh_time_parse(eh_str_of(eh_time_text(value.time_us, written)), &again));
        FUZZ_CHECK(again.time_us == value.time_us && again.format == EH_TIME_ISO8601);
    }
    eh_time_detector detector = {0};
    eh_time_detector_add(&detector, &value);
    FUZZ_CHECK(value.format == EH_TIME_DATE || eh_time_detector_format(&detector) == value.format);
    FUZZ_CHECK(detector.step_us >= 1 && value.time_us % detector.step_us == 0);
    return 0;
}
