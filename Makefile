# make test   everything: tools, formatting, vet, staticcheck, tests with the race detector, the browser
# make run    the demo on http://127.0.0.1:8080
SHELL := /bin/bash
GO    ?= go
TOOLS := chromium pdfsig pdftoppm pdftotext openssl certutil qpdf node npm fc-match
DEBS  := chromium poppler-utils openssl libnss3-tools qpdf fonts-noto-cjk fontconfig nodejs npm
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: run build test tools lint unit zone

run:
	$(GO) run ./cmd/skillcert demo

build:
	$(GO) build -trimpath -o bin/skillcert ./cmd/skillcert

test: tools lint unit zone

# What the tests need beside Go: installed by apt where that is permitted, otherwise named.
tools:
	@missing=""; for t in $(TOOLS); do command -v $$t >/dev/null || missing="$$missing $$t"; done; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing a-Chinese-font"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	echo "missing:$$missing"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(DEBS); \
	else echo "install these packages and try again: $(DEBS)"; exit 1; fi

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "not gofmt-clean: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

unit:
	$(GO) test -race -shuffle=on -timeout 40m ./...

# Nothing may depend on the machine's own time zone.
zone:
	TZ=America/New_York $(GO) test -short -timeout 20m ./engine/... ./questionbank/... ./certs/...
