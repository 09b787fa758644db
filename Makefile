# A thin door to meson; the work is done by the scripts in tools/.
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60

all:
	@tools/build build

help:
	@echo 'make                    build build/evenhand'
	@echo 'make deps               install the Debian packages and DuckDB that a build needs'
	@echo 'make demo               install, build, run an investigation on a synthetic archive, compare with the truth'
	@echo 'make check              install, build, run every test, also under sanitizers'
	@echo 'make bench-accuracy     measure what detection finds and how often it errs'
	@echo 'make fuzz               fuzz each reader for FUZZ_SECONDS=$(FUZZ_SECONDS) (needs clang)'
	@echo 'make install PREFIX=DIR install program, library and headers (DESTDIR is honoured)'
	@echo 'make clean | distclean  remove objects | all build directories'

deps:
	@tools/deps
	@tools/fetch_duckdb

demo:
	@tools/demo

check:
	@tools/check

bench-accuracy: all
	@bench/accuracy/run.py

fuzz:
	@tools/fuzz $(FUZZ_SECONDS)

install:
	@tools/build build --prefix=$(abspath $(PREFIX))
	@meson install -C build --no-rebuild

clean:
	@if [ -f build/build.ninja ]; then ninja -C build clean; fi

distclean:
	rm -rf build build-asan build-tsan build-fuzz

.PHONY: all help deps demo check bench-accuracy fuzz install clean distclean
