# The one door. Each verb is one subcommand of crates/xtask, where it is explained.
.PHONY: run console test check test-shared soak bench gen fmt install

run:
	@cargo xtask run

console:
	@cargo xtask console

test:
	@cargo xtask test

check:
	@cargo xtask check

test-shared:
	@cargo xtask test-shared

soak:
	@cargo xtask soak

bench:
	@cargo xtask bench

gen:
	@cargo xtask gen

fmt:
	@cargo xtask fmt

install:
	@cargo xtask install
