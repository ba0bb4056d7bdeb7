# make test   everything: tools, formatting, vet, staticcheck, tests with the race detector, the browser
# make run    the demo on http://127.0.0.1:8080
SHELL := /bin/bash
GO    ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: run build test tools lint unit zone

run:
	$(GO) run ./cmd/skillcert demo

build:
	$(GO) build -trimpath -o bin/skillcert ./cmd/skillcert

test: tools lint unit zone

# What the tests need beside Go, as command=package: only what is missing is installed, by apt where that is permitted,
# otherwise it is named. A node that came with its own npm stays as it is.
TOOLS := chromium=chromium pdfsig=poppler-utils pdftoppm=poppler-utils pdftotext=poppler-utils openssl=openssl \
         certutil=libnss3-tools qpdf=qpdf mutool=mupdf-tools pdfdetach=poppler-utils zbarimg=zbar-tools glpsol=glpk-utils node=nodejs npm=npm fc-list=fontconfig softhsm2-util=softhsm2
tools:
	@debs=""; for t in $(TOOLS); do command -v $${t%%=*} >/dev/null || debs="$$debs $${t##*=}"; done; \
	fc-list :lang=zh 2>/dev/null | grep -q . || debs="$$debs fonts-noto-cjk"; \
	debs=$$(echo $$debs | tr ' ' '\n' | sort -u | tr '\n' ' '); \
	if [ -z "$${debs// /}" ]; then exit 0; fi; echo "missing: $$debs"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$debs; \
	else echo "install these packages and try again: $$debs"; exit 1; fi

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "not gofmt-clean: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

# The two packages whose tests drive browsers and other processes spend their time there, where the race detector sees
# nothing: they run without it, but for those tests that load the server within their own process.
BROWSING := ./cmd/skillcert ./api/web/internal/preview
LOADING  := 'TestLoads|TestTheCloser|TestSittingHandedInTwice|TestSittingTimeEnds|TestSittingStoreFails'
unit:
	$(GO) test -race -shuffle=on -timeout 30m $$($(GO) list ./... | grep -vxF "$$($(GO) list $(BROWSING))")
	$(GO) test -race -timeout 20m -run $(LOADING) ./cmd/skillcert
	$(GO) test -shuffle=on -timeout 60m $(BROWSING)

# Nothing may depend on the machine's own time zone.
zone:
	TZ=America/New_York $(GO) test -short -timeout 20m ./engine/... ./questionbank/... ./certs/...
